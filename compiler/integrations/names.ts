/** Which imports mean a generated module, and what it is generated from. */
import path from "node:path";
import { hasHeader } from "../header.ts";
import { toPosix } from "../paths.ts";
import { readText } from "../emit/read.ts";
import { formNamed } from "../frontend/index.ts";

const generatedName = /\.grad\.([mc]?)[jt]s$/;

/** The absolute path of the generated module that an import means: `./model.grad`, with any extension or none. */
export function generatedFor(specifier: string, importer: string | undefined): string | undefined {
  if (!/\.grad(?:\.[mc]?[jt]s)?$/.test(specifier)) return undefined;
  const isRelative = /^\.\.?\//.test(specifier);
  if (!isRelative && !path.isAbsolute(specifier)) return undefined;
  if (isRelative && importer === undefined) return undefined;
  const folder = path.dirname(withoutQuery(importer ?? ""));
  const name = toPosix(isRelative ? path.resolve(folder, specifier) : specifier);
  const endings = generatedName.test(name) ? [""] : [".ts", ".mts", ".cts"];
  for (const ending of endings) {
    const generated = generatedPath(name + ending);
    if (sourceOf(generated) !== undefined) return generated;
  }
  return undefined;
}

/** The generated module that a file of this name stands for: `model.grad.js` is `model.grad.ts`. */
export const generatedPath = (name: string): string => toPosix(name).replace(generatedName, ".grad.$1ts");

/**
 * The source that a generated module of this path is made from: an annotated one, or one with a function that a value
 * form is of. A file that is not ours stays what it is.
 */
export function sourceOf(generated: string): string | undefined {
  const name = toPosix(withoutQuery(generated));
  if (!generatedName.test(name)) return undefined;
  const own = readText(name);
  if (own !== undefined && !hasHeader(own)) return undefined;
  const annotated = sourcesNamed(name.replace(generatedName, ".$1ts")).find((candidate) =>
    readText(candidate)?.includes("@differentiable"),
  );
  if (annotated !== undefined && !name.includes("/node_modules/")) return annotated;
  const form = formNamed(name);
  return form && sourcesNamed(form.source).find((candidate) => readText(candidate) !== undefined);
}

const sourcesNamed = (source: string): readonly string[] =>
  source.endsWith(".ts") ? [source, `${source}x`] : [source];

/** Bundlers put queries behind names: `model.ts?t=123`. */
export const withoutQuery = (id: string): string => id.replace(/[?#].*$/, "");
