/**
 * The two sweeps of the reverse mode over a normalised function: the forward sweep is the function with
 * what has to be recorded, the reverse sweep takes the statements in opposite order and adds to adjoints.
 *
 * In the reverse sweep, primal names of nested blocks are declared anew with the suffix `$r`; emission
 * gives them their plain names back where the scopes allow it.
 */
import { nameOf, withoutQuote } from "../ir/ask.ts";
import { reachableKeys, type Key } from "../analyse/effects.ts";
import type { Integers } from "../analyse/integers.ts";
import { inForce, needsReverse } from "../analyse/record.ts";
import {
  assign,
  int,
  intType,
  isDifferentiable,
  isReference,
  op,
  operationSourceOf,
  placed,
  variable,
  zeroOf,
  zerosLike,
} from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, ForStmt, Stmt, Type } from "../ir/types.ts";
import { declaredNames, namesDeclaredBy, referencedNames, renameBlock, variablesDeclaredBy } from "../ir/visit.ts";
import { type Generation, type ItemSweeps, type Merged, newGeneration, type Pair, savedKeys } from "./generation.ts";
import type { BlockPlan, Local, LoopPlan, Plan, RegionPlan, SimplePlan } from "./plan.ts";
import { nameAgain, type Planner } from "./planner.ts";
import { withoutOuterWrites } from "./planning.ts";
import { newSite, popOf, pushOf, saveAndRestore } from "./saves.ts";
import { shadowOf, tensorBar, zerosFor } from "./shadows.ts";
import { isActiveTape } from "./statements.ts";
import { minusOne, plus, times, tripCount } from "./trips.ts";
import { declareTwinTape, isTwinned, twinsOf } from "./twins.ts";

export interface Sweeps {
  /** The parts of both sweeps that each statement at top level gives. */
  readonly items: readonly ItemSweeps[];
  readonly forward: Block;
  /** Declarations of the adjoints and shadows of the function's own locals. */
  readonly declarations: Block;
  readonly reverse: Block;
  /** Keys that the reverse sweep writes into: contents that it takes back. */
  readonly restored: ReadonlySet<Key>;
  /** What the variables of the primal that the reverse sweep declares once more are called in the primal. */
  readonly originals: ReadonlyMap<string, string>;
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
    originals: planner.context.originals,
  };
}

function itemSweeps(g: Generation, item: Plan): Pair {
  const pair = sweepsOf(g, item);
  return { ...pair, reverse: placed(operationSourceOf(item.stmt), pair.reverse) };
}

function sweepsOf(g: Generation, item: Plan): Pair {
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
  const fresh = new Map([...declaredNames(forward)].map((name) => [name, nameAgain(planner.context, name)]));
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
  const index = nameAgain(g.planner.context, stmt.name);
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
  const index = nameAgain(g.planner.context, stmt.name);
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
    forward.push(...pushOf(planner, site, local.name, local.type, local.isOutline));
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
    ...startOf(local.type),
  }));
  const declarations = declareBars(planner, plan.locals, [...seeds, ...reverse]);
  const all = [...pops, ...again, ...unset, ...declarations, ...seeds, ...reverse];

  const fresh = new Map<string, string>();
  for (const local of plan.locals) fresh.set(local.name, nameAgain(planner.context, local.name));
  for (const { trips: name } of trips) fresh.set(name!, nameAgain(planner.context, name!));
  for (const local of plan.locals) {
    if (isReference(local.type) && isTwinned(planner, variable(local.name, local.type))) {
      const bar = nameOf(planner.bars.of(local.name, local.type));
      fresh.set(bar, nameAgain(planner.context, bar));
    }
  }
  return { forward, reverse: [...renameBlock(all, (name) => fresh.get(name) ?? name)] };
}

/**
 * The adjoints of a block's locals. A shadow that nothing uses is left out: it would be found by what no adjoint reads,
 * and what is not there in the reverse sweep.
 */
function declareBars(planner: Planner, locals: readonly Local[], uses: Block): Stmt[] {
  const used = referencedNames(uses);
  return locals.reduceRight<Stmt[]>((later, local) => {
    const own = declareBar(planner, local).filter(
      (stmt) => !isReference(local.type) || namesDeclaredBy(stmt).some((name) => used.has(name)),
    );
    for (const name of referencedNames(own)) used.add(name);
    return [...own, ...later];
  }, []);
}

function startOf(type: Type): { init?: Expr } {
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

/** Whether anything that the local leads to is taken back: fields of an object, rows and the elements in them. */
function isRestored(g: Generation, local: Local): boolean {
  return reachableKeys(g.planner.context.aliasing, variable(local.name, local.type)).some((key) => g.restored.has(key));
}

/** The reverse sweep of a pullback takes contents back in a copy, so that it can run again. */
function privateCopy(local: Local): Stmt[] {
  return [assign(local.name, { kind: "deepCopy", array: variable(local.name, local.type), type: local.type })];
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
  if (presentType(local.type).kind === "tensor" && planner.context.givenBack?.has(local.name) === true)
    return tensorBar(nameOf(bar), primal);
  if (!isReference(local.type))
    return [{ kind: "let", name: nameOf(bar), type: bar.type, mutable: true, init: zeroOf(bar.type) }];
  if (isTwinned(planner, primal)) return [];
  const init = local.stmt.kind === "let" ? local.stmt.init : undefined;
  const value =
    init === undefined || planner.context.parts?.has(local.name) === true
      ? zerosFor(primal)
      : shadowOf(shadowSource(init, primal), primal, (name, type) => planner.bars.of(name, type));
  return [{ kind: "let", name: nameOf(bar), type: bar.type, mutable: false, init: value }];
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

function simpleSweeps(g: Generation, planned: SimplePlan): Pair {
  const { planner } = g;
  const item = inForce(planned);
  const { stmt } = item;
  const saving: Stmt[] = [];
  const restoring: Stmt[] = [];
  if (item.save && item.takesBack !== true) {
    const pair = saveAndRestore(g, stmt);
    saving.push(...pair.forward);
    restoring.push(...pair.reverse);
  }
  const adjoint = [...restoring, ...item.adjoint];
  const note = item.adjoint.length > 0 && stmt.quote !== undefined ? `adjoint of: ${stmt.quote}` : undefined;
  const reverse = note === undefined ? adjoint : adjoint.map((s): Stmt => ({ ...s, note }));
  const tapes = declareTwinTape(planner, stmt);
  const forward = [...saving, ...(item.before ?? []), stmt, ...tapes, ...item.twins];
  return { forward, reverse, restoring: item.takesBack === true ? reverse.length : restoring.length };
}
