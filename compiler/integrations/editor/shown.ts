/** What is known of sources, as the editor's TypeScript has it: diagnostics, fixes and texts beside names. */
import type { ts as TypeScript } from "ts-morph";
import type { Note, Report } from "../../diagnostics/report.ts";
import { numberOf } from "../../diagnostics/table.ts";
import type { Origin } from "../../ir/types.ts";
import type { Known } from "./client.ts";
import type { Fix } from "./messages.ts";
import { shifting, type Span } from "./shift.ts";

/** Gives spans of a file of one moment as they are now; undefined for what is gone. */
type Shift = (file: string, texts: Known["texts"]) => (span: Span) => Span | undefined;

export interface Seen {
  /** The text of a file as it is now, where it is part of the program. */
  readonly textOf: (file: string) => string | undefined;
  readonly known: ReadonlyMap<string, Known>;
}

/** Something to show in a file. */
export interface Mark extends Span {
  readonly report: Report;
  /** Where else to look, with what is there. */
  readonly notes: readonly Note[];
  readonly fixes: readonly Fix[];
}

/**
 * What is to be shown in a file: what was found in it; and where a derivative is asked for, what stands in the way in other
 * files. Errors of TypeScript it shows by itself.
 */
export function marksIn(file: string, seen: Seen): readonly Mark[] {
  const shift = shifter(seen);
  const marks = new Map<string, Mark>();
  for (const { findings, texts } of seen.known.values()) {
    for (const { report, fixes } of findings) {
      const { origin, related = [], code, severity, message } = report;
      if (origin === undefined) continue;
      const places: readonly (readonly [Origin, readonly Note[]])[] =
        origin.file === file
          ? code === "TG2001"
            ? []
            : [[origin, related]]
          : related
              .filter((note) => note.asks === true && note.origin.file === file && severity === "error")
              .map((note) => [note.origin, [{ origin, message: "It is here." }]]);
      for (const [place, notes] of places) {
        const span = shift(file, texts)(place);
        // Several sources may lead to the same problem.
        const key = JSON.stringify([code, message, span]);
        if (span === undefined || marks.has(key)) continue;
        const moved = notes.flatMap((note) => {
          const at = shift(note.origin.file, texts)(note.origin);
          return at ? [{ ...note, origin: { ...note.origin, ...at } }] : [];
        });
        marks.set(key, {
          ...{ start: span.start, end: span.end, report, notes: moved },
          fixes: origin.file === file ? movedFixes(fixes, texts, shift) : [],
        });
      }
    }
  }
  return [...marks.values()];
}

/** Fixes whose edits all have their places. */
function movedFixes(fixes: readonly Fix[], texts: Known["texts"], shift: Shift): readonly Fix[] {
  return fixes.flatMap(({ title, edits }) => {
    const moved = edits.flatMap((edit) => {
      const span = shift(edit.file, texts)(edit);
      return span ? [{ ...edit, start: span.start, end: span.end }] : [];
    });
    return moved.length === edits.length ? [{ title, edits: moved }] : [];
  });
}

/** What is told of a function whose name is at a place. */
export function storyAt(file: string, position: number, seen: Seen): string | undefined {
  const shift = shifter(seen);
  for (const { stories, texts } of seen.known.values())
    for (const { at, text } of stories) {
      if (at.file !== file) continue;
      const span = shift(file, texts)(at);
      if (span && span.start <= position && position <= span.end) return text;
    }
  return undefined;
}

function shifter({ textOf }: Seen): Shift {
  const shifts = new Map<string, (span: Span) => Span | undefined>();
  return (file, texts) => {
    const before = texts.get(file);
    const now = textOf(file);
    // What was not open was read from the disk.
    if (before === undefined || now === undefined)
      return (span) => (now !== undefined && span.end > now.length ? undefined : span);
    const key = `${file}\n${before}`;
    const shift = shifts.get(key) ?? shifting(before, now);
    shifts.set(key, shift);
    return shift;
  };
}

/** A mark as TypeScript's servers and editors take it. */
export function asDiagnostic(
  { start, end, report, notes }: Mark,
  file: TypeScript.SourceFile,
  fileOf: (name: string) => TypeScript.SourceFile | undefined,
): TypeScript.Diagnostic {
  const { code, severity, message, hint } = report;
  const related = notes.flatMap((note): TypeScript.DiagnosticRelatedInformation[] => {
    const there = fileOf(note.origin.file);
    if (there === undefined) return [];
    const { start: at, end: to } = note.origin;
    return [
      { ...informative, code: numberOf(code), file: there, start: at, length: to - at, messageText: note.message },
    ];
  });
  return {
    category: severity === "error" ? errorCategory : warningCategory,
    code: numberOf(code),
    source: "tsgrad",
    file,
    start,
    length: end - start,
    messageText: `${code}: ${message}${hint === undefined ? "" : `\nhint: ${hint}`}`,
    ...(related.length > 0 && { relatedInformation: related }),
  };
}

/** The categories of diagnostics have been the same numbers in all versions of TypeScript. */
const warningCategory = 0 as TypeScript.DiagnosticCategory;
const errorCategory = 1 as TypeScript.DiagnosticCategory;
const informative = { category: 3 as TypeScript.DiagnosticCategory };

export function asCodeFix({ title, edits }: Fix): TypeScript.CodeFixAction {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    fixName: "tsgrad",
    description: title,
    changes: files.map((fileName) => ({
      fileName,
      textChanges: edits
        .filter(({ file }) => file === fileName)
        .map(({ start, end, text }) => ({ span: { start, length: end - start }, newText: text })),
    })),
  };
}
