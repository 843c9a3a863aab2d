/**
 * The two sweeps of the reverse mode over a normalised function: the forward sweep is the function with
 * what has to be recorded, the reverse sweep takes the statements in opposite order and adds to adjoints.
 *
 * In the reverse sweep, primal names of nested blocks are declared anew with the suffix `$r`; emission
 * gives them their plain names back where the scopes allow it.
 */
import { contentsKey, type Key } from "../analyse/effects.ts";
import { type Integers, stepOf } from "../analyse/integers.ts";
import { needsReverse } from "../analyse/record.ts";
import {
  assign,
  at,
  compare,
  int,
  intType,
  isDifferentiable,
  isReference,
  lengthOf,
  num,
  numberType,
  op,
  variable,
  zerosLike,
} from "../ir/build.ts";
import type { Block, Expr, ForStmt, Stmt, Type } from "../ir/types.ts";
import { declaredNames, renameBlock, variablesDeclaredBy } from "../ir/visit.ts";
import type { BlockPlan, Local, LoopPlan, Plan, RegionPlan, SimplePlan } from "./plan.ts";
import type { Planner } from "./planner.ts";
import { type Call, withoutOuterWrites } from "./planning.ts";
import { presentType, restoreFrom, shadowOf } from "./shadows.ts";
import { isActiveTape } from "./statements.ts";
import { type LoopHeader, minusOne, plus, times, tripCount, tripProduct } from "./trips.ts";
import { declareTwinTape, isTwinned, nameOf, twinsOf } from "./twins.ts";

export interface Sweeps {
  /** The parts of both sweeps that each statement at top level gives. */
  readonly items: readonly ItemSweeps[];
  readonly forward: Block;
  /** Declarations of the adjoints and shadows of the function's own locals. */
  readonly declarations: Block;
  readonly reverse: Block;
  /** Keys that the reverse sweep writes into: contents that it takes back. */
  readonly restored: ReadonlySet<Key>;
}

/** The two halves of a split function: its body as a nested block, with the seeds of its results in between. */
export function splitSweeps(
  planner: Planner,
  plan: BlockPlan,
  seeds: readonly Stmt[],
): { readonly forward: Block; readonly reverse: Block } {
  const g = newGeneration(planner, plan);
  return blockSweeps(g, plan, seeds);
}

interface Generation {
  readonly planner: Planner;
  /** Tapes that are declared before the top-level statement at hand. */
  tapes: Stmt[];
  /** Loops around the place at hand, outermost first. */
  readonly loops: LoopHeader[];
  /** The statement at top level that the place at hand is in. */
  top: Stmt | undefined;
  /** All variables that the body declares, and those of them that are declared before `top`. */
  readonly inside: ReadonlySet<string>;
  readonly before: Set<string>;
  /** The values of constants, nested ones too. */
  readonly constants: ReadonlyMap<string, Expr>;
  readonly restored: ReadonlySet<Key>;
}

/** The names of the tapes of a save site. */
interface Site {
  readonly tape: string;
  readonly twin?: string;
}

export function sweeps(planner: Planner, plan: BlockPlan): Sweeps {
  const g = newGeneration(planner, plan);
  const items = plan.items.map((item): ItemSweeps => {
    g.tapes = [];
    g.top = item.stmt;
    const pair = itemSweeps(g, item);
    for (const { name } of item.kind === "loop" ? [] : variablesDeclaredBy(item.stmt)) g.before.add(name);
    return { ...pair, stmt: item.stmt, forward: [...g.tapes, ...pair.forward] };
  });
  const forward = items.flatMap((item) => item.forward);
  const reverse = items.map((item) => item.reverse);
  return {
    items,
    forward: [...planner.context.shared.declarations(), ...forward],
    declarations: plan.locals.flatMap((local) => declareBar(planner, local)),
    reverse: reverse.reverse().flat(),
    restored: g.restored,
  };
}

function newGeneration(planner: Planner, plan: BlockPlan): Generation {
  const inside = new Set<string>();
  const constants = new Map<string, Expr>();
  const visit = (block: BlockPlan): void => {
    for (const item of block.items) {
      for (const { name } of variablesDeclaredBy(item.stmt)) inside.add(name);
      if (item.kind === "simple") {
        const { stmt } = item;
        if (stmt.kind === "let" && !stmt.mutable && stmt.init !== undefined) constants.set(stmt.name, stmt.init);
      } else if (item.kind === "if") {
        visit(item.then);
        visit(item.otherwise);
      } else {
        visit(item.body);
        if (item.kind === "loop" && item.region !== undefined) visit(item.region.plan);
      }
    }
  };
  visit(plan);
  return {
    planner,
    tapes: [],
    loops: [],
    top: undefined,
    inside,
    before: new Set(),
    constants,
    restored: savedKeys(plan),
  };
}

/** Everything that the reverse sweep takes back. */
function savedKeys(plan: BlockPlan, into: Set<Key> = new Set<Key>()): Set<Key> {
  for (const item of plan.items) {
    if (item.kind === "simple") {
      if (item.save) for (const key of item.writes) into.add(key);
    } else if (item.kind === "if") {
      savedKeys(item.then, into);
      savedKeys(item.otherwise, into);
    } else {
      if (item.kind === "checkpoint")
        for (const key of item.writes) if (item.needed.has(key) || item.takenBack.has(key)) into.add(key);
      savedKeys(item.body, into);
    }
  }
  return into;
}

interface Pair {
  readonly forward: Stmt[];
  readonly reverse: Stmt[];
  /** How many statements at the start of `reverse` take earlier values back. */
  readonly restoring?: number;
  /** Of an independent loop: one loop that does both, in the order of the forward sweep. */
  readonly merged?: Merged;
}

export interface ItemSweeps extends Pair {
  readonly stmt: Stmt;
}

export interface Merged {
  readonly block: Block;
  /** Keys that the loop writes. */
  readonly writes: ReadonlySet<Key>;
}

function itemSweeps(g: Generation, item: Plan): Pair {
  switch (item.kind) {
    case "simple":
      return simpleSweeps(g, item);
    case "if": {
      const then = blockSweeps(g, item.then);
      const otherwise = blockSweeps(g, item.otherwise);
      const forward: Stmt = { ...item.stmt, then: then.forward, else: otherwise.forward };
      const reverse = choose(item.decision, then.reverse, otherwise.reverse);
      return { forward: [forward], reverse };
    }
    case "loop":
      return loopSweeps(g, item);
    case "checkpoint":
      return item.sweeps((base, type) => newSite(g, base, type).tape);
  }
}

function choose(test: Expr, then: Stmt[], otherwise: Stmt[]): Stmt[] {
  if (then.length + otherwise.length === 0) return [];
  if (test.kind === "literal") return test.value === true ? then : otherwise;
  return [{ kind: "if", test, then, else: otherwise }];
}

/**
 * An independent loop. Its reverse loop runs each iteration forward once more, without what it writes outside,
 * and takes it back at once; or, where the cotangents are known before, both are done in one loop.
 */
function regionSweeps(g: Generation, stmt: ForStmt, region: RegionPlan): Pair {
  const { planner } = g;
  const inner: Generation = { ...g, tapes: [], loops: [], top: stmt, restored: savedKeys(region.plan) };
  const pairs = region.plan.items.map((item) => itemSweeps(inner, item));
  const forward = pairs.flatMap((pair) => pair.forward);
  const backward = [
    ...region.plan.locals.flatMap((local) => declareBar(planner, local)),
    ...pairs
      .map((pair) => pair.reverse)
      .reverse()
      .flat(),
  ];
  const { independence } = region;
  const writes = new Set([...independence.outerWrites, ...independence.privateContents]);
  const merged: Merged = { block: [...inner.tapes, { ...stmt, body: [...forward, ...backward] }], writes };

  const again = [...withoutOuterWrites(planner, independence, forward), ...backward];
  const fresh = new Map([...declaredNames(forward)].map((name) => [name, planner.fresh(`${name}$r`)]));
  const body = renameBlock(again, (name) => fresh.get(name) ?? name);
  return {
    forward: [stmt],
    reverse: [...inner.tapes, reversedFor(g, stmt, [...body])],
    ...(independence.anyOrder ? { merged } : {}),
  };
}

function loopSweeps(g: Generation, item: LoopPlan): Pair {
  const { stmt, trips } = item;
  if (item.region !== undefined && !item.region.refused && stmt.kind === "for") {
    return item.region.plan.reversed ? regionSweeps(g, stmt, item.region) : { forward: [stmt], reverse: [] };
  }
  g.loops.push({ stmt, counted: trips === undefined });
  const body = blockSweeps(g, item.body);
  g.loops.pop();
  if (body.reverse.length === 0) return { forward: [{ ...stmt, body: body.forward }], reverse: [] };
  if (trips === undefined) {
    if (stmt.kind !== "for") throw new Error("reverse: a while loop has a trip count");
    return { forward: [{ ...stmt, body: body.forward }], reverse: [reversedFor(g, stmt, body.reverse)] };
  }
  const count = variable(trips, intType);
  const counting = assign(trips, op("add", [count, int(1)], intType));
  const forward: Stmt[] = [
    { kind: "let", name: trips, type: intType, mutable: true, init: int(0) },
    { ...stmt, body: [counting, ...body.forward] },
  ];
  if (stmt.kind === "while") {
    const index = g.planner.fresh("trip");
    const reverse: Stmt = {
      kind: "for",
      name: index,
      start: count,
      compare: "gt",
      bound: int(0),
      step: -1,
      body: body.reverse,
    };
    return { forward, reverse: [reverse] };
  }
  const last = plus(stmt.start, times(minusOne(count), stmt.step));
  const index = g.planner.fresh(`${stmt.name}$r`);
  const reverse: Stmt = {
    kind: "for",
    name: index,
    start: last,
    compare: stmt.step > 0 ? "ge" : "le",
    bound: stmt.start,
    step: -stmt.step,
    body: renameBlock(body.reverse, (name) => (name === stmt.name ? index : name)),
  };
  return { forward, reverse: [reverse] };
}

/** A counted loop backwards, from the last index that ran. */
function reversedFor(g: Generation, stmt: Extract<Stmt, { kind: "for" }>, body: Stmt[]): Stmt {
  const index = g.planner.fresh(`${stmt.name}$r`);
  const renamed = renameBlock(body, (name) => (name === stmt.name ? index : name));
  return {
    kind: "for",
    name: index,
    start: lastIndex(stmt, g.planner.context.integers),
    compare: stmt.step > 0 ? "ge" : "le",
    bound: stmt.start,
    step: -stmt.step,
    body: renamed,
  };
}

/** start + (trips - 1) step; for steps of one just the bound, or the number before it. */
function lastIndex(stmt: Extract<Stmt, { kind: "for" }>, integers: Integers): Expr {
  const { start, bound, step, compare: test } = stmt;
  const unit = Math.abs(step) === 1;
  if (unit && integers.isInteger(bound)) {
    if (test === "lt") return plus(bound, int(-1));
    if (test === "gt") return plus(bound, int(1));
    return bound;
  }
  if (unit) {
    if (test === "lt") return plus(op("ceil", [bound], intType), int(-1));
    if (test === "gt") return plus(op("floor", [bound], intType), int(1));
    return op(test === "le" ? "floor" : "ceil", [bound], intType);
  }
  return plus(start, times(minusOne(tripCount(stmt)), step));
}

/** The two sweeps of a nested block, with its locals saved at its end, and back in place at the start of its reverse. */
function blockSweeps(g: Generation, plan: BlockPlan, seeds: readonly Stmt[] = []): Pair {
  const { planner } = g;
  const pairs = plan.items.map((item) => itemSweeps(g, item));
  const forward = pairs.flatMap((pair) => pair.forward);
  const reverse = pairs
    .map((pair, i): Stmt[] => {
      const late = (plan.late.get(i) ?? []).map((local) => withoutQuote(local.stmt));
      const restored = late.length === 0 ? 0 : (pair.restoring ?? 0);
      return [...pair.reverse.slice(0, restored), ...late, ...pair.reverse.slice(restored)];
    })
    .reverse()
    .flat();
  if (!needsReverse(plan) && seeds.length === 0) return { forward, reverse: [] };

  const pops: Stmt[] = [];
  for (const local of plan.pushed) {
    const site = newSite(g, local.name, local.type);
    forward.push(...pushOf(planner, site, local.name, local.type));
    pops.unshift(...popOf(planner, site, local.name, local.type, true));
    if (planner.context.repeatable && isReference(local.type) && isRestored(g, local)) pops.push(...privateCopy(local));
  }
  const trips = plan.items.filter(
    (item): item is LoopPlan => item.kind === "loop" && item.trips !== undefined && needsReverse(item.body),
  );
  for (const { trips: name } of trips) {
    const site = newSite(g, name!, intType);
    forward.push({ kind: "push", tape: site.tape, value: variable(name!, intType) });
    pops.unshift({ kind: "pop", tape: site.tape, target: name!, declare: true, type: intType });
  }
  // A row that is found again is found with its shadow.
  const again = plan.recomputed.flatMap((local) => [withoutQuote(local.stmt), ...twinsOf(planner, local.stmt)]);
  const unset = plan.unset.map((local): Stmt => ({
    kind: "let",
    name: local.name,
    type: local.type,
    mutable: true,
    ...zeroOf(local.type),
  }));
  const declarations = plan.locals.flatMap((local) => declareBar(planner, local));
  const all = [...pops, ...again, ...unset, ...declarations, ...seeds, ...reverse];

  const fresh = new Map<string, string>();
  for (const local of plan.locals) fresh.set(local.name, planner.fresh(`${local.name}$r`));
  for (const { trips: name } of trips) fresh.set(name!, planner.fresh(`${name!}$r`));
  for (const local of plan.locals) {
    if (isReference(local.type) && isTwinned(planner, variable(local.name, local.type))) {
      const bar = nameOf(planner.bars.of(local.name, local.type));
      fresh.set(bar, planner.fresh(`${bar}$r`));
    }
  }
  return { forward, reverse: [...renameBlock(all, (name) => fresh.get(name) ?? name)] };
}

function zeroOf(type: Type): { init?: Expr } {
  switch (type.kind) {
    case "number":
    case "int":
      return { init: { kind: "literal", value: 0, type } };
    case "boolean":
      return { init: { kind: "literal", value: false, type } };
    default:
      return {};
  }
}

function isRestored(g: Generation, local: Local): boolean {
  return g.restored.has(contentsKey(g.planner.context.aliasing, variable(local.name, local.type)));
}

/** The reverse sweep of a pullback takes contents back in a copy, so that it can run again. */
function privateCopy(local: Local): Stmt[] {
  return [assign(local.name, { kind: "deepCopy", array: variable(local.name, local.type), type: local.type })];
}

function withoutQuote(stmt: Stmt): Stmt {
  const { quote: _quote, ...rest } = stmt;
  return rest;
}

/** The adjoint of a scalar local starts at zero; the shadow of an array is found or made. */
function declareBar(planner: Planner, local: Local): Stmt[] {
  const primal = variable(local.name, local.type);
  if (local.type.kind === "tape") {
    if (
      local.stmt.kind !== "let" ||
      local.stmt.init === undefined ||
      !isActiveTape(planner, local.name, local.type.element)
    )
      return [];
    if (isReference(local.type.element)) return [];
    return [
      {
        kind: "let",
        name: nameOf(planner.bars.of(local.name, local.type)),
        type: local.type,
        mutable: false,
        init: local.stmt.init,
      },
    ];
  }
  if (!isDifferentiable(local.type) || !planner.active(primal)) return [];
  const bar = planner.bars.of(local.name, local.type);
  if (!isReference(local.type))
    return [{ kind: "let", name: nameOf(bar), type: numberType, mutable: true, init: num(0) }];
  if (isTwinned(planner, primal)) return [];
  const init = local.stmt.kind === "let" ? local.stmt.init : undefined;
  const value =
    init === undefined
      ? zerosLike(primal)
      : shadowOf(shadowSource(init, primal), primal, (name, type) => planner.bars.of(name, type));
  return [{ kind: "let", name: nameOf(bar), type: local.type, mutable: false, init: value }];
}

/** A static allocation's shadow is sized by the array itself, whose length the reverse sweep knows. */
function shadowSource(init: Expr, primal: Expr): Expr {
  switch (init.kind) {
    case "var":
    case "index":
    case "select":
    case "view":
      return init;
    default:
      return zerosLike(primal);
  }
}

function simpleSweeps(g: Generation, item: SimplePlan): Pair {
  const { planner } = g;
  const { stmt } = item;
  const saving: Stmt[] = [];
  const restoring: Stmt[] = [];
  if (item.save) {
    const pair = saveAndRestore(g, stmt);
    saving.push(...pair.forward);
    restoring.push(...pair.reverse);
  }
  const adjoint = [...restoring, ...item.adjoint];
  const note = item.adjoint.length > 0 && stmt.quote !== undefined ? `adjoint of: ${stmt.quote}` : undefined;
  const reverse = note === undefined ? adjoint : adjoint.map((s): Stmt => ({ ...s, note }));
  const tapes = declareTwinTape(planner, stmt);
  return { forward: [...saving, stmt, ...tapes, ...item.twins], reverse, restoring: restoring.length };
}

function saveAndRestore(g: Generation, stmt: Stmt): Pair {
  const { planner } = g;
  const { names, integers } = planner.context;
  switch (stmt.kind) {
    case "assign": {
      const type = stmt.value.type;
      if (planner.exitNames.has(stmt.name)) return { forward: [], reverse: [assign(stmt.name, int(0))] };
      const step = stepOf(stmt.name, stmt.value);
      if (step !== undefined && integers.isCounter(stmt.name)) {
        // A counter steps back: nothing is saved.
        return {
          forward: [],
          reverse: [
            assign(stmt.name, op(step > 0 ? "sub" : "add", [variable(stmt.name, type), num(Math.abs(step))], type)),
          ],
        };
      }
      const site = newSite(g, stmt.name, type);
      return { forward: pushOf(planner, site, stmt.name, type), reverse: popOf(planner, site, stmt.name, type, false) };
    }
    case "pop": {
      const site = newSite(g, stmt.target, stmt.type);
      return {
        forward: pushOf(planner, site, stmt.target, stmt.type),
        reverse: popOf(planner, site, stmt.target, stmt.type, false),
      };
    }
    case "store":
    case "accumulate":
      return saveElement(g, stmt.array, stmt.index);
    case "fill":
      return saveWhole(g, stmt.array);
    case "set":
      return saveWhole(g, stmt.target);
    case "append": {
      const shadow = isReference(stmt.value.type) && isTwinned(planner, stmt.array) ? [planner.bar(stmt.array)] : [];
      return { forward: [], reverse: [stmt.array, ...shadow].map((array): Stmt => ({ kind: "shrink", array })) };
    }
    case "shrink": {
      const last = at(stmt.array, op("sub", [lengthOf(stmt.array), int(1)], intType));
      const type = last.type;
      const site = newSite(g, "last", type);
      const name = names.fresh("last");
      const forward: Stmt[] = [{ kind: "push", tape: site.tape, value: last }];
      const reverse: Stmt[] = [
        { kind: "pop", tape: site.tape, target: name, declare: true, type },
        { kind: "append", array: stmt.array, value: variable(name, type) },
      ];
      return { forward, reverse };
    }
    case "call": {
      if (planner.context.calls.rules(stmt.callee) === undefined && isSplit(planner, stmt))
        return { forward: [], reverse: [] };
      const pairs = stmt.args.filter((arg) => isReference(arg.type)).map((arg) => saveWhole(g, arg));
      return { forward: pairs.flatMap((p) => p.forward), reverse: pairs.reverse().flatMap((p) => p.reverse) };
    }
    default:
      throw new Error(`reverse: ${stmt.kind} overwrites nothing that can be saved`);
  }
}

/** Whether a call in the forward sweep records by itself. */
function isSplit(planner: Planner, stmt: Call): boolean {
  return stmt.args.some(
    (arg) =>
      arg.kind === "var" &&
      arg.type.kind === "tape" &&
      arg.name === nameOf(planner.context.shared.of(arg.type.element)),
  );
}

function saveElement(g: Generation, array: Expr, index: Expr): Pair {
  const { planner } = g;
  const element = at(array, index);
  const root = array.kind === "var" ? array.name : "element";
  const site = newSite(g, root, element.type);
  const name = planner.fresh(`${root}Was`);
  const forward: Stmt[] = [{ kind: "push", tape: site.tape, value: element }];
  // Taken off in the opposite order: both may be on one tape.
  const reverse: Stmt[] = [
    { kind: "pop", tape: site.tape, target: name, declare: true, type: element.type },
    { kind: "store", array, index, value: variable(name, element.type) },
  ];
  if (isReference(element.type) && isTwinned(planner, array)) {
    const shadow = planner.bar(array);
    const twin = newSite(g, `${root}Bar`, element.type);
    const was = planner.fresh(`${root}BarWas`);
    forward.push({ kind: "push", tape: twin.tape, value: at(shadow, index) });
    reverse.unshift(
      { kind: "pop", tape: twin.tape, target: was, declare: true, type: element.type },
      { kind: "store", array: shadow, index, value: variable(was, element.type) },
    );
  }
  const loops = g.loops.flatMap(({ stmt }) => (stmt.kind === "for" ? [stmt] : []));
  if (array.type.kind !== "list" || planner.ranges.isInside(array, index, loops)) return { forward, reverse };
  // Such a store may have made the list longer.
  const length = newSite(g, `${root}Length`, intType);
  const before = planner.fresh(`${root}LengthWas`);
  const lengthWas = variable(before, intType);
  return {
    forward: [...forward, { kind: "push", tape: length.tape, value: lengthOf(array) }],
    reverse: [
      { kind: "pop", tape: length.tape, target: before, declare: true, type: intType },
      ...reverse,
      { kind: "while", test: compare("gt", lengthOf(array), lengthWas), body: [{ kind: "shrink", array }] },
    ],
  };
}

function saveWhole(g: Generation, array: Expr): Pair {
  const { planner } = g;
  const root = array.kind === "var" ? array.name : "array";
  const site = newSite(g, root, array.type);
  const copied = planner.fresh(`${root}Copy`);
  const was = planner.fresh(`${root}Was`);
  return {
    forward: [
      { kind: "let", name: copied, type: array.type, mutable: false, init: { kind: "copy", array, type: array.type } },
      { kind: "push", tape: site.tape, value: variable(copied, array.type) },
    ],
    reverse: [
      { kind: "pop", tape: site.tape, target: was, declare: true, type: array.type },
      ...restoreFrom(planner.context.names, array, variable(was, array.type)),
    ],
  };
}

function newSite(g: Generation, base: string, type: Type): Site {
  const { planner } = g;
  const element: Type = type;
  if (planner.context.shared.given) {
    const tape = nameOf(planner.context.shared.of(presentType(element)));
    return isReference(type) ? { tape, twin: tape } : { tape };
  }
  const declare = (name: string): void => {
    const isDeclared = (variable: string): boolean => !g.inside.has(variable) || g.before.has(variable);
    const capacity = tripProduct({ ...planner.context, isDeclared, constants: g.constants }, g.loops, g.top);
    const tapeType: Type = { kind: "tape", element };
    g.tapes.push({
      kind: "let",
      name,
      type: tapeType,
      mutable: false,
      init: { kind: "newTape", type: tapeType, ...(capacity === undefined ? {} : { capacity }) },
    });
  };
  const tape = planner.fresh(`${base.replaceAll("$r", "")}Tape`);
  declare(tape);
  if (!isReference(type)) return { tape };
  const twin = planner.fresh(`${base.replaceAll("$r", "")}BarTape`);
  declare(twin);
  return { tape, twin };
}

function pushOf(planner: Planner, site: Site, name: string, type: Type): Stmt[] {
  const primal = variable(name, type);
  const push: Stmt = { kind: "push", tape: site.tape, value: primal };
  if (site.twin === undefined || !isTwinned(planner, primal)) return [push];
  return [push, { kind: "push", tape: site.twin, value: planner.bars.of(name, type) }];
}

function popOf(planner: Planner, site: Site, name: string, type: Type, declare: boolean): Stmt[] {
  const primal = variable(name, type);
  const pop: Stmt = { kind: "pop", tape: site.tape, target: name, declare, type };
  if (site.twin === undefined || !isTwinned(planner, primal)) return [pop];
  return [{ kind: "pop", tape: site.twin, target: nameOf(planner.bars.of(name, type)), declare, type }, pop];
}
