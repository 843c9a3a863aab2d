/** What the text generated from a source depends on, as a hash: the same hash, the same text. */
import { createHash } from "node:crypto";
import path from "node:path";
import type { ts } from "ts-morph";
import type { Files } from "./host.ts";
import type { Loaded } from "./program.ts";
import type { Project } from "./project.ts";

/** The files that say what a source of a program means. */
export interface Inputs {
  /** Those that concern all sources. Libraries follow from the options. */
  readonly ambient: readonly ts.SourceFile[];
  /** What a source leads to, itself among it, and the packages that this stands in. */
  readonly of: (source: string) => readonly string[];
}

export function createInputs(
  files: Pick<Files, "read">,
  { program, reachedFrom }: Pick<Loaded, "program" | "reachedFrom">,
): Inputs {
  const packages = [...files.read].filter((name) => path.posix.basename(name) === "package.json");
  return {
    ambient: program.getSourceFiles().filter((file) => !program.isSourceFileDefaultLibrary(file) && isAmbient(file)),
    of(source) {
      const reached = reachedFrom(source);
      // They say how their folders are imported from, and by which name.
      const concerned = packages.filter((name) =>
        reached.some((file) => file.startsWith(`${path.posix.dirname(name)}/`)),
      );
      return [...reached, ...concerned];
    },
  };
}

/** The fingerprint of any source of a program, by its path. */
export function createFingerprints(
  files: Files,
  loaded: Pick<Loaded, "program" | "reachedFrom">,
  project: Project,
): (source: string) => string {
  const { program } = loaded;
  const inputs = createInputs(files, loaded);
  const hashes = new Map<string, string>();
  const textHash = (name: string): string => {
    const known = hashes.get(name) ?? hashOf(program.getSourceFile(name)?.text ?? files.readFile(name) ?? "");
    hashes.set(name, known);
    return known;
  };
  const common = [
    project.options,
    project.configured,
    inputs.ambient.map(({ fileName }) => [fileName, textHash(fileName)]),
  ];
  return (source) => {
    const texts = inputs
      .of(source)
      .toSorted()
      .map((name) => [name, textHash(name)]);
    return hashOf(JSON.stringify([common, source, texts]));
  };
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Whether a file says something to all others, without being imported. */
function isAmbient(file: ts.SourceFile & { readonly externalModuleIndicator?: ts.Node | true }): boolean {
  return file.externalModuleIndicator === undefined || /\bdeclare\s+(?:global|module)\b/.test(file.text);
}
