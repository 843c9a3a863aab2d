/** Expressions and statements on shadows: every active array has one, of the same structure, that holds its adjoint. */
import { assign, at, int, intType, isReference, lengthOf, numberType, op, variable, zerosLike } from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import type { Expr, Stmt, Type } from "../ir/types.ts";

/** The type of a value that may be absent, where it is there. */
export function presentType(type: Type): Type {
  return type.kind === "maybe" ? type.type : type;
}

/** The length of an array, 0 of one that is absent. */
export function lengthOrZero(array: Expr): Expr {
  if (array.type.kind !== "maybe") return lengthOf(array);
  return { kind: "foreign", texts: ["", "?.length ?? 0"], args: [array], type: intType };
}

/** Zeros with the structure of an array; none of an array that is absent. */
export function zerosFor(array: Expr): Expr {
  if (array.type.kind !== "maybe") return zerosLike(array);
  return { kind: "zeros", length: lengthOrZero(array), type: array.type.type };
}

/** `for (let i = 0; i < bound; i++) body(i)` with a fresh index. */
export function countTo(names: Names, bound: Expr, body: (index: Expr) => Stmt[], base = "j"): Stmt {
  const name = names.fresh(base);
  return { kind: "for", name, start: int(0), compare: "lt", bound, step: 1, body: body(variable(name, intType)) };
}

/** Adds one structure of arrays to another, element by element. */
export function addInto(names: Names, target: Expr, source: Expr, type: Type): Stmt[] {
  if (type.kind === "maybe") return addInto(names, target, source, type.type);
  if (!isReference(type)) throw new Error("addInto: arrays only");
  return [
    countTo(names, lengthOf(source), (i) => {
      const element = at(source, i);
      return isReference(element.type)
        ? addInto(names, at(target, i), element, element.type)
        : [{ kind: "accumulate", array: target, index: i, value: element }];
    }),
  ];
}

/** Sets every number of a structure of arrays to zero. */
export function clear(names: Names, target: Expr): Stmt[] {
  const type = target.type;
  if (type.kind === "list" && isReference(type.element))
    return [countTo(names, lengthOf(target), (i) => clear(names, at(target, i)))];
  return [{ kind: "fill", array: target, value: { kind: "literal", value: 0, type: numberType } }];
}

/** Writes the contents of one array back into another of the same kind. */
export function restoreFrom(names: Names, target: Expr, source: Expr): Stmt[] {
  if (target.type.kind === "typed") return [{ kind: "set", target, source }];
  return [countTo(names, lengthOf(source), (i) => [{ kind: "store", array: target, index: i, value: at(source, i) }])];
}

/** The sum of an array's elements, in a new variable. */
export function sumOf(names: Names, array: Expr): { readonly statements: Stmt[]; readonly sum: Expr } {
  const name = names.fresh("filledBar");
  const total = variable(name, numberType);
  return {
    statements: [
      { kind: "let", name, type: numberType, mutable: true, init: { kind: "literal", value: 0, type: numberType } },
      countTo(names, lengthOf(array), (i) => [assign(name, op("add", [total, at(array, i)]))]),
    ],
    sum: total,
  };
}

/**
 * The shadow of a reference expression, given the shadows of its variables: the same path through the shadows.
 * A fresh allocation has a fresh shadow, made from the primal `of` that it was bound to.
 */
export function shadowOf(expr: Expr, of: Expr, barOf: (name: string, type: Type) => Expr): Expr {
  switch (expr.kind) {
    case "var":
      return barOf(expr.name, expr.type);
    case "index":
      return { ...expr, array: shadowOf(expr.array, expr.array, barOf) };
    case "select":
      return { ...expr, yes: shadowOf(expr.yes, expr.yes, barOf), no: shadowOf(expr.no, expr.no, barOf) };
    case "view":
      return { ...expr, array: shadowOf(expr.array, expr.array, barOf) };
    case "items":
      if (expr.type.kind === "list" && isReference(expr.type.element)) {
        return { ...expr, items: expr.items.map((item) => shadowOf(item, item, barOf)) };
      }
      return zerosLike(of);
    case "copy":
      if (expr.type.kind === "list" && isReference(expr.type.element)) {
        return { ...expr, array: shadowOf(expr.array, expr.array, barOf) };
      }
      return zerosLike(of);
    case "zeros":
      return expr;
    case "holes":
      return expr.type.kind === "list" && isReference(expr.type.element)
        ? expr
        : { kind: "zeros", length: expr.length, type: expr.type };
    default:
      return zerosFor(of);
  }
}
