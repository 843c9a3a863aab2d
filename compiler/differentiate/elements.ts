/**
 * An array of which a function only reads elements at literal places (`b[0]`, `b[1]`) is as good as so many
 * numbers: each element becomes a constant at the top of the body, and an input of its own.
 */
import { int, isReference, numberType, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Expr, Func, Stmt } from "../ir/types.ts";
import { mapBlockExprs, walkBlockExprs } from "../ir/visit.ts";

/** An element of an array that is an input, and the variable that holds it. */
export interface Element {
  readonly index: number;
  readonly name: string;
}

/** More elements than this stay an array. */
const most = 16;

/** The function with an array parameter (one that it does not write into) taken apart; undefined where that cannot be. */
export function takeApart(
  func: Func,
  param: string,
): { readonly func: Func; readonly elements: readonly Element[] } | undefined {
  const indices = literalReads(func, param);
  if (indices === undefined || indices.length === 0 || indices.length > most) return undefined;
  const names = namesApartFrom(namesOf(func));
  const type = func.params.find((p) => p.name === param)!.type;
  const elements = indices.map((index): Element => ({ index, name: names.fresh(`${param}At$${String(index)}`) }));
  const nameOf = new Map(elements.map((e) => [e.index, e.name]));
  const body = mapBlockExprs(func.body, (e) => {
    const index = literalIndex(e, param);
    return index === undefined ? e : variable(nameOf.get(index)!, numberType);
  });
  const before = elements.map(({ index, name }): Stmt => {
    const init: Expr = { kind: "index", array: variable(param, type), index: int(index), type: numberType };
    return { kind: "let", name, type: numberType, mutable: false, init };
  });
  return { func: { ...func, body: [...before, ...body] }, elements };
}

/** The places at which an array is read, if it is used for nothing else but its length. */
function literalReads(func: Func, param: string): number[] | undefined {
  const type = func.params.find((p) => p.name === param)?.type;
  if (type === undefined || !(type.kind === "typed" || (type.kind === "list" && !isReference(type.element))))
    return undefined;
  let mentioned = 0;
  let understood = 0;
  const indices = new Set<number>();
  walkBlockExprs(func.body, (e) => {
    if (e.kind === "var" && e.name === param) mentioned++;
    if ((e.kind === "length" || e.kind === "zerosLike") && e.array.kind === "var" && e.array.name === param)
      understood++;
    const index = literalIndex(e, param);
    if (index !== undefined) {
      understood++;
      indices.add(index);
    }
  });
  return mentioned === understood ? [...indices].sort((a, b) => a - b) : undefined;
}

function literalIndex(e: Expr, param: string): number | undefined {
  if (e.kind !== "index" || e.array.kind !== "var" || e.array.name !== param || e.index.kind !== "literal")
    return undefined;
  const { value } = e.index;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < most ? value : undefined;
}
