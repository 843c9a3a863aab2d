/** The Jacobian of one number by reverse mode: its gradient. */
import { isReference } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { mapLeaves } from "./parts.ts";
import { bareOrTuple, bareOrTupleExpr, undefinedIf, withItems } from "./signature.ts";
import { shapeOf, tensorOf } from "./tensors.ts";

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
    const tensorOfLeaf = (leaf: Expr, into: Stmt[]): Expr =>
      isReference(leaf.type) ? tensorOf(names, leaf, shapeOf(names, leaf, label, into, true), into) : leaf;
    return whole(mapLeaves(names, present, tensorOfLeaf, body));
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
