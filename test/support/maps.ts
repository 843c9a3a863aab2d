/** Where source maps that are written to files lead. */
import fs from "node:fs";
import path from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { expect } from "vitest";
import type { SourceMap } from "../../compiler/index.ts";

/** The sources and lines that a file's map leads to from what has the pattern in each of its lines. */
export function ledTo(file: string, pattern: RegExp): string[] {
  const map = JSON.parse(fs.readFileSync(`${file}.map`, "utf8")) as Partial<SourceMap> & Pick<SourceMap, "sources">;
  const trace = new TraceMap(JSON.stringify(map));
  const lines = fs.readFileSync(file, "utf8").split("\n");
  return lines.flatMap((text, k) => {
    const found = pattern.exec(text);
    if (found === null) return [];
    const { source, line } = originalPositionFor(trace, { line: k + 1, column: found.index + found[0].search(/\S/) });
    if (source === null) return ["nowhere"];
    const name = path.resolve(path.dirname(file), source.replace(/^file:\/\//, ""));
    // Maps of declarations have no contents.
    const content = map.sourcesContent?.[map.sources.indexOf(source)];
    if (!/\.d\.[mc]?ts$/.test(file)) expect(content).toBe(fs.readFileSync(name, "utf8"));
    return [`${path.basename(name)}:${String(line)}`];
  });
}
