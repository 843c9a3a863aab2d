/** Source maps that TypeScript emits of generated modules, led on to the user's sources. */
import path from "node:path";
import type { SourceMap } from "../index.ts";
import { chained } from "./maps.ts";

/** What TypeScript writes of a map. Its one source is a generated module. */
interface Emitted {
  readonly sources: readonly [string];
  readonly sourceRoot?: string;
  readonly sourcesContent?: readonly string[];
}

const inline = /(\/\/# sourceMappingURL=data:application\/json;base64,)(\S+)/;

/** A file that TypeScript emits for the generated module `module`: its map, or what has one in it, or neither. */
export function ledFurther(name: string, text: string, module: string, map: SourceMap): string {
  if (name.endsWith(".map")) return ledMap(text, module, map);
  return text.replace(inline, (_, before: string, encoded: string) => {
    const own = Buffer.from(encoded, "base64").toString("utf8");
    return before + Buffer.from(ledMap(own, module, map)).toString("base64");
  });
}

function ledMap(text: string, module: string, map: SourceMap): string {
  const emitted = JSON.parse(text) as Emitted;
  const [named] = emitted.sources;
  // Without a root, so that names are told from the module and not from where the map says that it is.
  const { sourceRoot: _sourceRoot, ...rootless } = emitted;
  const { sources, sourcesContent, names, mappings } = chained(JSON.stringify({ ...rootless, sources: [module] }), map);
  return JSON.stringify({
    ...emitted,
    sources: sources.map((source) => besides(named, path.posix.relative(path.posix.dirname(module), source))),
    ...(emitted.sourcesContent && { sourcesContent }),
    names,
    mappings,
  });
}

/** How a map names a file that it would call `named` if it stood in the place of the module, by its path from there. */
function besides(named: string, relative: string): string {
  if (/^\w+:\/\//.test(named)) return new URL(relative, named).href;
  return path.posix.join(path.posix.dirname(named), relative);
}
