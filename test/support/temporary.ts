/**
 * Folders that tests write in: all in one, which goes when the last test is done. Workers are stopped without
 * a word, so none of them could clear up after itself.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** The variable through which the workers learn of the one folder. */
const variable = "TSGRAD_TESTS_IN";

/** Makes the one folder before the first test, and removes it after the last: vitest's global setup. */
export default function setup(): () => void {
  // Resolved, because a compiler reports the files' real names, and macOS keeps its temporary folder behind a link.
  const all = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "tsgrad-tests-")));
  process.env[variable] = all;
  return () => {
    fs.rmSync(all, { recursive: true, force: true });
  };
}

/** A new folder, outside of the project. */
export function temporaryFolder(name: string): string {
  const all = process.env[variable];
  if (all === undefined) throw new Error("temporaryFolder() is for tests that vitest runs");
  return fs.mkdtempSync(path.join(all, `${name}-`));
}
