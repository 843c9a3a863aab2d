/**
 * Second names of objects that never change, such as the result of a method that gives back its own object, give way
 * to the first: an object with one name can become variables.
 */
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, mapBlock, mapBlockExprs, walkBlock } from "../ir/visit.ts";

/** `fixed`: variables that somebody asks for by name. */
export function otherNames(func: Func, fixed: ReadonlySet<string>): Func {
  const assigned = assignedVariables(func.body);
  const empty = new Set<string>();
  const first = new Map<string, Expr>();
  walkBlock(func.body, (stmt) => {
    if (stmt.kind !== "let") return;
    if (stmt.init === undefined) empty.add(stmt.name);
    if (stmt.type.kind !== "record" || assigned.has(stmt.name) || fixed.has(stmt.name)) return;
    const { init } = stmt;
    if (init?.kind !== "var" || init.type.kind !== "record" || assigned.has(init.name) || empty.has(init.name)) return;
    first.set(stmt.name, first.get(init.name) ?? init);
  });
  if (first.size === 0) return func;
  const body = mapBlock(func.body, (stmt): Stmt | Block => (stmt.kind === "let" && first.has(stmt.name) ? [] : stmt));
  return { ...func, body: mapBlockExprs(body, (e) => (e.kind === "var" ? (first.get(e.name) ?? e) : e)) };
}
