/** Reads sources for people: their lines are shown. */
import fs from "node:fs";

/** The text of a file as offsets count in it; undefined if it cannot be read. */
export function readText(file: string): string | undefined {
  try {
    // Offsets count from behind the mark that may stand at the very beginning.
    return fs.readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch {
    return undefined;
  }
}
