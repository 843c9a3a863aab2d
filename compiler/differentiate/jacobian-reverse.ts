/** Jacobians by reverse mode: of one number its gradient, of an array a row for each number, by its pullback. */
import { isAbsent } from "../ir/ask.ts";
import {
  at,
  booleanType,
  containsRecord,
  ifThen,
  intType,
  isReference,
  num,
  op,
  variable,
  zerosLike,
} from "../ir/build.ts";
import { Refusal } from "./refusal.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { bareOrTuple, bareOrTupleExpr, undefinedIf, unlessAbsent, withItems } from "./signature.ts";
import { eachNumber, elementAt, shapeOf, sizeOf, tensorOf, zerosOf } from "./tensors.ts";

/** The Jacobian of one number: its gradient (a function that returns just that), as tensors. */
export function gradientAsJacobian(gradient: Func, labels: readonly string[]): Func {
  const names = namesApartFrom(namesOf(gradient));
  const { body, value } = endOf(gradient);
  const entryOf = (grad: Expr, label: string): Expr => {
    if (grad.kind === "tuple")
      return withItems(
        grad,
        grad.items.map((item) => entryOf(item, label)),
      );
    const { present, whole } = presence(grad);
    if (containsRecord(present.type)) throw new Refusal("objects", [label]);
    if (!isReference(present.type)) return grad;
    const shape = shapeOf(names, present, label, body, true);
    return whole(tensorOf(names, present, shape, body));
  };
  const parts = partsOf(value, labels.length).map((grad, k) => entryOf(grad, labels[k]!));
  return withResult(gradient, body, parts, labels);
}

/** A gradient whose parts are there even where their parameters are absent. */
export function withoutAbsence(gradient: Func, count: number): Func {
  const { body, value } = endOf(gradient);
  const parts = partsOf(value, count).map((grad) => presence(grad).present);
  const result = value.type.kind === "tuple" ? { ...value.type, items: parts.map((p) => p.type) } : parts[0]!.type;
  return { ...gradient, result, body: [...body, { kind: "return", value: bareOrTupleExpr(parts, result) }] };
}

/** A gradient where it is there, and what to make of a part for it: of an absent parameter there is none. */
export function presence(grad: Expr): { readonly present: Expr; readonly whole: (part: Expr) => Expr } {
  if (grad.kind !== "select" || grad.type.kind !== "maybe") return { present: grad, whole: (part) => part };
  const { test, no } = grad;
  return { present: no, whole: (part) => undefinedIf(test, part) };
}

/** The Jacobian of an array of any length, row by row from the pullback. */
export function rowByRow(pullback: Func, labels: readonly string[]): Func {
  const names = namesApartFrom(namesOf(pullback));
  const end = endOf(pullback);
  const { body } = end;
  const [value, closure] = end.value.kind === "tuple" ? end.value.items : [];
  if (value === undefined || closure?.kind !== "var" || closure.type.kind !== "function")
    throw new Error("jacobian: a pullback was expected");
  const rows = shapeOf(names, value, "output", body, true);
  const seed = variable(names.fresh("seed"), value.type);
  body.push({ kind: "let", name: seed.name, type: value.type, mutable: false, init: zerosLike(value) });
  const result = closure.type.result;
  const types = labels.length > 1 && result.kind === "tuple" ? result.items : [result];
  const inputs = types.map((type, k) => {
    const label = labels[k]!;
    const param = pullback.params.find((p) => p.name === label);
    if (param === undefined) throw new Refusal("objects", [label]);
    const array = variable(param.name, param.type);
    return { label, type, array, shape: shapeOf(names, array, label, body, true) };
  });
  const data = inputs.map(({ shape }) => zerosOf(names, [...rows, ...shape], body));
  const oneRow = (place: readonly Expr[], row: Expr): Stmt[] => {
    const grads = inputs.map((input) => variable(names.fresh(`${input.label}Row`), input.type));
    const patterns = grads.map((g) => ({ kind: "name", name: g.name, type: g.type }) as const);
    const array = place.length === 1 ? seed : at(seed, place[0]!);
    const set = (x: number): Stmt => ({ kind: "store", array, index: place.at(-1)!, value: num(x) });
    return [
      set(1),
      {
        kind: "apply",
        callee: closure.name,
        args: [seed],
        target: patterns.length === 1 ? patterns[0]! : { kind: "tuple", items: patterns },
      },
      ...grads.flatMap((grad, k): Stmt[] => {
        const { shape, type, array } = inputs[k]!;
        const start = op("mul", [row, sizeOf(shape)], intType);
        const copied: Stmt[] = eachNumber(names, shape, (p, position) => {
          const index = shape.length === 0 ? row : op("add", [start, position], intType);
          return [{ kind: "store", array: data[k]!, index, value: elementAt(grad, p) }];
        });
        return type.kind === "maybe" ? [ifThen(op("not", [isAbsent(array)], booleanType), copied)] : copied;
      }),
      set(0),
    ];
  };
  body.push(...eachNumber(names, rows, oneRow));
  const parts = data.map((d, k) => {
    const { shape, type, array } = inputs[k]!;
    const tensor = tensorOf(names, d, [...rows, ...shape], body);
    return type.kind === "maybe" ? unlessAbsent(array, tensor) : tensor;
  });
  return withResult(pullback, body, parts, labels);
}

/** The body of a made function without its return, and what it returns. */
function endOf(func: Func): { readonly body: Stmt[]; readonly value: Expr } {
  const last = func.body.at(-1);
  if (last?.kind !== "return" || last.value === undefined) throw new Error("jacobian: a value was expected");
  return { body: func.body.slice(0, -1), value: last.value };
}

export function partsOf(value: Expr, count: number): readonly Expr[] {
  return count > 1 && value.kind === "tuple" ? value.items : [value];
}

function withResult(func: Func, body: Block, parts: readonly Expr[], labels: readonly string[]): Func {
  const types = parts.map((p) => p.type);
  return withValue(func, body, bareOrTupleExpr(parts, bareOrTuple(types, labels)));
}

export function withValue(func: Func, body: Block, value: Expr): Func {
  return { ...func, result: value.type, body: [...body, { kind: "return", value }] };
}
