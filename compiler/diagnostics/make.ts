/** Builds reports from the table, so that messages are written once. */
import type { Origin } from "../ir/types.ts";
import type { Note, Report } from "./report.ts";
import { isWarning, table, type Code, type Diagnostic } from "./table.ts";

const fill = (text: string, values: readonly string[]): string =>
  text.replace(/\{(\d)\}/g, (whole, index: string) => values[Number(index)] ?? whole);

/** How to say that a warning is known. */
const silence = (code: Code): string => (isWarning(code) ? ` // tsgrad-ignore ${code} silences this.` : "");

/** A report of `code` at `origin`; `values` fill the places `{0}`, `{1}` … of its message and hint. */
export function makeReport(
  code: Code,
  origin: Origin | undefined,
  values: readonly string[] = [],
  related?: readonly Note[],
): Report {
  const entry: Diagnostic = table[code];
  return {
    code,
    severity: entry.severity,
    message: fill(entry.message, values),
    ...(origin && { origin }),
    ...(entry.hint && { hint: fill(entry.hint, values).trim() + silence(code) }),
    ...(related && { related }),
  };
}
