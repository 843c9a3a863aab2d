/** What the text generated from a source depends on, as a hash: the same hash, the same text. */
import { createHash } from "node:crypto";
import path from "node:path";
import type { ts } from "ts-morph";
import type { Files } from "./host.ts";
import type { Loaded } from "./program.ts";
import type { Project } from "./project.ts";

/** The fingerprint of any source of a program, by its path. */
export function createFingerprints(
  files: Files,
  { program, reachedFrom }: Pick<Loaded, "program" | "reachedFrom">,
  project: Project,
): (source: string) => string {
  const texts = new Map<string, string>();
  const textHash = (name: string): string => {
    const known = texts.get(name) ?? hashOf(program.getSourceFile(name)?.text ?? files.readFile(name) ?? "");
    texts.set(name, known);
    return known;
  };
  const ambient = program
    .getSourceFiles()
    .filter((file) => !program.isSourceFileDefaultLibrary(file) && isAmbient(file));
  const common = [project.options, project.configured, ambient.map(({ fileName }) => [fileName, textHash(fileName)])];
  const packages = [...files.read].filter((name) => path.posix.basename(name) === "package.json");
  return (source) => {
    const reached = reachedFrom(source);
    // They say how their folders are imported from, and by which name.
    const concerned = packages.filter((name) =>
      reached.some((file) => file.startsWith(`${path.posix.dirname(name)}/`)),
    );
    const inputs = [...reached, ...concerned].sort().map((name) => [name, textHash(name)]);
    return hashOf(JSON.stringify([common, source, inputs]));
  };
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Whether a file says something to all others, without being imported. Libraries follow from the options. */
function isAmbient(file: ts.SourceFile & { readonly externalModuleIndicator?: ts.Node | true }): boolean {
  return file.externalModuleIndicator === undefined || /\bdeclare\s+(?:global|module)\b/.test(file.text);
}
