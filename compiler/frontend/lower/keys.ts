/** Names of functions and module symbols, which share one space in the program. */
import path from "node:path";
import type { Lowering } from "./state.ts";

/** A name that is new among functions and module symbols: the plain one, with the file's name, with a number. */
export function freshKey(all: Lowering, name: string, fileName: string): string {
  const stem = path
    .basename(fileName)
    .replace(/\.[cm]?tsx?$/, "")
    .replace(/[^\w$]+/g, "_");
  // The program and its symbols are those of all projects of a run.
  const { program, derived, symbols } = all.context;
  const isFree = (key: string): boolean => [all.keys, program, derived, symbols].every((taken) => !taken.has(key));
  let key = name;
  for (let n = 1; !isFree(key); n++) key = n === 1 ? `${name}_${stem}` : `${name}_${stem}${String(n)}`;
  all.keys.add(key);
  return key;
}
