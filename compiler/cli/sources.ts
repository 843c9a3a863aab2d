/** From what was typed on the command line to the files that are meant. */
import fs from "node:fs";
import path from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { isSourcePath } from "../paths.ts";

export interface Sources {
  readonly files: readonly string[];
  readonly reports: readonly Report[];
}

/** Files stand for themselves; globs and folders for the sources in them. */
export async function expandSources(cwd: string, patterns: readonly string[]): Promise<Sources> {
  const files = new Set<string>();
  const reports: Report[] = [];
  for (const pattern of patterns) {
    const absolute = path.resolve(cwd, pattern);
    const stats = statsOf(absolute);
    if (stats?.isFile()) {
      files.add(absolute);
      continue;
    }
    // A shell that does not expand globs may hand over backslashes.
    const slashed = path.sep === "\\" ? pattern.replaceAll("\\", "/") : pattern;
    const wanted = stats?.isDirectory() ? `${slashed.replace(/\/+$/, "")}/**` : slashed;
    const found = stats || isDynamicPattern(slashed) ? await sourcesIn(cwd, wanted) : [];
    if (found.length === 0) reports.push(makeReport("TG2002", undefined, [pattern]));
    for (const file of found) files.add(file);
  }
  return { files: [...files].sort(), reports };
}

/** What a path leads to; nothing also where it cannot be followed, as in a circle of links. */
function statsOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

async function sourcesIn(cwd: string, pattern: string): Promise<readonly string[]> {
  const found = await glob(pattern, { cwd, absolute: true, ignore: ["**/node_modules/**"], expandDirectories: false });
  return found.filter(isSourcePath);
}
