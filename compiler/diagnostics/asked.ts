/** The note that says which derivative a problem stands in the way of. */
import type { Origin } from "../ir/types.ts";
import type { Note, Report } from "./report.ts";

/** The function that is to be differentiated, as the user knows it, and the annotation that says so. */
export interface Asker {
  readonly name: string;
  readonly annotation: Origin;
}

/** The report with a note at the annotation; one that points there itself says enough. */
export function askedBy({ name, annotation }: Asker, report: Report): Report {
  const { origin, related = [] } = report;
  if (origin?.file === annotation.file && origin.start === annotation.start) return report;
  const note: Note = { origin: annotation, message: `The derivative of '${name}' is asked for here.`, asks: true };
  return { ...report, related: [...related, note] };
}
