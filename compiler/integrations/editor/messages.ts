/** What the editor's thread and the one that compiles for it say to each other. */
import type { Report } from "../../diagnostics/report.ts";
import type { Origin } from "../../ir/types.ts";

/** A project as the editor knows it. */
export interface EditorProject {
  readonly cwd: string;
  /** The tsconfig; without one, the sources. */
  readonly project: string | undefined;
  readonly files: readonly string[] | undefined;
}

/** Asks what is to be said of the sources that lead to open files. */
export interface Look {
  readonly id: number;
  readonly of: EditorProject;
  /** Texts of open files that have changed since the last message; undefined for a file whose text is that on disk again. */
  readonly texts: readonly (readonly [file: string, text: string | undefined])[];
  /** The open files, first that which is asked for. */
  readonly open: readonly string[];
  /** Sources to leave alone: they took too long. */
  readonly avoid: readonly string[];
}

/** New text between two places of a file. */
export interface Edit extends Origin {
  readonly text: string;
}

/** What can be done about a report at the press of a key. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** A report, and what can be done about it. */
export interface Finding {
  readonly report: Report;
  readonly fixes: readonly Fix[];
}

/** What an editor shows of an annotated function beside its type. */
export interface Story {
  /** The function's name where it is declared. */
  readonly at: Origin;
  /** Markdown. */
  readonly text: string;
}

/** What is to be said of one source; places count in the texts of the look. */
export interface Found {
  readonly kind: "found";
  readonly id: number;
  readonly source: string;
  readonly findings: readonly Finding[];
  readonly stories: readonly Story[];
}

export type Answer =
  | Found
  /** A source is looked at: it may be the last thing that is heard. */
  | { readonly kind: "begun"; readonly id: number; readonly source: string }
  | { readonly kind: "done"; readonly id: number };
