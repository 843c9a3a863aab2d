/**
 * `// tsgrad-ignore TG3102` comments, by which the user says that a warning is known. One speaks for its own line, or,
 * alone on a line, for all up to the next line with code on it. Only warnings can be silenced.
 */
import { ts } from "ts-morph";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { isWarning, warningCodes } from "../diagnostics/table.ts";
import { isComment } from "./annotations.ts";
import { originAt } from "./positions.ts";
import type { Silence } from "./types.ts";

/** What the comments of a file silence; words in them that are no code of a warning go to `report`. */
export function findSilences(file: ts.SourceFile, report: (r: Report) => void): readonly Silence[] {
  return [...file.text.matchAll(/\/\/[ \t]*tsgrad-ignore(?![\w-])(.*)/g)].flatMap((match): Silence[] => {
    const at = match.index;
    if (!isComment(file, at)) return [];
    const words =
      (match[1] ?? "")
        .split(/(?:^|\s)-(?:\s|$)/, 1)[0]
        ?.split(/[\s,]+/)
        .filter((word) => word !== "") ?? [];
    const wrong = words.filter((word) => !isWarning(word));
    if (words.length === 0 || wrong.length > 0) {
      const what = words.length === 0 ? "no code" : wrong.join(", ");
      report(makeReport("TG2036", originAt(file, at, at + match[0].trimEnd().length), [what, warningCodes.join(", ")]));
    }
    // Comments on the way to the code are spoken for too: a @checkpoint stands in one.
    return [{ codes: words, start: lineOf(file, at).start, end: lineOf(file, spokenFor(file, at)).end }];
  });
}

/** A position on the line that a comment speaks for. */
function spokenFor(file: ts.SourceFile, at: number): number {
  const lineStart = lineOf(file, at).start;
  if (file.text.slice(lineStart, at).trim() !== "") return at;
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, file.languageVariant, file.text, undefined, at);
  scanner.scan();
  return scanner.getTokenStart();
}

function lineOf(file: ts.SourceFile, position: number): { readonly start: number; readonly end: number } {
  const { line } = file.getLineAndCharacterOfPosition(position);
  const starts = file.getLineStarts();
  return { start: starts[line] ?? 0, end: starts[line + 1] ?? file.text.length + 1 };
}
