/** What earlier runs generated, for sources of which nothing has changed since. */
import type { GeneratedFile } from "./compile.ts";
import type { Trace } from "./emit/source-map.ts";
import type { Report } from "./diagnostics/report.ts";
import type { Frontend, SourceFile } from "./frontend/types.ts";

/** What compiling a source without errors gave. */
export interface Result {
  /** Of the source and all that it leads to. */
  readonly fingerprint: string;
  /** The layout options of the text. */
  readonly layout: string;
  readonly text: string;
  /** Where the text comes from. */
  readonly trace: Trace;
  /** Warnings. */
  readonly reports: readonly Report[];
  /** How many annotated functions there are. */
  readonly functions: number;
}

/** Results by the absolute paths of their sources. */
export type Results = Map<string, Result>;

/** A report, and the source that it is said of whenever that is compiled; without one it is said once, whoever leads to it. */
export interface Said {
  readonly report: Report;
  readonly of?: string;
}

/** The results of the sources that were read, but for those with errors, or with something said that may be another's. */
export function resultsOf(
  frontend: Frontend,
  files: readonly (Pick<GeneratedFile, "source" | "path" | "text"> & { readonly trace: Trace | undefined })[],
  said: readonly Said[],
): ReadonlyMap<string, Omit<Result, "layout">> {
  const results = new Map<string, Omit<Result, "layout">>();
  for (const { source: name, path, text, trace } of files) {
    const source = frontend.files.get(name);
    // Modules of value forms are others of the same source.
    if (path !== source?.generatedPath) continue;
    if (
      !source ||
      text === undefined ||
      trace === undefined ||
      said.some((each) => each.of === undefined && concerns(each.report, source))
    )
      continue;
    const reports = said.flatMap(({ report, of }) => (of === name ? [report] : []));
    const functions = frontend.targets.filter((target) => target.file === name).length;
    results.set(name, { fingerprint: source.fingerprint, text, trace, reports, functions });
  }
  return results;
}

/** Whether a report speaks of a file that the source leads to, or of none. */
function concerns({ origin }: Report, { reached }: SourceFile): boolean {
  return origin === undefined || reached.includes(origin.file);
}
