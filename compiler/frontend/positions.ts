/** Where syntax stands in the user's text. */
import { ts } from "ts-morph";
import type { Origin } from "../ir/types.ts";

export function originOf(node: ts.Node): Origin {
  const file = node.getSourceFile();
  return { file: file.fileName, start: node.getStart(file), end: node.getEnd() };
}

export function originAt(file: ts.SourceFile, start: number, end: number): Origin {
  return { file: file.fileName, start, end };
}

/** From the start of one node to the end of another. */
export function originBetween(first: ts.Node, last: ts.Node): Origin {
  return { ...originOf(last), start: first.getStart() };
}
