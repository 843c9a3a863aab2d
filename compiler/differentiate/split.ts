/** Makes what the calls of recursive functions need: the two halves for reverse mode, the tangent function for forward mode. */
import { reachableKeys } from "../analyse/effects.ts";
import { isDifferentiable, isReference, numberType, op, num, variable } from "../ir/build.ts";
import type { Expr, Func, Param, Stmt, Type } from "../ir/types.ts";
import { variableTypes } from "../ir/visit.ts";
import type { Rules, Wrt } from "../frontend/types.ts";
import type { Optional } from "../normalise/index.ts";
import { record } from "../analyse/record.ts";
import type { Key } from "../analyse/effects.ts";
import { tangentBody } from "./forward.ts";
import { Refusal } from "./refusal.ts";
import { prepare, type Prepared, type Structure } from "./prepare.ts";
import { type Bars, givenTapes, makeBars, makePlanner, type Planner } from "./planner.ts";
import { planBlock } from "./planning.ts";
import { splitSweeps } from "./reverse.ts";
import { addInto } from "./shadows.ts";
import { bareOrTuple, bareOrTupleExpr } from "./signature.ts";
import { differentiableParams, tapeTypes, type CallTable, type Split, type TangentCall } from "./calls.ts";

export interface CallSetting {
  /** Functions that are made here are added to it. */
  readonly program: Map<string, Func>;
  readonly keep: (callee: string) => boolean;
  readonly rules: ReadonlyMap<string, Rules>;
  readonly ablation: Optional;
  /** Finishes a function that was made. */
  readonly finish: (made: Func, source: Func) => Func;
}

export function callTable(setting: CallSetting): CallTable {
  const table: CallTable = {
    rules: (callee) => setting.rules.get(callee),
    func: (callee) => functionOf(setting, callee),
    split: (callee) => splitOf(setting, table, callee),
    tangent: (callee) => tangentOf(setting, table, callee),
  };
  return table;
}

function functionOf(setting: CallSetting, key: string): Func {
  const func = setting.program.get(key);
  if (func === undefined) throw new Error(`calls: no function ${key}`);
  return func;
}

function splitOf(setting: CallSetting, table: CallTable, key: string): Split {
  const source = functionOf(setting, key);
  const split: Split = {
    forward: `${key}Forward`,
    reverse: `${key}Reverse`,
    params: source.params,
    numbers: differentiableParams(source.params).numbers,
    arrays: differentiableParams(source.params).arrays,
    result: source.result,
    tapes: tapeTypes(source, setting.program, setting.keep, setting.ablation),
  };
  if (setting.program.has(split.forward)) return split;
  if (differentiableParams(source.params).tapes.length > 0) throw new Refusal("recursionTwice");
  // Known by name before it is made: it may call itself.
  setting.program.set(split.forward, { ...source, name: split.forward });
  const { forward, reverse } = orForget(setting, split.forward, () => makeHalves(setting, table, source, split));
  setting.program.set(split.forward, setting.finish(forward, source));
  setting.program.set(split.reverse, setting.finish(reverse, source));
  return split;
}

/** What cannot be made is not known by its name either, nor what was made for it: whoever asks next is refused as well. */
function orForget<T>({ program }: CallSetting, name: string, make: () => T): T {
  const known = new Set(program.keys());
  known.delete(name);
  try {
    return make();
  } catch (error) {
    for (const key of [...program.keys()]) if (!known.has(key)) program.delete(key);
    throw error;
  }
}

function prepareWhole(setting: CallSetting, source: Func, direction: "forward" | "reverse"): Prepared {
  const { numbers, arrays } = differentiableParams(source.params);
  const wrt = [...numbers, ...arrays].sort((a, b) => a - b).map((index): Wrt => ({ kind: "param", index }));
  const { program, keep, ablation } = setting;
  const result = prepare({ program, func: source, keep, ablation, wrt, tapes: true }, direction);
  if (!result.ok) throw new Error(`calls: ${source.name} has nothing to differentiate`);
  return result.prepared;
}

function makeHalves(
  setting: CallSetting,
  table: CallTable,
  source: Func,
  split: Split,
): { readonly forward: Func; readonly reverse: Func } {
  const prepared = prepareWhole(setting, source, "reverse");
  const { names, func } = prepared;
  const { tapes, params: tapeParams } = givenTapes(names, split.tapes);
  // Shadows that move with their references would have to be handed back by the forward half.
  for (const [name, type] of variableTypes(prepared.func)) {
    const array = variable(name, type);
    if (
      isReference(type) &&
      prepared.aliasing.isDynamic(prepared.aliasing.classOf(array)) &&
      prepared.activity.active(array)
    ) {
      throw new Refusal("recursionMoves");
    }
  }
  const bars = makeBars(names);
  const context = { ...prepared, repeatable: false, calls: table, shared: tapes };
  const planner = makePlanner(context, bars, prepared.body);
  const plan = planBlock(planner, prepared.body);
  record({ aliasing: prepared.aliasing, nested: true, readBefore: contentsOfParams(prepared) }, plan);

  const returned = prepared.outputs.filter((o) => !func.params.some((p) => p.name === o.label));
  const seeds = returned.flatMap((o) => seedParts(planner, bars, o.structure));
  const halves = splitSweeps(
    planner,
    plan,
    seeds.flatMap((s) => s.statements),
  );

  const value = returned[0] === undefined ? undefined : structureValue(returned[0].structure);
  const forward: Func = {
    name: split.forward,
    params: [...func.params, ...tapeParams],
    result: source.result,
    body: [...halves.forward, ...(value === undefined ? [] : [{ kind: "return", value } as const])],
    ...(source.origin === undefined ? {} : { origin: source.origin }),
  };

  const shadows = split.arrays.map((i): Param => {
    const param = func.params[i]!;
    const bar = bars.of(param.name, param.type);
    return { name: bar.kind === "var" ? bar.name : param.name, type: param.type };
  });
  const numbers = split.numbers.map((i) => func.params[i]!);
  const starts = numbers.map((param): Stmt => {
    const bar = bars.of(param.name, param.type);
    return {
      kind: "let",
      name: bar.kind === "var" ? bar.name : param.name,
      type: numberType,
      mutable: true,
      init: num(0),
    };
  });
  const type: Type =
    numbers.length === 0
      ? { kind: "void" }
      : bareOrTuple(
          numbers.map(() => numberType),
          numbers.map((p) => p.name),
        );
  const grads = numbers.map((param) => bars.of(param.name, numberType));
  const reverse: Func = {
    name: split.reverse,
    params: [...func.params, ...shadows, ...seeds.map((s) => s.param), ...tapeParams],
    result: type,
    body: [
      ...starts,
      ...halves.reverse,
      ...(grads.length === 0 ? [] : [{ kind: "return", value: bareOrTupleExpr(grads, type) } as const]),
    ],
    ...(source.origin === undefined ? {} : { origin: source.origin }),
  };
  return { forward, reverse };
}

/** A caller may still need what its arrays held: all that is overwritten is recorded. */
function contentsOfParams(prepared: Prepared): Set<Key> {
  const keys = new Set<Key>();
  const { aliasing } = prepared;
  for (const param of prepared.func.params) {
    if (!isReference(param.type)) continue;
    for (const key of reachableKeys(aliasing, variable(param.name, param.type))) keys.add(key);
  }
  return keys;
}

/** A cotangent parameter for each differentiable part of the result, and what adds it to that part's adjoint. */
function seedParts(
  planner: Planner,
  bars: Bars,
  structure: Structure,
): { readonly param: Param; readonly statements: Stmt[] }[] {
  if (structure.kind === "tuple") return structure.items.flatMap((item) => seedParts(planner, bars, item));
  const { expr, type } = structure;
  if (expr.kind !== "var" || !isDifferentiable(type)) return [];
  const param: Param = { name: planner.fresh("v"), type };
  const v = variable(param.name, type);
  if (!planner.active(expr)) return [{ param, statements: [] }];
  const bar = bars.of(expr.name, type);
  if (bar.kind !== "var") return [];
  const statements: Stmt[] = isReference(type)
    ? addInto(planner.context.names, bar, v, type)
    : [{ kind: "assign", name: bar.name, value: op("add", [bar, v]) }];
  return [{ param, statements }];
}

function structureValue(structure: Structure): Expr {
  if (structure.kind === "leaf") return structure.expr;
  const items = structure.items.map(structureValue);
  return { kind: "tuple", items, type: structure.type };
}

function tangentOf(setting: CallSetting, table: CallTable, key: string): TangentCall {
  const source = functionOf(setting, key);
  const { numbers, arrays, tapes } = differentiableParams(source.params);
  const active = [...numbers, ...arrays, ...tapes].sort((a, b) => a - b);
  const name = `${key}Tangent`;
  const pair: Type = { kind: "tuple", items: [source.result, source.result], labels: ["value", "tangent"] };
  const result: Type = source.result.kind === "void" ? source.result : pair;
  const call: TangentCall = { name, params: source.params, active, result };
  if (setting.program.has(name)) return call;
  setting.program.set(name, { ...source, name });
  const made = orForget(setting, name, () =>
    tangentBody(prepareWhole(setting, source, "forward"), name, active, result, table),
  );
  setting.program.set(name, setting.finish(made, source));
  return call;
}
