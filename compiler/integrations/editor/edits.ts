/** Edits of sources that fixes are made of. */
import { ts } from "ts-morph";
import type { Edit } from "./messages.ts";

/** A source whose text is edited. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly parsed: ts.SourceFile;
}

export const replace = ({ file }: Source, start: number, end: number, text: string): Edit => ({
  file,
  start,
  end,
  text,
});

export const insert = (source: Source, at: number, text: string): Edit => replace(source, at, at, text);

/** Something around an expression. */
export const wrap = (source: Source, node: ts.Node, before: string, after: string): readonly Edit[] => [
  insert(source, node.getStart(source.parsed), before),
  insert(source, node.end, after),
];

/** The innermost node of a kind that spans exactly what is between two places; without a kind, the outermost. */
export function nodeAt<Node extends ts.Node>(
  { parsed }: Source,
  { start, end }: { readonly start: number; readonly end: number },
  isOfKind: (node: ts.Node) => node is Node,
): Node | undefined {
  const visit = (node: ts.Node): Node | undefined => {
    if (node.pos > start || end > node.end) return undefined;
    if (node.getStart(parsed) === start && node.end === end && isOfKind(node)) return node;
    return ts.forEachChild(node, visit);
  };
  return visit(parsed);
}

/** The innermost node around a place that is of a kind. */
export function nodeAround<Node extends ts.Node>(
  { parsed }: Source,
  place: number,
  isOfKind: (node: ts.Node) => node is Node,
): Node | undefined {
  let found: Node | undefined;
  const visit = (node: ts.Node): void => {
    if (place < node.getStart(parsed) || node.end <= place) return;
    if (isOfKind(node)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

/** The start of the line of a place. */
export const lineStart = (text: string, place: number): number => text.lastIndexOf("\n", place - 1) + 1;

/** The start of the line after that of a place. */
export function nextLine(text: string, place: number): number {
  const end = text.indexOf("\n", place);
  return end === -1 ? text.length : end + 1;
}

export const newlineOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

/** A line of its own above that of a place, as far to the right. */
export function lineAbove(source: Source, place: number, text: string): Edit {
  const start = lineStart(source.text, place);
  const indent = /^[ \t]*/.exec(source.text.slice(start))?.[0] ?? "";
  return insert(source, start, indent + text + newlineOf(source.text));
}

/** Removes what is between two places, with its line where there is nothing else on it but the star of a comment. */
export function remove(source: Source, start: number, end: number): Edit {
  const [from, to] = [lineStart(source.text, start), nextLine(source.text, end)];
  const isAlone = /^\s*\*?\s*$/.test(source.text.slice(from, start)) && source.text.slice(end, to).trim() === "";
  if (isAlone) return replace(source, from, to, "");
  const before = /[ \t]*$/.exec(source.text.slice(0, start))?.[0] ?? "";
  return replace(source, start - before.length, end, "");
}
