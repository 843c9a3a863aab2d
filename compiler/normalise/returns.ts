/**
 * One exit for a function: early returns become an assignment of the result and an `exit` of a block
 * that spans the rest of the body. `exits` then turns the `exit` into structure.
 */
import { variable, placeOf } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt, Type } from "../ir/types.ts";
import { collectStmts, mapBlock, sameExpr, someStmt } from "../ir/visit.ts";

export function singleReturn(func: Func): Func {
  const returns = collectStmts(withoutClosures(func.body), "return");
  const last = func.body.at(-1);
  if (returns.length === 0 || (returns.length === 1 && last?.kind === "return")) return func;

  const names = namesApartFrom(namesOf(func));
  const label = names.fresh("return");
  // What stands before the first statement that can return stays outside of the block.
  const first = func.body.findIndex((stmt) => hasReturn(stmt));
  const before = func.body.slice(0, first);
  const rest = func.body.slice(first);

  const shared = sharedValue(
    func,
    before,
    returns.map((r) => r.value),
  );
  if (func.result.kind === "void" || shared !== undefined) {
    const body = replaceReturns(rest, () => [{ kind: "exit", label }]);
    const end: Stmt = shared === undefined ? { kind: "return" } : { kind: "return", value: shared };
    return { ...func, body: [...before, { kind: "block", label, body }, end] };
  }
  const result = resultVariables(func.result, (base) => names.fresh(base));
  const body = replaceReturns(rest, (stmt) => [...assignResult(result, stmt.value, stmt), { kind: "exit", label }]);
  const declarations: Stmt[] = result.leaves.map(({ name, type }) => ({ kind: "let", name, type, mutable: true }));
  return {
    ...func,
    body: [...before, ...declarations, { kind: "block", label, body }, { kind: "return", value: result.expr }],
  };
}

/** The value that every return gives, if it is one variable that is known before the first of them and never assigned. */
function sharedValue(func: Func, before: Block, values: readonly (Expr | undefined)[]): Expr | undefined {
  const [value] = values;
  if (value?.kind !== "var" || !values.every((v) => v !== undefined && sameExpr(v, value))) return undefined;
  const constant =
    before.some((s) => s.kind === "let" && s.name === value.name && !s.mutable) ||
    (func.params.some((p) => p.name === value.name) &&
      !someStmt(func.body, (s) => s.kind === "assign" && s.name === value.name));
  return constant ? value : undefined;
}

interface Result {
  readonly expr: Expr;
  readonly leaves: readonly { readonly name: string; readonly type: Type }[];
  readonly items: readonly Result[];
}

function resultVariables(type: Type, fresh: (base: string) => string): Result {
  if (type.kind !== "tuple") {
    const name = fresh("result");
    return { expr: variable(name, type), leaves: [{ name, type }], items: [] };
  }
  const items = type.items.map((item) => resultVariables(item, fresh));
  return {
    expr: { kind: "tuple", items: items.map((i) => i.expr), type },
    leaves: items.flatMap((i) => i.leaves),
    items,
  };
}

function assignResult(result: Result, value: Expr | undefined, from: Stmt): Stmt[] {
  if (value === undefined) return [];
  if (value.kind === "tuple") return value.items.flatMap((item, i) => assignResult(result.items[i]!, item, from));
  const [leaf] = result.leaves;
  if (leaf === undefined) return [];
  return [{ ...placeOf(from), kind: "assign", name: leaf.name, value }];
}

function replaceReturns(block: Block, f: (stmt: Extract<Stmt, { kind: "return" }>) => Block): Block {
  return block.flatMap((stmt): Block => {
    if (stmt.kind === "closure") return [stmt];
    if (stmt.kind === "return") return f(stmt);
    if (!hasReturn(stmt)) return [stmt];
    return mapBlock([stmt], (inner) => (inner.kind === "return" ? f(inner) : inner));
  });
}

function hasReturn(stmt: Stmt): boolean {
  return stmt.kind !== "closure" && someStmt(withoutClosures([stmt]), (s) => s.kind === "return");
}

function withoutClosures(block: Block): Block {
  return mapBlock(block, (stmt) => (stmt.kind === "closure" ? [] : stmt));
}
