/** Where statements look at the elements of an array or write them. */
import { isReference } from "../ir/build.ts";
import type { Expr, Stmt } from "../ir/types.ts";
import { childrenOf, exprsOf, writtenArray } from "../ir/visit.ts";
import type { Changes } from "./changes.ts";

export interface Use {
  readonly array: Expr;
  readonly index: Expr | undefined;
}

/** How a statement itself uses the arrays of a class: at an index, or in another way. */
export function usesOf(changes: Changes, stmt: Stmt, memory: number): Use[] {
  const found: Use[] = [];
  const isIt = (array: Expr): boolean => isReference(array.type) && changes.aliasing.classOf(array) === memory;
  const written = writtenArray(stmt);
  if (written !== undefined && isIt(written)) {
    found.push({ array: written, index: stmt.kind === "store" || stmt.kind === "accumulate" ? stmt.index : undefined });
  }
  const visit = (e: Expr): void => {
    if (e.kind === "length" && e.array.type.kind === "typed") return;
    if (e.kind === "index" && isIt(e.array)) {
      found.push({ array: e.array, index: e.index });
      visit(e.index);
      return;
    }
    if (e.kind === "var" && isIt(e)) found.push({ array: e, index: undefined });
    for (const child of childrenOf(e)) visit(child);
  };
  for (const expr of exprsOf(stmt)) if (expr !== written) visit(expr);
  return found;
}
