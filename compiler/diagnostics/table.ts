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
