import { fieldOf } from "../ir/build.ts";
import type { Expr, Type } from "../ir/types.ts";
import { someExpr } from "../ir/visit.ts";

/**
 * Whether an expression has a value wherever its variables have one: it asks no array for its length or an element that
 * may be absent. A condition around it in the source may be what says that it is there. `types` are those that variables
 * are declared with, which that condition has narrowed.
 */
export function isAlwaysThere(expr: Expr, types: ReadonlyMap<string, Type>): boolean {
  const isThere = (array: Expr): boolean => {
    if (array.kind === "var") return types.get(array.name)?.kind !== "maybe";
    const field = array.kind === "index" ? fieldOf(array.array.type, array.index) : undefined;
    return array.kind === "index" && field !== undefined && field.type.kind !== "maybe" && isThere(array.array);
  };
  return !someExpr(expr, (e) => (e.kind === "length" || e.kind === "index") && !isThere(e.array));
}
