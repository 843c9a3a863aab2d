/** Makes what the calls of recursive functions need: the two halves for reverse mode, the tangent function for forward mode. */
import { addTo } from "./adjoint.ts";
import { nameOf } from "../ir/ask.ts";
import { type Callees, isMemory, leavesOfType, resultMoves } from "../analyse/callees.ts";
import { isDifferentiable, isReference, shadowType, variable, zeroOf, zerosLike } from "../ir/build.ts";
import { keeperMethod } from "../ir/keepers.ts";
import { absentType, presentType } from "../ir/presence.ts";
import { asTangent } from "../ir/record-names.ts";
import type { Expr, Func, Param, Stmt, Type } from "../ir/types.ts";
import { readNames, variableTypes } from "../ir/visit.ts";
import type { Rules, Wrt } from "../frontend/types.ts";
import type { Optional } from "../normalise/index.ts";
import { record } from "../analyse/record.ts";
import { type Key, reachableKeys } from "../analyse/effects.ts";
import { tangentBody } from "./forward.ts";
import { prepare, type Output, type Prepared, type Structure } from "./prepare.ts";
import { type Bars, givenTapes, makeBars, makePlanner, type Planner, type SharedTapes } from "./planner.ts";
import { withOutlines } from "./outlines.ts";
import { planBlock } from "./planning.ts";
import { splitSweeps } from "./reverse.ts";
import { addInto } from "./shadows.ts";
import { bareOrTuple, bareOrTupleExpr } from "./signature.ts";
import { beginMissing } from "./missing-fields.ts";
import { allOf, carriersOf, tapeKinds, type CallTable, type Split, type TangentCall } from "./calls.ts";
import { planCheckpoint } from "./checkpoint.ts";
import { recordedDespite } from "./obstacles.ts";
import { dropIdleParameters } from "./parameters.ts";
import { isTwinned } from "./twins.ts";

/** What was made for calls so far, by the functions that it was made of. */
export interface MadeForCalls {
  readonly splits: Map<string, Split>;
  readonly tangents: Map<string, TangentCall>;
}

export interface CallSetting {
  /** Functions that are made here are added to it. */
  readonly program: Map<string, Func>;
  readonly keep: (callee: string) => boolean;
  readonly rules: ReadonlyMap<string, Rules>;
  readonly ablation: Optional;
  readonly callees: Callees;
  readonly made: MadeForCalls;
  /** Finishes a function that was made. */
  readonly finish: (made: Func, source: Func) => Func;
  readonly warn: CallTable["warn"];
}

export function callTable(setting: CallSetting): CallTable {
  const maker: Maker = { ...setting, group: new Map() };
  const table: CallTable = {
    rules: (callee) => setting.rules.get(callee),
    canSplit: (callee) => setting.program.has(callee) && !setting.rules.has(callee),
    sharesMemory: (callee) => (setting.callees(callee)?.shared.length ?? 1) > 0,
    func: (callee) => functionOf(setting, callee),
    warn: setting.warn,
    split: (callee) => together(maker, () => splitOf(maker, table, callee)),
    tangent: (callee) => together(maker, () => tangentOf(maker, table, callee)),
    carries: (callee) => {
      if (keeperMethod(callee) !== undefined) return false;
      const func = setting.program.get(callee);
      return func === undefined || allOf(carriersOf(func, setting.callees(callee))).length > 0;
    },
  };
  return table;
}

interface Maker extends CallSetting {
  /** The functions that are being made, as they call each other, with what they are made of. */
  readonly group: Map<string, { func: Func; readonly source: Func; readonly half: Split["forward"] }>;
  depth?: number;
}

/** Functions that call each other are made together; then what none of them uses is dropped, and they join the program. */
function together<T>(maker: Maker, make: () => T): T {
  maker.depth = (maker.depth ?? 0) + 1;
  try {
    const result = make();
    if (maker.depth === 1) {
      for (const [name, func] of dropIdleParameters(maker.group, maker.finish)) maker.program.set(name, func);
      maker.group.clear();
    }
    return result;
  } catch (error) {
    // What cannot be made is not known by its name either, nor what was made along with it.
    const isUnmade = (name: string): boolean => !maker.program.has(name);
    for (const [key, split] of maker.made.splits) if (isUnmade(split.forward.name)) maker.made.splits.delete(key);
    for (const [key, call] of maker.made.tangents) if (isUnmade(call.name)) maker.made.tangents.delete(key);
    maker.group.clear();
    throw error;
  } finally {
    maker.depth--;
  }
}

function functionOf({ program }: CallSetting, key: string): Func {
  const func = program.get(key);
  if (func === undefined) throw new Error(`calls: no function ${key}`);
  return func;
}

function splitOf(maker: Maker, table: CallTable, key: string): Split {
  const known = maker.made.splits.get(key);
  if (known !== undefined) return known;
  const source = functionOf(maker, key);
  const facts = maker.callees(key);
  const split: Split = {
    forward: { name: `${key}Forward` },
    reverse: { name: `${key}Reverse` },
    params: source.params,
    carriers: carriersOf(source, facts),
    result: source.result,
    shadows: leavesOfType(source.result).filter(
      ({ way, part }) => isReference(part) && isDifferentiable(part) && resultMoves(facts, way),
    ),
    tapes: tapeKinds(source, maker.program, maker.keep, maker.ablation),
  };
  // Known before it is made: it may call itself.
  maker.made.splits.set(key, split);
  const { forward, reverse } = makeHalves(maker, table, source, split);
  for (const [half, func] of [
    [split.forward, forward],
    [split.reverse, reverse],
  ] as const)
    maker.group.set(half.name, { func: maker.finish(func, source), source, half });
  return split;
}

function prepareWhole(maker: Maker, source: Func, direction: "forward" | "reverse"): Prepared {
  const { numbers, arrays, moving } = carriersOf(source, maker.callees(source.name));
  const wrt = [...numbers, ...arrays, ...moving].sort((a, b) => a - b).map((index): Wrt => ({ kind: "param", index }));
  const { program, keep, callees, ablation } = maker;
  const result = prepare({ program, func: source, keep, ablation, wrt, callees, isCallee: true }, direction);
  if (!result.ok) throw new Error(`calls: ${source.name} has nothing to differentiate`);
  return result.prepared;
}

function makeHalves(
  maker: Maker,
  table: CallTable,
  source: Func,
  split: Split,
): { readonly forward: Func; readonly reverse: Func } {
  const prepared = prepareWhole(maker, source, "reverse");
  const { names, func } = prepared;
  const { tapes, params: tapeParams } = givenTapes(names, split.tapes);
  const bars = makeBars(names);
  const checkpoints = { plan: planCheckpoint };
  const types = variableTypes(func);
  const context = {
    ...prepared,
    types,
    originals: new Map<string, string>(),
    repeatable: false,
    calls: table,
    shared: tapes,
    checkpoints,
  };
  const planner = makePlanner(context, bars, prepared.body);
  const given = func.params.flatMap(({ name, type }) => (type.kind === "tensor" ? [name] : []));
  const { body } = prepared;
  const plan = withOutlines(planner, planBlock(planner, body), { body, isOnce: false, given });
  record({ aliasing: prepared.aliasing, nested: true, readBefore: contentsOfParams(prepared) }, plan);
  table.warn(recordedDespite(plan));

  const returned = prepared.outputs.find((o) => o.ref.kind === "return");
  const moved = new Set(split.shadows.map(({ way }) => String(way)));
  const seeds = returned === undefined ? [] : seedParts(planner, bars, returned.structure, moved);
  const halves = splitSweeps(
    planner,
    plan,
    seeds.flatMap((s) => s.statements),
  );

  const barParam = (i: number): Param => {
    const { name, type } = func.params[i]!;
    return { name: nameOf(bars.of(name, type)), type: shadowType(type) };
  };
  const { numbers, arrays, moving, numberTapes, arrayTapes } = split.carriers;
  const kept = keepShadows(moving.map(barParam), halves.reverse, tapes);
  const end = endOfForward(planner, split, returned);
  const origin = source.origin === undefined ? {} : { origin: source.origin };
  const forward: Func = {
    name: split.forward.name,
    params: [...func.params, ...moving.map(barParam), ...arrayTapes.map(barParam), ...tapeParams],
    result: end.type,
    body: [...beginMissing(halves.forward, prepared.filled), ...kept.pushes, ...end.statements],
    ...origin,
  };

  const gradients = numbers.map((i) => func.params[i]!);
  const starts = numbers.map((i): Stmt => {
    const { name, type } = barParam(i);
    return { kind: "let", name, type, mutable: true, init: zeroOf(type) };
  });
  const type: Type =
    numbers.length === 0
      ? { kind: "void" }
      : bareOrTuple(
          gradients.map((p) => presentType(p.type)),
          gradients.map((p) => p.name),
        );
  const grads = gradients.map((param) => bars.of(param.name, param.type));
  const reverse: Func = {
    name: split.reverse.name,
    params: [
      ...func.params.filter((param) => param.type.kind !== "tape"),
      ...arrays.map(barParam),
      ...numberTapes.map(barParam),
      ...seeds.map((s) => s.param),
      ...tapeParams,
    ],
    result: type,
    body: [
      ...kept.pops,
      ...starts,
      ...beginMissing(halves.reverse, prepared.filled),
      ...(grads.length === 0 ? [] : [{ kind: "return", value: bareOrTupleExpr(grads, type) } as const]),
    ],
    ...origin,
  };
  return { forward, reverse };
}

/** The shadows that the forward half was given, for the reverse half. */
function keepShadows(
  shadows: readonly Param[],
  reverse: readonly Stmt[],
  tapes: SharedTapes,
): { readonly pushes: Stmt[]; readonly pops: Stmt[] } {
  const read = readNames(reverse);
  const pushes: Stmt[] = [];
  const pops: Stmt[] = [];
  for (const { name, type } of shadows.filter((shadow) => read.has(shadow.name))) {
    const tape = nameOf(tapes.of(type, true));
    pushes.push({ kind: "push", tape, value: variable(name, type) });
    pops.unshift({ kind: "pop", tape, target: name, declare: true, type });
  }
  return { pushes, pops };
}

/** The forward half gives back what the function does, and beside it the shadows of references that move. */
function endOfForward(
  planner: Planner,
  split: Split,
  returned: Output | undefined,
): { readonly type: Type; readonly statements: Stmt[] } {
  if (returned === undefined) return { type: split.result, statements: [] };
  const value = structureValue(returned.structure);
  if (split.shadows.length === 0) return { type: split.result, statements: [{ kind: "return", value }] };
  const statements: Stmt[] = [];
  const shadows = split.shadows.map(({ way }): Expr => {
    const part = partAt(value, way);
    if (part.kind !== "var") throw new Error("calls: an array that is given back is a variable");
    if (isTwinned(planner, part)) return planner.bar(part);
    if (planner.active(part)) throw new Error("calls: an array that is given back moves for its callers only");
    const name = planner.fresh("idleBar");
    statements.push({ kind: "let", name, type: part.type, mutable: false, init: zerosLike(part) });
    return variable(name, part.type);
  });
  const types = split.shadows.map(({ part }) => shadowType(part));
  const beside = bareOrTuple(
    types,
    split.shadows.map(({ way }) => `shadow${way.join("")}`),
  );
  const type: Type = { kind: "tuple", items: [split.result, beside], labels: ["value", "shadow"] };
  statements.push({ kind: "return", value: { kind: "tuple", items: [value, bareOrTupleExpr(shadows, beside)], type } });
  return { type, statements };
}

function partAt(value: Expr, way: readonly number[]): Expr {
  return way.reduce((at, k) => (at.kind === "tuple" ? at.items[k]! : at), value);
}

/** A caller may still need what its arrays held: all that is overwritten is recorded. */
function contentsOfParams(prepared: Prepared): Set<Key> {
  const keys = new Set<Key>();
  const { aliasing } = prepared;
  for (const param of prepared.func.params) {
    if (!isMemory(param.type)) continue;
    for (const key of reachableKeys(aliasing, variable(param.name, param.type))) keys.add(key);
  }
  return keys;
}

/**
 * A cotangent parameter for each differentiable part of the result, and what adds it to that part's adjoint. Parts
 * whose shadows were given back have none: the caller has written into those.
 */
function seedParts(
  planner: Planner,
  bars: Bars,
  structure: Structure,
  moved: ReadonlySet<string>,
  way: readonly number[] = [],
): { readonly param: Param; readonly statements: Stmt[] }[] {
  if (structure.kind === "tuple")
    return structure.items.flatMap((item, k) => seedParts(planner, bars, item, moved, [...way, k]));
  const { expr, type } = structure;
  if (expr.kind !== "var" || !isDifferentiable(type) || moved.has(String(way))) return [];
  const param: Param = { name: planner.fresh("v"), type: shadowType(type) };
  const v = variable(param.name, param.type);
  if (!planner.active(expr)) return [{ param, statements: [] }];
  const bar = bars.of(expr.name, type);
  if (bar.kind !== "var") return [];
  const statements: Stmt[] = isReference(type)
    ? addInto(planner.context.names, bar, v, type)
    : [{ kind: "assign", name: bar.name, value: addTo(bar, v) }];
  return [{ param, statements }];
}

function structureValue(structure: Structure): Expr {
  if (structure.kind === "leaf") return structure.expr;
  const items = structure.items.map(structureValue);
  return { kind: "tuple", items, type: structure.type };
}

/** What stands beside a result: nothing beside what carries no derivative. */
function besideType(result: Type): Type {
  if (result.kind === "tuple") return { ...result, items: result.items.map(besideType) };
  return isDifferentiable(result) ? asTangent(shadowType(result)) : absentType;
}

function tangentOf(maker: Maker, table: CallTable, key: string): TangentCall {
  const known = maker.made.tangents.get(key);
  if (known !== undefined) return known;
  const source = functionOf(maker, key);
  const active = allOf(carriersOf(source, maker.callees(key)));
  const name = `${key}Tangent`;
  const pair: Type = { kind: "tuple", items: [source.result, besideType(source.result)], labels: ["value", "tangent"] };
  const result: Type = source.result.kind === "void" ? source.result : pair;
  const call: TangentCall = { name, params: source.params, active, result };
  maker.made.tangents.set(key, call);
  const func = tangentBody(prepareWhole(maker, source, "forward"), name, active, result, table);
  maker.group.set(name, { func: maker.finish(func, source), source, half: call });
  return call;
}
