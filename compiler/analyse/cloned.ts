/**
 * `structuredClone` keeps two references to the same memory one; a copy that is made part by part does not. In what comes
 * from outside there are no two (see the README), in what the function makes there may be.
 */
import { isAllocation } from "../ir/ask.ts";
import { isReference } from "../ir/build.ts";
import { anyElement } from "../ir/memory.ts";
import type { Expr, Func, Origin } from "../ir/types.ts";
import { exprsOf, variablesDeclaredBy, walkBlock, walkBlockExprs, walkExpr } from "../ir/visit.ts";
import { analyseAliases, type Aliasing } from "./alias.ts";
import { memoryOfType } from "./callees.ts";

type Clone = Extract<Expr, { kind: "deepCopy" }>;

/** The places of clones of what may hold the same memory twice. */
export function clonesOfShared(func: Func, isCallee: boolean): readonly Origin[] {
  const clones: Clone[] = [];
  walkBlockExprs(func.body, (e) => {
    if (e.kind === "deepCopy" && e.clonedAt) clones.push(e);
  });
  if (clones.length === 0) return [];
  const aliasing = analyseAliases(func);
  const isGiven = isCallee ? () => false : asGiven(func, aliasing);
  return clones.flatMap(({ array, clonedAt }) => {
    const ways = memoryOfType(array.type).filter(({ type }) => isReference(type));
    const memories = ways.map(({ way }) => aliasing.classAt(array, way));
    const isApart = new Set(memories).size === memories.length && !ways.some(({ way }) => way.includes(anyElement));
    return memories.every(isGiven) || isApart || !clonedAt ? [] : [clonedAt];
  });
}

/** Whether a class of memory is as it came from outside: nothing puts a reference into it. */
function asGiven(func: Func, aliasing: Aliasing): (memory: number) => boolean {
  const given = new Set<number>();
  const changed = new Set<number>();
  const add = (into: Set<number>, expr: Expr): void => {
    if (isReference(expr.type)) for (const memory of aliasing.reach(expr)) into.add(memory);
  };
  for (const { name, type } of func.params) add(given, { kind: "var", name, type });
  walkBlock(func.body, (stmt) => {
    for (const expr of exprsOf(stmt))
      walkExpr(expr, (e) => {
        if (e.kind === "constant") add(given, e);
      });
    const made = stmt.kind === "let" ? stmt.init : stmt.kind === "assign" ? stmt.value : undefined;
    // A clone has nothing twice either.
    if (made && isAllocation(made) && (stmt.kind === "let" || stmt.kind === "assign"))
      add(made.kind === "deepCopy" && made.clonedAt ? given : changed, {
        kind: "var",
        name: stmt.name,
        type: made.type,
      });
    if ((stmt.kind === "store" || stmt.kind === "append" || stmt.kind === "fill") && isReference(stmt.value.type))
      add(changed, stmt.array);
    if (stmt.kind === "call" || stmt.kind === "apply")
      for (const { name, type } of variablesDeclaredBy(stmt)) add(changed, { kind: "var", name, type });
  });
  return (memory) => given.has(memory) && !changed.has(memory);
}
