/** Names of functions and module symbols, which share one space in the program. */
import path from "node:path";
import type { Lowering } from "./state.ts";

/** A name that is new among functions and module symbols: the plain one, with the file's name, with a number. */
export function freshKey(all: Lowering, name: string, fileName: string): string {
  const stem = path
    .basename(fileName)
    .replace(/\.[cm]?tsx?$/, "")
    .replace(/[^\w$]+/g, "_");
  const isFree = (key: string): boolean =>
    !all.keys.has(key) && !all.context.program.has(key) && !all.context.derived.has(key);
  let key = name;
  for (let n = 1; !isFree(key); n++) key = n === 1 ? `${name}_${stem}` : `${name}_${stem}${String(n)}`;
  all.keys.add(key);
  return key;
}
