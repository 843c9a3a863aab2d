/**
 * What a pullback works on where references move. The forward sweep runs once and leaves arrays, their shadows and
 * tapes of both behind; names do not tell which of them are the same memory. So each call of the pullback copies
 * together all that it changes: what is one array before is one array after.
 */
import { analyseAliases, memoryOf, type Aliasing } from "../analyse/alias.ts";
import { isMemory } from "../analyse/callees.ts";
import { contentsOf, type Key, readsOf, writesOf } from "../analyse/effects.ts";
import { holdsReferences, variable } from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import { copyTogether } from "../ir/runtime.ts";
import type { Block, Expr, Func, Stmt, Type } from "../ir/types.ts";
import { assignedVariables, collectStmts, freeNames, readNames, variablesDeclaredBy } from "../ir/visit.ts";

export interface Copies {
  /** After the forward sweep: copies of what the caller can change. */
  readonly kept: Block;
  /** At the start of each call: copies of what the call changes or gives away. */
  readonly own: Block;
  /** The names of the copies in the reverse sweep. */
  readonly renamed: ReadonlyMap<string, string>;
}

interface Held {
  readonly name: string;
  readonly type: Type;
}

type Signature = Pick<Func, "name" | "params" | "result">;

interface SweepPair {
  readonly forward: Block;
  readonly reverse: Block;
}

/** `visible` are arrays that the caller has, `given` what it gets from each call. */
export function copiesForCalls(
  func: Signature,
  sweeps: SweepPair,
  names: Names,
  visible: readonly Expr[],
  given: readonly Expr[],
): Copies {
  const { reverse } = sweeps;
  const { aliasing, held, reach, memoryIn, leaves, copied, connected, renamed } = copier(func, sweeps, names);
  const read = memoryIn(readsOf(aliasing, reverse));
  const seen = visible.flatMap(leaves).filter((memory) => read.has(memory));
  const assigned = assignedVariables(reverse);
  const kept = copied(connected(seen), "Kept");
  const moved = held.filter(({ name }) => assigned.has(name)).flatMap(reach);
  // What each call takes off a tape and uses, the tape that was kept has to have still.
  const used = readNames(reverse);
  const popped = new Set(collectStmts(reverse, "pop").flatMap((pop) => (used.has(pop.target) ? [pop.tape] : [])));
  const taken = held
    .filter(({ name }) => popped.has(name) && renamed.has(name))
    .map(({ name, type }) => aliasing.classOf(variable(name, type)));
  const changed = [...memoryIn(writesOf(aliasing, reverse)), ...moved, ...taken, ...given.flatMap(leaves)];
  const own = copied(connected(changed), "Own");
  return { kept, own, renamed };
}

/** Copies of all that the reverse sweep changes and the caller can see, for a reverse sweep that runs once. */
export function copiesOfVisible(
  func: Signature,
  sweeps: SweepPair,
  names: Names,
  visible: readonly Expr[],
): Pick<Copies, "own" | "renamed"> {
  const { aliasing, memoryIn, leaves, copied, connected, renamed } = copier(func, sweeps, names);
  const changed = memoryIn(writesOf(aliasing, sweeps.reverse));
  const own = copied(connected(visible.flatMap(leaves).filter((memory) => changed.has(memory))), "Past");
  return { own, renamed };
}

interface Copier {
  readonly aliasing: Aliasing;
  /** What the forward sweep leaves to the reverse sweep. */
  readonly held: readonly Held[];
  readonly reach: (one: Held) => readonly number[];
  /** The memory that keys are of, as far as it is held. */
  readonly memoryIn: (keys: ReadonlySet<Key>) => Set<number>;
  /** The memory that a value leads to. */
  readonly leaves: (expr: Expr) => number[];
  /** The variables from which the memory can be reached, and all that shares memory with those. */
  readonly connected: (memory: Iterable<number>) => Held[];
  /** Copies of variables, under new names. */
  readonly copied: (these: readonly Held[], suffix: string) => Block;
  readonly renamed: ReadonlyMap<string, string>;
}

function copier(func: Signature, { forward, reverse }: SweepPair, names: Names): Copier {
  const aliasing = analyseAliases({ ...func, body: [...forward, ...reverse] });
  const reach = ({ name, type }: Held): readonly number[] => aliasing.reach(variable(name, type));
  const free = freeNames(reverse);
  const held = [
    ...func.params.map(({ name, type }) => ({ name, type })),
    ...forward.flatMap((stmt) => (stmt.kind === "for" ? [] : variablesDeclaredBy(stmt))),
  ].filter(({ name, type }) => isMemory(type) && free.has(name));

  const connected = (memory: Iterable<number>): Held[] => {
    const known = new Set(memory);
    for (let size = -1; size !== known.size;) {
      size = known.size;
      for (const one of held) if (reach(one).some((m) => known.has(m))) for (const m of reach(one)) known.add(m);
    }
    return held.filter((one) => reach(one).some((m) => known.has(m)));
  };
  const memoryIn = (keys: ReadonlySet<Key>): Set<number> => {
    const reached = held.flatMap((one) => aliasing.cellsOf(variable(one.name, one.type)));
    const touched = reached.filter(
      (cell) => keys.has(contentsOf(cell)) || keys.has(`length ${String(memoryOf(cell))}`),
    );
    return new Set(touched.map(memoryOf));
  };
  const leaves = (expr: Expr): number[] =>
    expr.kind === "tuple" ? expr.items.flatMap(leaves) : isMemory(expr.type) ? [...aliasing.reach(expr)] : [];

  const assigned = assignedVariables(reverse);
  const renamed = new Map<string, string>();
  const rename = (name: string): string => renamed.get(name) ?? name;
  const copied = (these: readonly Held[], suffix: string): Block => {
    const made = these.map((one) => ({ ...one, from: rename(one.name), to: names.fresh(`${one.name}${suffix}`) }));
    for (const { name, to } of made) renamed.set(name, to);
    // An array of numbers that nothing else leads to is copied by itself.
    const isAlone = (one: Held): boolean => {
      const memory = aliasing.classOf(variable(one.name, one.type));
      const type = presentType(one.type);
      const isFlat = type.kind === "typed" || (type.kind === "list" && !holdsReferences(type));
      return isFlat && !these.some((other) => other.name !== one.name && reach(other).includes(memory));
    };
    const single = made.filter(isAlone);
    const others = made.filter((one) => !isAlone(one));
    const alone = single.map(({ name, from, to, type }): Stmt => {
      const init: Expr = { kind: "deepCopy", array: variable(from, type), type };
      return { kind: "let", name: to, type, mutable: assigned.has(name), init };
    });
    if (others.length === 0) return alone;
    const together: Stmt = {
      kind: "call",
      callee: copyTogether,
      args: others.map(({ from, type }) => variable(from, type)),
      target: { kind: "tuple", items: others.map(({ to, type }) => ({ kind: "name", name: to, type })) },
    };
    return [...alone, together];
  };
  return { aliasing, held, reach, memoryIn, leaves, connected, copied, renamed };
}
