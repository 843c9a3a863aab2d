import { languageTable } from "./language-table.ts";
import { projectTable } from "./project-table.ts";
import { transformTable } from "./transform-table.ts";

/**
 * Every diagnostic, by code: what happened, and what to write instead. `{0}`, `{1}` … are filled in.
 * Codes are stable: a code is never given to another problem. ERRORS.md and `test/errors` have each.
 */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint: string;
}

export const table = {
  ...languageTable,
  ...projectTable,
  ...transformTable,
} as const satisfies Record<string, Diagnostic>;

export type Code = keyof typeof table;

/** A code among those of TypeScript, which are numbers: ours come after all of them. */
export const numberOf = (code: Code): number => 100_000 + Number(code.replace(/\D/g, ""));

/** The warnings that a comment can silence: those at a place in a source. */
export const warningCodes = (Object.keys(table) as Code[]).filter(
  (code) => table[code].severity === "warning" && code.startsWith("TG3"),
);

export const isWarning = (word: string): boolean => warningCodes.some((code) => code === word);

/** Where a code is explained: ERRORS.md stands in the package. */
export const pageOf = (code: Code): string => `ERRORS.md#${code.toLowerCase()}`;
