/**
 * A function over a batch: parameters of it get one more axis in front, and so does what it gives (`vmap` of JAX).
 * Numbers are gathered in typed arrays and tensors in tensors; of anything else there is a list. The function that is
 * made calls its source in a loop, so that its derivatives are those of a loop.
 */
import { writtenParameters } from "../analyse/written.ts";
import type { Wrt } from "../frontend/types.ts";
import { isPresent, undefinedOf } from "../ir/ask.ts";
import {
  assign,
  at,
  booleanType,
  compare,
  constant,
  fieldAt,
  float64Array,
  ifThen,
  int,
  intType,
  isDifferentiable,
  lengthOrZero,
  mutable,
  namePattern,
  tensorType,
  variable,
} from "../ir/build.ts";
import { nameInFile, namesApartFrom, type Names } from "../ir/names.ts";
import { maybe, presentType } from "../ir/presence.ts";
import { readOnlyList } from "../ir/read-only.ts";
import { upperFirst } from "../ir/words.ts";
import type { Expr, Func, Param, Pattern, Program, Stmt, Type, Var } from "../ir/types.ts";
import { rangeError } from "./lengths.ts";
import { Refusal } from "./refusal.ts";
import { TensorBuilder } from "./tensor-build.ts";

export interface BatchWish {
  readonly func: Func;
  /** The parameters with an axis in front; without it, all that are differentiable. The others are the same for all. */
  readonly over?: readonly Wrt[] | undefined;
}

export function batchFunction(program: Program, { func, over }: BatchWish): Func {
  const name = `${nameInFile(func.name, func.origin)}Batch`;
  const [written] = writtenParameters(func, program);
  if (written !== undefined) throw new Refusal("batch", [`writes into ${written}`, "Return what it writes."]);
  const places = new Set(over?.map((place) => (place.kind === "param" ? place.index : -1)));
  for (const index of places) {
    const known = func.params.map((param, i) => `${String(i)} (${param.name})`).join(", ");
    if (index >= func.params.length) throw new Refusal("position", [String(index), `Its parameters are ${known}.`]);
  }
  const isBatched = (param: Param, i: number): boolean =>
    over === undefined ? isDifferentiable(param.type) && param.captured !== true : places.has(i);
  const params = func.params.map((param, i) => (isBatched(param, i) ? batchedParam(param) : param));
  const batched = params.filter((param, i) => param !== func.params[i]);
  const first = batched.find(({ type }) => type.kind !== "maybe") ?? batched[0];
  if (first === undefined) throw new Refusal("noInput");

  const names = namesApartFrom(func.params.map((param) => param.name));
  const size = variable(names.fresh("size"), intType);
  const b = variable(names.fresh("b"), intType);
  const inside: Stmt[] = [];
  const args = func.params.map((param, i): Expr => {
    const given = variable(param.name, params[i]!.type);
    return params[i] === param ? given : exampleOf(names, param, given, b, inside);
  });
  const { target, before, gather, after, value } = gathered(names, func.result, size, b);
  const call: Stmt = { kind: "call", callee: func.name, args, target };
  const bounds = { kind: "for", name: b.name, start: int(0), compare: "lt", bound: size, step: 1 } as const;
  return {
    name,
    params,
    result: value.type,
    body: [
      ...batched.flatMap((param) => checkAxis(name, param)),
      constant(size.name, size.type, sizeOf(first)),
      ...batched.flatMap((param) => (param === first ? [] : [checkSize(name, param, first, size)])),
      ...before,
      { ...bounds, body: [...inside, call, ...gather] },
      ...after,
      { kind: "return", value },
    ],
    ...(func.origin && { origin: func.origin }),
  };
}

/** The parameter of many examples. */
function batchedParam(param: Param): Param {
  const { typeText, defaultValue, ...rest } = param;
  const type = batchedType(param.type);
  const text = presentType(type).kind === "list" && typeText !== undefined ? { typeText: listText(typeText) } : {};
  if (defaultValue === undefined) return { ...rest, type, ...text };
  return { ...rest, type: maybe(type), optional: true, ...text };
}

const listText = (element: string): string =>
  /^[\w$.]+$/.test(element) ? `readonly ${element}[]` : `readonly (${element})[]`;

function batchedType(type: Type): Type {
  switch (type.kind) {
    case "number":
      return float64Array;
    case "int":
      return { kind: "typed", name: "Int32Array" };
    case "tensor":
      return type;
    case "maybe":
      return maybe(batchedType(type.type));
    default:
      return readOnlyList(type);
  }
}

/** The part of a parameter that belongs to one example; what has to be done before goes into `before`. */
function exampleOf(names: Names, param: Param, given: Var, b: Expr, before: Stmt[]): Expr {
  const there = { ...given, type: presentType(given.type) };
  if (there.type.kind !== "tensor") {
    const element = at(there, b);
    if (given.type.kind !== "maybe") return element;
    const { defaultValue } = param;
    const otherwise = defaultValue ?? undefinedOf(param.type);
    return { kind: "select", test: isPresent(given), yes: element, no: otherwise, type: otherwise.type };
  }
  const o = new TensorBuilder((base) => names.fresh(base));
  const part = o.op("index", { x: there, i: b }, tensorType, param.name);
  if (given.type.kind !== "maybe") {
    before.push(...o.statements);
    return part;
  }
  const chosen = variable(names.fresh(param.name), given.type);
  before.push(
    mutable(chosen.name, chosen.type, undefinedOf(chosen.type)),
    ifThen(isPresent(given), [...o.statements, assign(chosen.name, part)]),
  );
  return chosen;
}

/** How many examples there are. */
function sizeOf({ name, type }: Param): Expr {
  const given = variable(name, type);
  if (presentType(type).kind !== "tensor") return lengthOrZero(given);
  const texts = type.kind === "maybe" ? ["(", "?.shape[0] ?? 0)"] : ["", ".shape[0]!"];
  return { kind: "foreign", texts, args: [given], type: intType };
}

/** A tensor without axes has no examples. */
function checkAxis(fname: string, { name, type }: Param): Stmt[] {
  if (presentType(type).kind !== "tensor") return [];
  const access = type.kind === "maybe" ? "?.ndim" : ".ndim";
  const axes: Expr = { kind: "foreign", texts: ["", access], args: [variable(name, type)], type: intType };
  const thrown: Stmt = { kind: "throw", value: rangeError([`${fname}: ${name} has no axis for the batch`]) };
  return [ifThen(compare("eq", axes, int(0)), [thrown])];
}

function checkSize(fname: string, param: Param, first: Param, size: Expr): Stmt {
  const own = sizeOf({ ...param, type: presentType(param.type) });
  const differs = compare("ne", own, size);
  const given = isPresent(variable(param.name, param.type));
  const test: Expr =
    param.type.kind === "maybe" ? { kind: "logic", op: "&&", left: given, right: differs, type: booleanType } : differs;
  const pieces = [`${fname}: ${first.name} has `, size, ` examples, ${param.name} has `, own];
  return ifThen(test, [{ kind: "throw", value: rangeError(pieces) }]);
}

/** How the results of all examples are put together. */
interface Gathered {
  readonly before: readonly Stmt[];
  /** After the call. */
  readonly gather: readonly Stmt[];
  readonly after: readonly Stmt[];
  readonly value: Expr;
}

/** The names for what a call gives, and how it is gathered. */
function gathered(names: Names, type: Type, size: Expr, b: Expr, label = "value"): Gathered & { target: Pattern } {
  if (type.kind === "tuple") {
    const items = type.items.map((item, i) => gathered(names, item, size, b, type.labels?.[i] ?? label));
    return { target: { kind: "tuple", items: items.map((item) => item.target) }, ...several(items, type.labels) };
  }
  if (type.kind === "void" || type.kind === "function") {
    const why = type.kind === "void" ? "gives nothing" : "gives a function";
    throw new Refusal("batch", [why, "Return the values themselves: use vjp instead of pullback."]);
  }
  const result = variable(names.fresh(label), type);
  return { target: namePattern(result.name, type), ...together(names, result, size, b, label) };
}

function together(names: Names, result: Expr, size: Expr, b: Expr, label: string): Gathered {
  const { type } = result;
  if (type.kind === "record" && type.isTuple === true)
    return several(type.fields.map(({ name }) => together(names, fieldAt(result, name), size, b, label)));
  const plural = label.endsWith("s") ? `all${upperFirst(label)}` : `${label}s`;
  if (type.kind === "number") {
    const array = variable(names.fresh(plural), float64Array);
    const made = constant(array.name, array.type, { kind: "zeros", length: size, type: array.type });
    return { before: [made], gather: [{ kind: "store", array, index: b, value: result }], after: [], value: array };
  }
  const listType: Type = { kind: "list", element: type };
  const array = variable(names.fresh(plural), listType);
  const made = constant(array.name, listType, { kind: "items", items: [], type: listType });
  const parts = { before: [made], gather: [{ kind: "append", array, value: result } as const] };
  if (type.kind !== "tensor") return { ...parts, after: [], value: array };
  const o = new TensorBuilder((base) => names.fresh(base));
  const value = o.op("stack", { list: array }, tensorType, label);
  return { ...parts, after: o.statements, value };
}

function several(items: readonly Gathered[], labels?: readonly string[]): Gathered {
  const values = items.map((item) => item.value);
  const type: Type = { kind: "tuple", items: values.map((value) => value.type), ...(labels && { labels }) };
  return {
    before: items.flatMap((item) => item.before),
    gather: items.flatMap((item) => item.gather),
    after: items.flatMap((item) => item.after),
    value: { kind: "tuple", items: values, type },
  };
}
