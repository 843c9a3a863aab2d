/** fJvp: the function with a tangent beside each active value. */
import { isPresent, nameOf } from "../ir/ask.ts";
import {
  assign,
  booleanType,
  constant,
  ifThen,
  isDifferentiable,
  isPartOfAbsent,
  isReference,
  mutable,
  num,
  shadowType,
  tensorType,
  variable,
  zeroOf,
} from "../ir/build.ts";
import { itemOf } from "./structures.ts";
import { asTangent } from "../ir/record-names.ts";
import { maybe, presentType } from "../ir/presence.ts";
import type { Names } from "../ir/names.ts";
import type { Block, Expr, Func, Param, Stmt, Type, Var } from "../ir/types.ts";
import { analyseActivity } from "../analyse/activity.ts";
import { plainName, tangentBlock, tangentTape, type JvpContext } from "./jvp.ts";
import { variablesDeclaredBy } from "../ir/visit.ts";
import { gives } from "./defaults.ts";
import { idlePartsRenewed } from "./idle-parts.ts";
import { addInto, zerosFor } from "./shadows.ts";
import { leavesOf, type Input, type Prepared, type Structure } from "./prepare.ts";
import type { CallTable } from "./calls.ts";
import {
  bareOrTuple,
  bareOrTupleExpr,
  bindAllocations,
  idleTangent,
  inputTangentType,
  ownParams,
  structureExpr,
  tangentExpr,
  tangentType,
  unlessAbsent,
  valueExpr,
  valueType,
} from "./signature.ts";
import { leftOut } from "./written-parts.ts";
import { checkLength, checkShapes, checkStructure, partWord, wordsOf } from "./lengths.ts";
import { checkDistinct } from "./distinct.ts";

/** Tangent variables by the name of the primal variable. */
interface Dots {
  of(name: string, type: Type): Expr;
}

function makeDots(prepared: Prepared, given: Seeds = new Map(), mark = ""): Dots {
  const dots = new Map<string, string>();
  for (const [name, seed] of given) if (seed.kind === "var") dots.set(name, seed.name);
  return {
    of(name, type) {
      let dot = dots.get(name);
      if (dot === undefined) dots.set(name, (dot = prepared.names.fresh(`${plainName(name)}Dot${mark}`)));
      return variable(dot, asTangent(shadowType(presentType(type))));
    },
  };
}

/** `isOwn`: the tangents are ours; those of what is there are there, and fit. */
export function jvpFunction(prepared: Prepared, name: string, calls: CallTable, isOwn = false): Func {
  const { func, inputs, outputs, names } = prepared;
  const dots = makeDots(prepared);
  const params: Param[] = [...ownParams(func, true)];
  const before: Stmt[] = [];
  const given = new Set<string>();
  const defaulted: Defaulted[] = [];
  for (const input of inputs) {
    const tangent = asTangent(inputTangentType(input));
    const type: Type = isOwn ? tangent : maybe(tangent);
    const own = names.fresh(`${input.label}Dot`);
    params.push({ name: own, type });
    if (input.isDefaulted) defaulted.push({ input, given: variable(own, type) });
    else before.push(...tangentOfInput(prepared, dots, input, variable(own, type), isOwn ? undefined : name));
    for (const leaf of leavesOf(input.structure)) given.add(leaf.name);
  }
  before.push(...zeroTangents(prepared, dots, (name) => given.has(name)));
  const joining = new Map(defaulted.flatMap(({ input, given: tangent }) => numberThatJoins(input, tangent)));
  const context: JvpContext = { ...prepared, calls, dot: (n, t) => dots.of(n, t), known: new Map(), joining };
  const body = afterEntry(prepared).flatMap((stmt) => [
    ...tangentBlock([context], [stmt]),
    ...defaulted.flatMap((each) => arrayThatJoins(prepared, dots, each, stmt, isOwn ? undefined : name)),
  ]);

  const active = outputs.filter((o) => o.active);
  const types = active.map((o) => asTangent(tangentType(o.structure)));
  const tangentTypes = bareOrTuple(
    types,
    active.map((o) => o.label),
  );
  const tangents = bareOrTupleExpr(
    active.map((o) => tangentOfOutput(context, o.structure)),
    tangentTypes,
  );
  const result: Type = { kind: "tuple", items: [valueType(outputs), tangentTypes], labels: ["value", "tangent"] };
  const fresh = bindAllocations(names, tangents);
  const value: Expr = { kind: "tuple", items: [valueExpr(outputs), fresh.value], type: result };
  const all: Block = [
    ...checkDistinct({ prepared }, name),
    ...prepared.entry,
    ...before,
    ...body,
    ...idlePartsRenewed(prepared, active, (leaf, type) => dots.of(leaf, type)),
    ...fresh.before,
    { kind: "return", value },
  ];
  return { name, params, result, body: all, ...(func.origin === undefined ? {} : { origin: func.origin }) };
}

/** The body without the declarations of the parts of parameters. */
function afterEntry({ body, entry }: Prepared): Block {
  return body.slice(entry.length);
}

/** One direction: the tangents of input variables by name, all others being zero. Numbers have literals, arrays variables. */
export type Seeds = ReadonlyMap<string, Expr>;

export interface Sweep {
  readonly body: Block;
  /** The tangent of an output variable along the k-th direction; undefined where it has none. */
  readonly tangentOf: (leaf: Expr, k: number) => Expr | undefined;
}

/**
 * One run of the function with its tangents along several directions. Each has an activity of its own. The parts of
 * parameters are declared before it.
 */
export function sweepAlong(prepared: Prepared, directions: readonly Seeds[], calls: CallTable): Sweep {
  const { func, aliasing, outputs } = prepared;
  const ends = outputs.filter((o) => o.active).flatMap((o) => leavesOf(o.structure).map((leaf) => leaf.expr));
  const before: Stmt[] = [];
  // Directions that seed the same variables have the same activity.
  const activities = new Map<string, Prepared["activity"]>();
  const contexts = directions.map((seeds, k): JvpContext => {
    const key = [...seeds.keys()].join();
    const activity =
      activities.get(key) ??
      analyseActivity(func, aliasing, { inputs: [...seeds.keys()], outputs: ends }, prepared.callees);
    activities.set(key, activity);
    const known = new Map<string, Expr | undefined>();
    const own = new Map<string, Expr>();
    const mark = directions.length === 1 ? "" : `$${String(k)}`;
    for (const [name, seed] of seeds) {
      // A seed that the function would write into, or give back, is copied.
      if (seed.kind === "var" && (prepared.written.has(name) || aliasesOutput(prepared, name, seed.type))) {
        const copy = variable(prepared.names.fresh(`${plainName(name)}Dot${mark}`), seed.type);
        before.push({
          kind: "let",
          name: copy.name,
          type: seed.type,
          mutable: false,
          init: { kind: "deepCopy", array: seed, type: seed.type },
        });
        own.set(name, copy);
      } else own.set(name, seed);
      known.set(name, own.get(name));
    }
    const dots = makeDots(prepared, own, mark);
    before.push(...zeroTangents({ ...prepared, activity }, dots, (name) => seeds.has(name)));
    return { ...prepared, activity, calls, dot: (n, t) => dots.of(n, t), known };
  });
  const body = tangentBlock(contexts, afterEntry(prepared));
  return {
    body: [...before, ...body],
    tangentOf: (leaf, k) => {
      const context = contexts[k]!;
      if (leaf.kind !== "var" || !context.activity.active(leaf)) return undefined;
      return context.known.has(leaf.name) ? context.known.get(leaf.name) : context.dot(leaf.name, leaf.type);
    },
  };
}

/** A parameter that is only written into, or a part of one that may be given back, has a tangent that starts at zero. */
function zeroTangents(
  { func, activity, entry }: Pick<Prepared, "func" | "activity" | "entry">,
  dots: ReturnType<typeof makeDots>,
  isGiven: (name: string) => boolean,
): Stmt[] {
  return [...func.params, ...entry.flatMap(variablesDeclaredBy)].flatMap((param): Stmt[] => {
    const primal = variable(param.name, param.type);
    if (isGiven(param.name) || !isReference(param.type) || !isDifferentiable(param.type)) return [];
    if (!activity.active(primal)) return [];
    const type = asTangent(shadowType(presentType(param.type)));
    return [constant(nameOf(dots.of(param.name, param.type)), type, zerosFor(primal))];
  });
}

/** The tangent function of a recursive function: tangents of all differentiable parameters, arrays in place. */
export function tangentBody(
  prepared: Prepared,
  name: string,
  active: readonly number[],
  result: Type,
  calls: CallTable,
): Func {
  const { func, outputs } = prepared;
  const dots = makeDots(prepared);
  const context: JvpContext = { ...prepared, calls, dot: (n, t) => dots.of(n, t), known: new Map() };
  const tangents = active.map((i): Param => {
    const param = func.params[i]!;
    return { name: nameOf(dots.of(param.name, param.type)), type: asTangent(shadowType(tangentTape(param.type))) };
  });
  const body = tangentBlock([context], prepared.body);
  const returned = outputs.find((o) => o.ref.kind === "return");
  const end: Block =
    returned === undefined || result.kind !== "tuple"
      ? []
      : returnPair(
          prepared,
          structureExpr(returned.structure, (expr) => expr),
          tangentOfOutput(context, returned.structure),
          result,
        );
  const origin = func.origin === undefined ? {} : { origin: func.origin };
  return { name, params: [...func.params, ...tangents], result, body: [...body, ...end], ...origin };
}

function returnPair(prepared: Prepared, value: Expr, tangent: Expr, result: Type): Block {
  const fresh = bindAllocations(prepared.names, tangent);
  return [...fresh.before, { kind: "return", value: { kind: "tuple", items: [value, fresh.value], type: result } }];
}

/** An input with a default, and the tangent that is given for what was used. */
interface Defaulted {
  readonly input: Input;
  readonly given: Expr;
}

function numberThatJoins({ structure }: Input, given: Expr): [string, Expr][] {
  const [leaf] = leavesOf(structure);
  return leaf === undefined || isReference(leaf.type) ? [] : [[leaf.name, nullish(given, num(0))]];
}

/** After the statement that finds the array or object to be used: the given tangent is added to what it has of its own. */
function arrayThatJoins(
  { names, activity }: Prepared,
  dots: Dots,
  { input, given }: Defaulted,
  stmt: Stmt,
  fname: string | undefined,
): Stmt[] {
  const [leaf] = leavesOf(input.structure);
  if (leaf === undefined || !isReference(leaf.type)) return [];
  if (!gives(stmt, leaf.name)) return [];
  const present = { ...given, type: presentType(given.type) };
  const { name, type, expr } = leaf;
  const check =
    fname === undefined
      ? []
      : checkLength(names, fname, { expr: present, words: [`${input.label}Dot`] }, { expr, words: wordsOf(input) });
  const add = activity.active(expr) ? addInto(names, dots.of(name, type), present, type) : [];
  return [ifThen(isPresent(given), [...check, ...add])];
}

/**
 * The tangent that came in, taken apart and copied where the function would change it; absent is zero. `fname` is the
 * function that says so of one that does not fit.
 */
function tangentOfInput(prepared: Prepared, dots: Dots, input: Input, given: Expr, fname: string | undefined): Stmt[] {
  const { structure } = input;
  const { names } = prepared;
  const take = (part: Structure, from: Expr, place = ""): Stmt[] => {
    if (part.kind === "tuple") {
      return part.items.flatMap((item, k) => {
        if (leavesOf(item).length === 0) return [];
        return take(item, itemOf(from, part, k), place + partWord(part.type, k));
      });
    }
    const { expr, type } = part;
    if (expr.kind !== "var") return [];
    const dot = nameOf(dots.of(expr.name, type));
    if (presentType(type).kind === "tensor") {
      const primal = { ...expr, type: tensorType };
      const told = `${fname ?? ""}: ${input.label}Dot${place}`;
      const check = (given: Expr): Stmt[] =>
        fname === undefined ? [] : [checkShapes(told, given, input.label + place, primal)];
      const given = variable(dot, tensorType);
      const whole = nullish(from, zerosFor(primal));
      if (expr.type.kind !== "maybe") return [constant(dot, tensorType, whole), ...check(given)];
      return [
        mutable(dot, tensorType, zeroOf(tensorType)),
        ifThen(isPresent(expr), [assign(dot, whole), ...check(given)]),
      ];
    }
    if (!isReference(type)) {
      return [{ kind: "let", name: dot, type: presentType(type), mutable: false, init: nullish(from, num(0)) }];
    }
    // Absent is zero; a tangent that the function would write into is copied.
    const needsCopy = prepared.written.has(expr.name) || aliasesOutput(prepared, expr.name, type);
    if (structure.kind === "leaf" && leftOut(input).length > 0)
      return partsOfTangent(names, expr, dot, input, from, fname);
    const array = asTangent(shadowType(presentType(type)));
    const value = variable(needsCopy ? names.fresh(`${input.label}Given`) : dot, array);
    const checked: Stmt[] = [
      { kind: "let", name: value.name, type: array, mutable: false, init: nullish(from, zerosFor(expr)) },
      ...(fname === undefined
        ? []
        : checkLength(
            names,
            fname,
            { expr: value, words: [`${input.label}Dot`, place] },
            { expr, words: [...wordsOf(input), place] },
          )),
    ];
    if (!needsCopy) return checked;
    return [
      ...checked,
      { kind: "let", name: dot, type: array, mutable: false, init: { kind: "deepCopy", array: value, type: array } },
    ];
  };
  const told = { expr: { ...given, type: presentType(given.type) }, words: [`${input.label}Dot`] };
  const checks = fname === undefined ? [] : checkStructure(fname, structure, told, wordsOf(input));
  return [...(given.type.kind === "maybe" ? whereGiven(given, checks) : checks), ...take(structure, given)];
}

/** What is checked of a tangent that may be left out. */
function whereGiven(given: Expr, checks: readonly Stmt[]): Stmt[] {
  const [check, ...others] = checks;
  if (check?.kind !== "if") return [];
  if (others.length > 0) return [ifThen(isPresent(given), checks)];
  const test: Expr = { kind: "logic", op: "&&", left: isPresent(given), right: check.test, type: booleanType };
  return [{ ...check, test }];
}

/** The tangent of all of an object of which only some parts have been given one. */
function partsOfTangent(
  names: Names,
  primal: Var,
  dot: string,
  input: Input,
  given: Expr,
  fname: string | undefined,
): Stmt[] {
  const whole = variable(dot, asTangent(shadowType(primal.type)));
  const present = { ...given, type: presentType(given.type) };
  const told = { expr: primal, words: wordsOf(input) };
  const check =
    fname === undefined ? [] : checkLength(names, fname, { expr: present, words: [`${input.label}Dot`] }, told);
  const add = addInto(names, whole, present, primal.type);
  return [constant(dot, whole.type, zerosFor(primal)), ifThen(isPresent(given), [...check, ...add])];
}

/** Whether an output may be, or may hold, the memory of that name, or a part of it. */
function aliasesOutput({ aliasing, outputs }: Prepared, name: string, type: Type): boolean {
  const memory = isReference(type) ? aliasing.reach(variable(name, type)) : [];
  const reaches = (expr: Expr): boolean => aliasing.reach(expr).some((other) => memory.includes(other));
  return outputs.some((o) =>
    leavesOf(o.structure).some((leaf) => leaf.name === name || (isReference(leaf.type) && reaches(leaf.expr))),
  );
}

function nullish(left: Expr, right: Expr): Expr {
  if (left.type.kind !== "maybe" && !isPartOfAbsent(left)) return left;
  return { kind: "nullish", left, right, type: right.type };
}

function tangentOfOutput(context: JvpContext, structure: Structure): Expr {
  return tangentExpr(structure, (expr, type) => {
    if (!isDifferentiable(type)) return idleTangent(expr, type);
    if (type.kind === "maybe") return unlessAbsent(expr, tangentOfPresent(context, expr, type.type));
    return tangentOfPresent(context, expr, type);
  });
}

function tangentOfPresent(context: JvpContext, expr: Expr, type: Type): Expr {
  const zero = (): Expr => (type.kind === "number" ? num(0) : zerosFor(expr));
  if (expr.kind !== "var" || !context.activity.active(expr)) return zero();
  if (context.known.has(expr.name)) return context.known.get(expr.name) ?? zero();
  const dot = context.dot(expr.name, type);
  return type.kind === "maybe" ? { ...dot, type } : dot;
}
