/** Which imports mean a generated module, and what it is generated from. */
import path from "node:path";
import { hasHeader } from "../header.ts";
import { toPosix } from "../paths.ts";
import { readText } from "../emit/read.ts";

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
    const generated = (name + ending).replace(generatedName, ".grad.$1ts");
    if (sourceOf(generated) !== undefined) return generated;
  }
  return undefined;
}

/** The annotated source beside which a generated module of this path stands; a file that is not ours stays what it is. */
export function sourceOf(generated: string): string | undefined {
  const name = toPosix(withoutQuery(generated));
  if (!generatedName.test(name) || name.includes("/node_modules/")) return undefined;
  const own = readText(name);
  if (own !== undefined && !hasHeader(own)) return undefined;
  const source = name.replace(generatedName, ".$1ts");
  const candidates = source.endsWith(".ts") ? [source, `${source}x`] : [source];
  return candidates.find((candidate) => readText(candidate)?.includes("@differentiable"));
}

/** Bundlers put queries behind names: `model.ts?t=123`. */
export const withoutQuery = (id: string): string => id.replace(/[?#].*$/, "");
