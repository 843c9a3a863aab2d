/**
 * To be recorded (L. Hascoët, U. Naumann and V. Pascual, "'To be recorded' analysis in reverse-mode automatic
 * differentiation", Future Generation Computer Systems 21, 2005): a value is saved before it is overwritten
 * only if the adjoint of an earlier statement reads it. Here also: which locals of a block its reverse needs,
 * and whether each is computed again or saved.
 *
 * A forward data flow over the plan; the set holds the keys whose present values are read by adjoints of what ran so far.
 */
import { leadsToMemory, makesMemory } from "../ir/ask.ts";
import { isNumeric, isReference, zerosLike } from "../ir/build.ts";
import type { Block, Expr, Stmt } from "../ir/types.ts";
import { declaredNames, freeVariables, referencedNames } from "../ir/visit.ts";
import type { BlockPlan, CheckpointPlan, Local, Plan, SimplePlan } from "../differentiate/plan.ts";
import type { Aliasing } from "./alias.ts";
import { contentsKeys, type Key, readsOfExpr, writesOf } from "./effects.ts";
import { costOf, costOfSaving, worthSaving } from "./keep.ts";
import { neededFor } from "./replay.ts";

export interface RecordOptions {
  readonly aliasing: Aliasing;
  /** Save what could be computed again: an ablation for tests. */
  readonly neverRecompute?: boolean;
  /** The plan is of a function that is split in two: its locals are saved at its end. */
  readonly nested?: boolean;
  /** Keys that are read by adjoints of what ran before. */
  readonly readBefore?: ReadonlySet<Key>;
  /** Save every overwritten value of a key that any adjoint reads: an ablation for tests. */
  readonly recordAll?: boolean;
}

export function record(options: RecordOptions, plan: BlockPlan): void {
  flow(options, plan, new Set(options.readBefore), options.nested !== true);
}

function flow(options: RecordOptions, block: BlockPlan, set: Set<Key>, top: boolean): void {
  const reads = new Set<Key>();
  let reversed = false;
  const saved: ReadonlySet<string> = top
    ? new Set()
    : worthSaving(
        block,
        (local) => mayRecompute(options, block, local),
        (name) => block.items.some((item) => writesOfPlan(item).includes(name)),
      );
  block.late = top ? new Map() : lateConstants(options, block, saved);
  block.items.forEach((item, i) => {
    // What these are made of is read in the state before the item.
    for (const local of block.late.get(i) ?? []) {
      for (const key of readsOfExpr(options.aliasing, initOf(local)!)) {
        set.add(key);
        reads.add(key);
      }
    }
    reversed = flowItem(options, item, set, reads) || reversed;
  });
  block.pushed = [];
  block.recomputed = [];
  block.unset = [];
  if (!top) settleLocals(options, block, saved, set, reads);
  const locals = new Set(block.locals.map((local) => local.name));
  block.reads = new Set([...reads].filter((key) => top || !locals.has(key)));
  if (!top) for (const name of locals) set.delete(name);
  block.reversed = reversed;
}

/** Puts the values of locals in order that the reverse of the block starts with. */
function settleLocals(
  options: RecordOptions,
  block: BlockPlan,
  saved: ReadonlySet<string>,
  set: Set<Key>,
  reads: Set<Key>,
): void {
  const late = new Set([...block.late.values()].flat());
  for (const local of [...block.locals].reverse()) {
    if (local.mutable || late.has(local) || !reads.has(local.name)) continue;
    const init = initOf(local);
    if (init !== undefined && !saved.has(local.name) && canRecompute(options, block, local, init)) {
      block.recomputed.unshift(local);
      for (const key of readsOfExpr(options.aliasing, init)) {
        reads.add(key);
        set.add(key);
      }
    } else {
      block.pushed.push(local);
    }
  }
  for (const local of block.locals) {
    if (!local.mutable) continue;
    if (set.has(local.name)) block.pushed.push(local);
    else if (reads.has(local.name) || savesInto(block, local.name)) block.unset.push(local);
  }
}

function initOf(local: Local): Expr | undefined {
  return local.stmt.kind === "let" ? local.stmt.init : undefined;
}

/**
 * Constants made of values that later items of the block overwrite: the reverse sweep computes them again as soon
 * as the first of those items has been taken back, if no adjoint needs them before. So a time step records its
 * state, not what it computes from it.
 */
function lateConstants(options: RecordOptions, block: BlockPlan, saved: ReadonlySet<string>): Map<number, Local[]> {
  const late = new Map<number, Local[]>();
  if (options.neverRecompute) return late;
  const lastUse = new Map<string, number>();
  const use = (name: string, at: number): void => {
    lastUse.set(name, Math.max(at, lastUse.get(name) ?? -1));
  };
  block.items.forEach((item, i) => {
    // A callee that takes back what it wrote is handed its arguments before.
    const takesBack = item.kind === "simple" && (item.takesBack ?? item.takingBack !== undefined);
    for (const name of namesUsedBy(item)) use(name, takesBack ? i + 0.5 : i);
    // Where a value goes back to must be known before it is back.
    if (item.kind === "simple") for (const name of placeOf(options, item.stmt)) use(name, i + 0.5);
  });
  const back = placesBack(options, block, saved);
  for (const local of [...block.locals].reverse()) {
    const init = initOf(local);
    const needed = lastUse.get(local.name);
    const place = back.get(local.name);
    if (init === undefined) continue;
    if (place === undefined) {
      // The reverse sweep begins with it, or with its shadow, which adjoints may use alone.
      if (needed !== undefined || isReference(local.type))
        for (const name of namesAtStart(options, block, local, saved)) use(name, Infinity);
    } else if (needed === undefined) continue;
    else if (place.at >= needed && place.at < Infinity) {
      for (const name of freeVariables(init)) use(name, place.at);
      late.set(place.at, [local, ...(late.get(place.at) ?? [])]);
    } else if (!place.isOwn) {
      for (const name of freeVariables(init)) use(name, Infinity);
    }
  }
  return late;
}

/** The names that a local is found by which the reverse sweep of its block begins with. */
function namesAtStart(
  options: RecordOptions,
  block: BlockPlan,
  local: Local,
  saved: ReadonlySet<string>,
): ReadonlySet<string> {
  const init = initOf(local);
  if (local.mutable || init === undefined) return new Set();
  return !saved.has(local.name) && canRecompute(options, block, local, init) ? freeVariables(init) : new Set();
}

interface PlaceBack {
  /** The item that has to be taken back before the constant can be computed again; Infinity if none has to. */
  readonly at: number;
  /** The item overwrites what the constant itself reads, not only what other such constants do that it is made of. */
  readonly isOwn: boolean;
}

/** From where on constants can be computed again that are cheap. */
function placesBack(options: RecordOptions, block: BlockPlan, saved: ReadonlySet<string>): Map<string, PlaceBack> {
  const back = new Map<string, PlaceBack>();
  for (const local of block.locals) {
    const init = initOf(local);
    if (local.mutable || init === undefined || saved.has(local.name) || !isCheapValue(local, init)) continue;
    const own = overwrittenAt(options, block, local, init);
    if (own !== undefined && !own.isSimple) continue;
    const others = [...freeVariables(init)].map((name) => back.get(name)?.at ?? Infinity);
    back.set(local.name, { at: Math.min(own?.at ?? Infinity, ...others), isOwn: own !== undefined });
  }
  return back;
}

/** Names that the reverse of an item may read: of what stands in nested blocks, all that it mentions. */
function namesUsedBy(item: Plan): Iterable<string> {
  if (item.kind !== "simple") return referencedNames([item.stmt]);
  return item.takingBack === undefined ? item.reads : [...item.reads, ...item.takingBack.reads];
}

function isCheapValue({ type }: Local, init: Expr): boolean {
  return (isNumeric(type) || type.kind === "boolean" || type.kind === "tensor") && costOf(init) <= costOfSaving;
}

/** The first item after a constant that overwrites what it is made of; `isSimple`: all that do so take it back exactly. */
function overwrittenAt(
  options: RecordOptions,
  block: BlockPlan,
  local: Local,
  init: Expr,
): { readonly at: number; readonly isSimple: boolean } | undefined {
  const keys = readsOfExpr(options.aliasing, init);
  const places = block.items.flatMap((item, i) =>
    i > local.position && writesOfPlan(item).some((key) => keys.has(key)) ? [i] : [],
  );
  const [at] = places;
  return at === undefined ? undefined : { at, isSimple: places.every((i) => block.items[i]!.kind === "simple") };
}

/** Whether a constant can be computed again, at the end of its block or before. */
function mayRecompute(options: RecordOptions, block: BlockPlan, local: Local): boolean {
  const init = initOf(local);
  if (init === undefined) return false;
  if (canRecompute(options, block, local, init)) return true;
  return isCheapValue(local, init) && overwrittenAt(options, block, local, init)?.isSimple !== false;
}

/** A constant is computed again where that is cheap and nothing that it reads changes before the end of its block. */
function canRecompute(options: RecordOptions, block: BlockPlan, local: Local, init: Expr): boolean {
  if (isReference(local.type) || local.type.kind === "tape") return isFoundAgain(options, block, local, init);
  if (options.neverRecompute) return false;
  return isCheapValue(local, init) && isStable(options, block, local, init);
}

/**
 * Whether a reference is found again by the way that it was found. Where references stay, that is the only right one: the
 * reverse sweep may work on copies, and the shadow is found by the same way. Numbers on the way that change are constants.
 */
function isFoundAgain(options: RecordOptions, block: BlockPlan, local: Local, init: Expr): boolean {
  const { aliasing } = options;
  if (!leadsToMemory(init)) return false;
  if (!aliasing.isDynamic(aliasing.classOfName(local.name))) return true;
  return init.kind === "index" && isStable(options, block, local, init);
}

function isStable(options: RecordOptions, block: BlockPlan, local: Local, init: Expr): boolean {
  const keys = readsOfExpr(options.aliasing, init);
  for (let i = local.position + 1; i < block.items.length; i++) {
    if (writesOfPlan(block.items[i]!).some((key) => keys.has(key))) return false;
  }
  return true;
}

function writesOfPlan(plan: Plan): Key[] {
  switch (plan.kind) {
    case "simple":
      return [...plan.writes];
    case "if":
      return [...plan.then.items, ...plan.otherwise.items].flatMap(writesOfPlan);
    case "checkpoint":
      return [...plan.writes];
    case "loop":
      return [...plan.body.items.flatMap(writesOfPlan), ...(plan.trips === undefined ? [] : [plan.trips])];
  }
}

function savesInto(block: BlockPlan, name: string): boolean {
  return block.items.some((item): boolean => {
    switch (item.kind) {
      case "simple":
        return item.save && item.writes.includes(name);
      case "if":
        return savesInto(item.then, name) || savesInto(item.otherwise, name);
      case "checkpoint":
        return item.writes.has(name) && (item.needed.has(name) || item.takenBack.has(name));
      case "loop":
        return savesInto(item.body, name);
    }
  });
}

/** Whether the reverse sweep does anything at the item. */
function flowItem(options: RecordOptions, item: Plan, set: Set<Key>, reads: Set<Key>): boolean {
  const read = (keys: Iterable<Key>): void => {
    for (const key of keys) {
      set.add(key);
      reads.add(key);
    }
  };
  switch (item.kind) {
    case "simple": {
      read(item.reads);
      for (const key of item.writes) {
        if (set.has(key) || (options.recordAll && reads.has(key))) item.save = true;
      }
      if (item.save) read(item.takingBack?.reads ?? placeOf(options, item.stmt));
      // A scalar's old value is taken back from where it was saved; its new value no adjoint has read yet.
      if (item.stmt.kind === "assign" || item.stmt.kind === "pop") for (const key of item.writes) set.delete(key);
      // A fresh array has no earlier contents; of others that may be meant by the same names this says nothing.
      if (
        item.stmt.kind === "let" &&
        item.stmt.init !== undefined &&
        makesMemory(item.stmt.init) &&
        isReference(item.stmt.type)
      ) {
        const array: Expr = { kind: "var", name: item.stmt.name, type: item.stmt.type };
        if (!options.aliasing.isDynamic(options.aliasing.classOf(array)) && options.aliasing.isAlone(array.name)) {
          for (const key of contentsKeys(options.aliasing, array)) set.delete(key);
        }
      }
      return item.save || item.adjoint.length > 0;
    }
    case "if": {
      const other = new Set(set);
      flow(options, item.then, set, false);
      flow(options, item.otherwise, other, false);
      for (const key of other) set.add(key);
      const reversed = needsReverse(item.then) || needsReverse(item.otherwise);
      if (reversed) {
        read(item.then.reads);
        read(item.otherwise.reads);
        read(readsOfExpr(options.aliasing, item.decision));
      }
      return reversed;
    }
    case "checkpoint": {
      // Iterations start from snapshots of what they overwrite, so nothing from before is taken back in between.
      flow(options, item.body, new Set(), true);
      item.needed = item.body.reversed
        ? neededFor(options.aliasing, statementsOf(item.body), [
            ...keysFor(options, item.body, (expr) => item.planner.active(expr)),
            ...item.moving,
          ])
        : new Set();
      item.takenBack = new Set([...item.writes].filter((key) => set.has(key)));
      read(readsOfCheckpoint(options, item));
      return item.body.reversed || item.takenBack.size > 0;
    }
    case "loop": {
      const region = item.region;
      if (region !== undefined && !region.refused) {
        region.refused = [...region.independence.overwritten].some((key) => set.has(key));
        if (!region.refused) {
          flow(options, region.plan, new Set(), true);
          if (!region.plan.reversed) return false;
          const locals = new Set(region.plan.locals.map((local) => local.name));
          read([...region.plan.reads, ...region.reads].filter((key) => !locals.has(key)));
          if (item.stmt.kind === "for") {
            read(readsOfExpr(options.aliasing, item.stmt.start));
            read(readsOfExpr(options.aliasing, item.stmt.bound));
          }
          return true;
        }
      }
      for (let size = -1; size !== set.size;) {
        size = set.size;
        const inside = new Set(set);
        flow(options, item.body, inside, false);
        for (const key of inside) set.add(key);
      }
      // Nothing is left of what was there before: what an earlier adjoint needs of it, the loop itself has saved.
      for (const key of item.fills) if (!item.body.reads.has(key)) set.delete(key);
      const reversed = needsReverse(item.body);
      if (reversed) {
        read(item.body.reads);
        if (item.trips !== undefined) read([item.trips]);
        if (item.stmt.kind === "for") {
          read(readsOfExpr(options.aliasing, item.stmt.start));
          if (item.trips === undefined) read(readsOfExpr(options.aliasing, item.stmt.bound));
        }
      }
      return reversed;
    }
  }
}

/** The statements of a plan, with the constants that planning added and the shadows that follow references. */
function statementsOf(block: BlockPlan): Block {
  return block.items.flatMap((item): Block => {
    switch (item.kind) {
      case "if":
        return [{ ...item.stmt, then: statementsOf(item.then), else: statementsOf(item.otherwise) }];
      case "loop":
        return [{ ...item.stmt, body: statementsOf(item.body) }];
      case "simple": {
        const { stmt, twins } = inForce(item);
        return [stmt, ...twins];
      }
      case "checkpoint":
        return [item.stmt];
    }
  });
}

/** What becomes of a statement, once it is known whether what it overwrites is saved. */
export function inForce(item: SimplePlan): SimplePlan {
  return item.save && item.takingBack !== undefined ? item.takingBack : item;
}

/** Everything that the forward sweep of a block has to have, at any depth, for its reverse: what is read, pushed or kept. */
function keysFor(options: RecordOptions, block: BlockPlan, active: (expr: Expr) => boolean): Key[] {
  const own = [
    ...block.reads,
    ...block.pushed.map((local) => local.name),
    ...block.locals.flatMap((local) => keysForShadow(options, local, active)),
  ];
  return block.items.reduce<Key[]>((keys, item) => {
    switch (item.kind) {
      case "simple": {
        const { stmt, reads, twins } = inForce(item);
        return [
          ...keys,
          ...reads,
          ...(item.save ? [...item.writes, ...placeOf(options, item.stmt)] : []),
          // Shadows are where their arrays are, also where no adjoint reads the arrays themselves.
          ...(twins.length > 0 ? writesOf(options.aliasing, [stmt, ...twins]) : []),
        ];
      }
      case "if":
        return [...keys, ...keysFor(options, item.then, active), ...keysFor(options, item.otherwise, active)];
      case "loop":
        return [...keys, ...keysFor(options, item.body, active), ...(item.trips === undefined ? [] : [item.trips])];
      case "checkpoint":
        return [...keys, ...item.needed, ...item.takenBack, ...(item.trips === undefined ? [] : [item.trips])];
    }
  }, own);
}

/** The shadow of an array is as long as the array is at the end of its block, also where no adjoint reads the array. */
function keysForShadow(options: RecordOptions, { name, type }: Local, active: (expr: Expr) => boolean): Key[] {
  const array: Expr = { kind: "var", name, type };
  return isReference(type) && active(array) ? [...readsOfExpr(options.aliasing, zerosLike(array))] : [];
}

/** What the reverse sweep of a checkpointed loop reads in the state after the loop. */
function readsOfCheckpoint(options: RecordOptions, item: CheckpointPlan): Key[] {
  const inside = new Set([...declaredNames([item.stmt]), ...item.body.locals.map((local) => local.name)]);
  const isKept = (key: Key): boolean => item.writes.has(key) && (item.needed.has(key) || item.takenBack.has(key));
  // The snapshot at the start has all that the loop overwrites.
  const keys = [...item.needed].filter((key) => !inside.has(key) && !isKept(key));
  // It has contents, not arrays; and where references move, the adjoint is where they point to at the end.
  keys.push(...item.arrays.map(({ name }) => name));
  if (item.stmt.kind === "for" && item.body.reversed) {
    keys.push(...readsOfExpr(options.aliasing, item.stmt.start));
    if (item.trips === undefined) keys.push(...readsOfExpr(options.aliasing, item.stmt.bound));
  }
  return keys;
}

export function needsReverse(block: BlockPlan): boolean {
  return block.reversed || block.pushed.length > 0;
}

/** What tells where a saved value goes back to. */
function placeOf(options: RecordOptions, stmt: Stmt): Set<Key> {
  const keys = new Set<Key>();
  switch (stmt.kind) {
    case "store":
    case "accumulate":
      readsOfExpr(options.aliasing, stmt.index, keys);
      return readsOfExpr(options.aliasing, stmt.array, keys);
    case "fill":
    case "append":
    case "shrink":
      return readsOfExpr(options.aliasing, stmt.array, keys);
    case "set":
      return readsOfExpr(options.aliasing, stmt.target, keys);
    case "call":
      // What a callee may have changed goes back into its arguments.
      for (const arg of stmt.args) if (isReference(arg.type)) readsOfExpr(options.aliasing, arg, keys);
      return keys;
    default:
      return keys;
  }
}
