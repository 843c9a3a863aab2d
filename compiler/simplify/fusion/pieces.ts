/** Pieces of expressions that loops are made of: calls of the runtime, and questions to tensors. */
import { intType, numberType, booleanType } from "../../ir/build.ts";
import { areAlike } from "../../ir/runtime.ts";
import type { Expr, Type, Var } from "../../ir/types.ts";
import { type ExprOf, mapExpr } from "../../ir/visit.ts";

/** Whether tensors of one shape, and numbers beside them, can be run through. */
export function testOf(tensors: readonly Var[], scalars: readonly Var[]): Expr {
  const list = (items: readonly Var[]): string[] => items.map((_, k) => (k === 0 ? "" : ", "));
  const args = [...tensors, ...scalars];
  const pieces = [...list(tensors), ...list(scalars).map((text, k) => (k === 0 ? "], [" : text))];
  const texts = [`${areAlike}([${pieces[0] ?? ""}`, ...pieces.slice(1), "])"];
  return { kind: "foreign", texts, args, type: booleanType };
}

export const sizeOf = (tensor: Var): Expr => ({ kind: "foreign", texts: ["", ".size"], args: [tensor], type: intType });

export const axesOf = (tensor: Var): Expr => ({ kind: "foreign", texts: ["", ".ndim"], args: [tensor], type: intType });

/** A function of numbers. */
export const rounding: Type = { kind: "function", params: [{ name: "value", type: numberType }], result: numberType };

export function isRounded(e: Expr): e is ExprOf<"foreign"> {
  return e.kind === "foreign" && e.args[0]?.type.kind === "function";
}

/** A call of a function of the runtime. */
export function calling(name: string, args: readonly Expr[], type: Type): Expr {
  const between = args.slice(1).map(() => ", ");
  return { kind: "foreign", texts: [`${name}(`, ...between, ")"], args, type };
}

/** `1 * x` is x, in every bit. */
export function withoutOnes(value: Expr): Expr {
  return mapExpr(value, (e) => {
    if (e.kind !== "op" || e.op !== "mul") return e;
    const [a, b] = e.args;
    if (a?.kind === "literal" && a.value === 1) return b!;
    return b?.kind === "literal" && b.value === 1 ? a! : e;
  });
}

export const stemOf = (name: string): string => name.replace(/(\$r\d*)+$/, "").replace(/\d+$/, "");
