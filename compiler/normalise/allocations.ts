/**
 * `x = [a, b]` is `const made = [a, b]; x = made`: assigning a reference only moves it. A number that an operation on tensors
 * gives has a name too; generated code that is differentiated again has such operations inside of formulas.
 */
import { isAllocation } from "../ir/ask.ts";
import { placeOf, variable } from "../ir/build.ts";
import { type Names, namesApartFrom, namesOf } from "../ir/names.ts";
import { nounOf } from "../ir/tensor-ops.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { blocksOf, mapBlock, mapExpr, mapStmt } from "../ir/visit.ts";

export function nameAllocations(func: Func): Func {
  const names = namesApartFrom(namesOf(func));
  const body = mapBlock(withNamedNumbers(func.body, names), (stmt): Stmt | Stmt[] => {
    if (stmt.kind !== "assign" || !isAllocation(stmt.value)) return stmt;
    const made = names.fresh(stmt.name);
    const { type } = stmt.value;
    return [
      { ...placeOf(stmt), kind: "let", name: made, type, mutable: false, init: stmt.value },
      { ...stmt, value: variable(made, type) },
    ];
  });
  return { ...func, body };
}

function withNamedNumbers(block: Block, names: Names): Block {
  return mapBlock(block, (stmt): Stmt | Stmt[] => {
    if (blocksOf(stmt).length > 0) return stmt;
    const before: Stmt[] = [];
    const named = (e: Expr): Expr => {
      if (e.kind !== "tensorOp") return e;
      const name = names.fresh(nounOf(e.op));
      before.push({ ...placeOf(stmt), kind: "let", name, type: e.type, mutable: false, init: e });
      return variable(name, e.type);
    };
    const after = mapStmt(stmt, { expr: (e) => (e.kind === "tensorOp" ? e : mapExpr(e, named)) });
    return before.length === 0 ? stmt : [...before, after];
  });
}
