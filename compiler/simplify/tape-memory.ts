/**
 * What arrays on tapes that came in may be. The first half of a function put there the arrays that its variables meant,
 * which may be those of its parameters, and the other half has both: a store into one may change the other. The alias
 * analysis takes parameters for distinct memory.
 */
import type { Aliasing } from "../analyse/alias.ts";
import { memoryOfType } from "../analyse/callees.ts";
import type { Key } from "../analyse/effects.ts";
import { isReference, variable } from "../ir/build.ts";
import type { Func, Type } from "../ir/types.ts";

/** Adds to the keys of memory those of what may be the same; undefined where the function takes off no arrays. */
export function tapeMemory(func: Func, aliasing: Aliasing): ((keys: Set<Key>) => Set<Key>) | undefined {
  const isTape = (type: Type): boolean => type.kind === "tape" && isReference(type.element);
  if (!func.params.some(({ type }) => isTape(type))) return undefined;
  const others = new Map<string, Set<string>>();
  const parts = func.params.flatMap(({ name, type }) =>
    memoryOfType(type)
      .filter((part) => part.type.kind !== "tape")
      .map((part) => ({
        memory: String(aliasing.classAt(variable(name, type), part.way)),
        type: JSON.stringify(part.type),
        isTaken: isTape(type),
      })),
  );
  for (const a of parts)
    for (const b of parts)
      if (a.type === b.type && a.memory !== b.memory && (a.isTaken || b.isTaken))
        others.set(a.memory, (others.get(a.memory) ?? new Set()).add(b.memory));
  return (keys) => {
    const all = new Set(keys);
    for (const key of keys) {
      const [, what = "", memory = "", field = ""] = /^(contents|length) (\d+)(.*)$/.exec(key) ?? [];
      for (const other of others.get(memory) ?? []) all.add(`${what} ${other}${field}`);
    }
    return all;
  };
}
