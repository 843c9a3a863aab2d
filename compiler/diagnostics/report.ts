/** One problem, as data. */
import type { Origin } from "../ir/types.ts";
import type { Code } from "./table.ts";

/** Another place that belongs to a problem, and what is there. */
export interface Note {
  readonly origin: Origin;
  readonly message: string;
  /** Whether the derivative that the problem stands in the way of is asked for there. */
  readonly asks?: true;
}

export interface Report {
  readonly code: Code;
  readonly severity: "error" | "warning";
  /** Undefined only where there is no text to point at (a missing file). */
  readonly origin?: Origin;
  readonly message: string;
  readonly hint?: string;
  readonly related?: readonly Note[];
}
