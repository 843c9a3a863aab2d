/** Whether files change. */
import fs from "node:fs";

/** Changes whenever the file does. */
export function stateOf(file: string): string {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  return found === undefined ? "gone" : `${String(found.mtimeMs)} ${String(found.size)}`;
}
