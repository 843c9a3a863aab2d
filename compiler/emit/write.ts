/** Puts generated files on disk: whole or not at all, and never over a file that is not ours. */
import fs from "node:fs";
import path from "node:path";
import { hasHeader } from "../header.ts";

/** How a file on disk compares with the text that it should have. */
export type Comparison = "current" | "missing" | "stale" | "foreign";

/** Compares without writing. Line ends do not count: version control may have changed them. */
export function compareFile(file: string, text: string): Comparison {
  const found = readIfThere(file);
  if (found === undefined) return "missing";
  if (withLf(found) === withLf(text)) return "current";
  return hasHeader(found) ? "stale" : "foreign";
}

export type WriteResult =
  { readonly kind: "written" | "unchanged" | "foreign" } | { readonly kind: "failed"; readonly problem: string };

/** Writes `text` unless the file has it already, or is somebody else's. */
export function writeFile(file: string, text: string): WriteResult {
  try {
    const comparison = compareFile(file, text);
    if (comparison === "foreign") return { kind: "foreign" };
    if (comparison === "current") return { kind: "unchanged" };
    replace(comparison === "missing" ? file : fs.realpathSync(file), text);
    return { kind: "written" };
  } catch (error) {
    return { kind: "failed", problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A reader sees the old file or the new one: the text goes to a neighbour first, which is then renamed. */
function replace(file: string, text: string): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${String(process.pid)}.tmp`);
  try {
    fs.writeFileSync(temporary, text, { flag: "wx" });
    const mode = fs.statSync(file, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined) fs.chmodSync(temporary, mode);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

const unfinished = /^\..*\.grad\.[cm]?ts\.(\d+)\.tmp$/;

/** Removes what builds that were killed have left in a folder. */
export function removeLeftovers(folder: string): void {
  try {
    for (const name of fs.readdirSync(folder)) {
      const id = unfinished.exec(name)?.[1];
      if (id !== undefined && (Number(id) === process.pid || !isRunning(Number(id))))
        fs.rmSync(path.join(folder, name), { force: true });
    }
  } catch {
    // They are in nobody's way.
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

const withLf = (text: string): string => text.replaceAll("\r\n", "\n");
