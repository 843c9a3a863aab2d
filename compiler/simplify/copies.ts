/** Constants that a transform made as other names of constants: the first name stands for both. */
import type { Expr, Func } from "../ir/types.ts";
import { assignedVariables, mapBlock, mapExpr, mapStmt, walkBlock } from "../ir/visit.ts";
import { isReference } from "../ir/build.ts";

export function dropCopies(func: Func, isMade: (name: string) => boolean): Func {
  const assigned = assignedVariables(func.body);
  const fixed = new Set(func.params.flatMap((param) => (assigned.has(param.name) ? [] : [param.name])));
  const originals = new Map<string, Expr>();
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "for") fixed.add(stmt.name);
    if (stmt.kind !== "let" || stmt.mutable || assigned.has(stmt.name)) return;
    fixed.add(stmt.name);
    const { init } = stmt;
    if (init?.kind !== "var" || !fixed.has(init.name) || !isMade(stmt.name)) return;
    if (isReference(stmt.type) || init.type.kind !== stmt.type.kind) return;
    originals.set(stmt.name, originals.get(init.name) ?? init);
  });
  if (originals.size === 0) return func;
  const replaced = (expr: Expr): Expr =>
    mapExpr(expr, (e) => (e.kind === "var" ? withType(originals.get(e.name), e) : e));
  const body = mapBlock(func.body, (stmt) =>
    stmt.kind === "let" && originals.has(stmt.name) ? [] : mapStmt(stmt, { expr: replaced }),
  );
  return { ...func, body };
}

/** The original, read at the type at which its copy is read. */
function withType(original: Expr | undefined, copy: Expr): Expr {
  return original === undefined ? copy : { ...original, type: copy.type };
}
