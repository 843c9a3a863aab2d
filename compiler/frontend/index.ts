/** The frontend's face: TypeScript sources in, IR and facts about files out. */
import path from "node:path";
import { toPosix } from "../paths.ts";
import { createFiles } from "./host.ts";
import { derivativeKey, lowerCapturing, loweredLocal, lowerFunction, lowerInstance } from "./lower/index.ts";
import { inspect, type Inspection } from "./project.ts";
import { readWith, type ReadOptions } from "./read.ts";
import type { Frontend } from "./types.ts";

export { isOverflow } from "./depth.ts";
export { createLeads, type Leads } from "./leads.ts";
export { entriesIn, withEntries, type ListOption } from "./config-edits.ts";
export type { Config, Inspection } from "./project.ts";
export type { ReadOptions } from "./read.ts";
export { createSharedPrograms, type SharedPrograms } from "./shared.ts";
export { formNamed } from "./value-modules.ts";
export { mayHaveForms } from "./value-forms.ts";

/** Reads the annotated functions of a project, or of the named files of it. All problems are in `reports`. */
export function readProject(options: ReadOptions): Frontend {
  return readWith(
    { lower: lowerFunction, localName: loweredLocal, lowerTyped: lowerInstance, lowerCapturing, derive: derivativeKey },
    options,
  );
}

/** Looks at the project's configuration only. */
export function inspectProject({ cwd }: { readonly cwd: string }): Inspection {
  return inspect(createFiles(toPosix(path.resolve(cwd)), new Map()));
}
