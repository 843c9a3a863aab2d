/** Source maps as tools take them. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { addSegment, GenMapping, setSourceContent, toEncodedMap } from "@jridgewell/gen-mapping";
import remapping from "@jridgewell/remapping";
import type { SourceMap } from "../index.ts";

/** The map of what was made of a text, and that of the text, as one. */
export function chained(outer: string, inner: SourceMap): SourceMap {
  // The only source of the outer one is the text.
  const map = remapping(outer, (_, { depth }) => (depth === 1 ? inner : null));
  return {
    version: 3,
    sources: map.sources.map((source) => source ?? ""),
    sourcesContent: (map.sourcesContent ?? []).map((content) => content ?? ""),
    names: map.names,
    mappings: map.mappings as string,
  };
}

/** A map in which each place of a file is where it was. */
export function unmoved(file: string, text: string): SourceMap {
  const map = new GenMapping();
  setSourceContent(map, file, text);
  for (const [line, content] of text.split(/\r\n|[\n\r\u2028\u2029]/).entries())
    for (const { index } of content.matchAll(/[\p{ID_Continue}$]+|\S/gu))
      addSegment(map, line, index, file, line, index);
  const { mappings } = toEncodedMap(map);
  return { version: 3, sources: [file], sourcesContent: [text], names: [], mappings };
}

/** Code with its map behind it. */
export const withInlineMap = (code: string, map: object): string =>
  `${code}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}\n`;

/** The map with the addresses of its sources instead of their paths. */
export const withUrls = (map: SourceMap): SourceMap => withSources(map, (source) => pathToFileURL(source).href);

/** The map with its sources told from a folder. */
export const relativeTo = (folder: string, map: SourceMap): SourceMap =>
  withSources(map, (source) => path.relative(folder, source).replaceAll("\\", "/"));

function withSources(map: SourceMap, nameOf: (source: string) => string): SourceMap {
  return { ...map, sources: map.sources.map(nameOf) };
}
