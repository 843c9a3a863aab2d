/** Functions inside of a function: only the pullback that a hand-written rule returns. */
import { ts } from "ts-morph";
import { originOf } from "../positions.ts";
import type { Type, Var } from "../../ir/types.ts";
import { emit, type Body, type FunctionType } from "./state.ts";
import { readFunction } from "./types.ts";

/** Whether the function that is lowered returns a function. */
export const returnsFunction = (body: Body): boolean => isWithFunction(body.result);

/** Whether this is what a hand-written rule returns: a value beside a function. */
export const isWithFunction = (result: Type): boolean =>
  result.kind === "tuple" && result.items.some((item) => item.kind === "function");

/** The type of a function inside of a function; undefined where such functions are not in the language. */
export function closureType(body: Body, node: ts.Node): FunctionType | undefined {
  if (!returnsFunction(body)) return undefined;
  const type = readFunction(body.all, body.checker.getTypeAtLocation(node), "context");
  return type?.kind === "function" ? type : undefined;
}

/** Declares the function under the name. */
export function declareClosure(body: Body, node: ts.FunctionLikeDeclaration, name: string, type: FunctionType): Var {
  const { params, body: block } = body.closure(node, type);
  const func = { name, params, result: type.result, body: block, origin: originOf(node) };
  emit(body, { kind: "closure", name, func });
  return { kind: "var", name, type: { kind: "function", params, result: type.result } };
}
