/**
 * Results kept from run to run, in `node_modules/.cache/tsgrad` of the project. Whatever is wrong with them, or with
 * the place, costs time and nothing else.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Result, Results } from "../results.ts";

export interface KeptResults {
  readonly results: Results;
  /** Writes them, if there are new ones. */
  save(): void;
}

interface Stored {
  readonly compiler: string;
  readonly results: readonly (readonly [source: string, result: Result])[];
}

/** The results of builds that were run in a folder. */
export function keptResults(cwd: string): KeptResults {
  const file = placeFor(cwd);
  const before = file === undefined ? [] : read(file);
  const results: Results = new Map(before);
  return {
    results,
    save() {
      const isSame =
        before.length === results.size && before.every(([source, result]) => results.get(source) === result);
      if (file !== undefined && !isSame) write(file, { compiler: compilerState(), results: [...results] });
    },
  };
}

/** Undefined where there is no folder of packages to keep them in. */
function placeFor(cwd: string): string | undefined {
  const packages = path.join(cwd, "node_modules");
  if (fs.existsSync(packages))
    return path.join(packages, ".cache/tsgrad", `${createHash("sha256").update(cwd).digest("hex").slice(0, 16)}.json`);
  const parent = path.dirname(cwd);
  return parent === cwd ? undefined : placeFor(parent);
}

function read(file: string): Stored["results"] {
  try {
    const stored = JSON.parse(fs.readFileSync(file, "utf8")) as Stored;
    return stored.compiler === compilerState() ? stored.results.filter(([source]) => fs.existsSync(source)) : [];
  } catch {
    return [];
  }
}

function write(file: string, stored: Stored): void {
  const unfinished = `${file}.${String(process.pid)}.tmp`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(unfinished, JSON.stringify(stored));
    fs.renameSync(unfinished, file);
  } catch {
    fs.rmSync(unfinished, { force: true });
  }
}

/** Changes whenever the compiler does: another version, and another build of the same one. */
function compilerState(): string {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const hash = createHash("sha256").update(process.version);
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const { mtimeMs, size } = fs.statSync(path.join(folder, name));
    hash.update(JSON.stringify([name, mtimeMs, size]));
  }
  return hash.digest("hex");
}
