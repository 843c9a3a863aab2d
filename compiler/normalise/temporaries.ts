/**
 * Names the results that derivatives are told in terms of (`exp`, `tanh`, a quotient), so that the reverse
 * sweep uses them instead of computing them again; and turns a choice between such expensive values into a
 * real branch, so that the side that is not taken is never evaluated.
 */
import { assign, variable, placeOf } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { isSmooth } from "../ir/ops.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { exprsOf, mapChildren, mapStmt, someExpr } from "../ir/visit.ts";

/** Whether the derivative of an operation towards its active operands is told in terms of its result. */
export type NeedsResult = (expr: Extract<Expr, { kind: "op" }>) => boolean;

export function nameResults(func: Func, needsResult: NeedsResult): Func {
  const names = namesApartFrom(namesOf(func));
  return { ...func, body: inBlock(func.body, { names, needsResult }) };
}

interface Context {
  readonly names: Names;
  readonly needsResult: NeedsResult;
}

function inBlock(block: Block, context: Context): Block {
  return block.flatMap((stmt) => inStmt(stmt, context));
}

function inStmt(stmt: Stmt, context: Context): Block {
  switch (stmt.kind) {
    case "closure":
      return [stmt];
    case "while":
      // The test is evaluated again and again: nothing can be named before the loop.
      return [{ ...stmt, body: inBlock(stmt.body, context) }];
    case "let": {
      if (stmt.init === undefined) return [stmt];
      const before: Stmt[] = [];
      const init = choose(stmt, stmt.init, before, context);
      if (init === undefined) return before;
      const named: Stmt = { ...stmt, init: nameInside(init, before, stmt, context, !stmt.mutable) };
      return [...before, named];
    }
    default: {
      if (!exprsOf(stmt).some((e) => needsWork(e, context))) {
        return [mapStmt(stmt, { block: (inner) => inBlock(inner, context) })];
      }
      const before: Stmt[] = [];
      const after = mapStmt(stmt, {
        expr: (e) => nameInside(e, before, stmt, context, false),
        block: (inner) => inBlock(inner, context),
      });
      return [...before, after];
    }
  }
}

function needsWork(expr: Expr, context: Context): boolean {
  return someExpr(expr, (e) => isResult(e, context));
}

function isResult(expr: Expr, context: Context): boolean {
  return expr.kind === "op" && isSmooth(expr.op) && context.needsResult(expr);
}

/** `const y = c ? exp(a) : b` is `let y; if (c) y = exp(a); else y = b`; undefined when that was written to `before`. */
function choose(stmt: Extract<Stmt, { kind: "let" }>, init: Expr, before: Stmt[], context: Context): Expr | undefined {
  if (init.kind !== "select" || !(needsWork(init.yes, context) || needsWork(init.no, context))) return init;
  const declaration: Stmt = { ...placeOf(stmt), kind: "let", name: stmt.name, type: stmt.type, mutable: true };
  before.push(declaration, ...inStmt(branchesOf(stmt, stmt.name, init), context));
  return undefined;
}

function branchesOf(stmt: Stmt, name: string, expr: Extract<Expr, { kind: "select" }>): Stmt {
  const side = (value: Expr): Block =>
    value.kind === "select" ? [branchesOf(stmt, name, value)] : [{ ...placeOf(stmt), ...assign(name, value) }];
  return { kind: "if", test: expr.test, then: side(expr.yes), else: side(expr.no) };
}

/** Replaces results inside an expression by names; the expression itself stays if it is the whole of a constant. */
function nameInside(expr: Expr, before: Stmt[], stmt: Stmt, context: Context, root: boolean): Expr {
  if (!needsWork(expr, context)) return expr;
  switch (expr.kind) {
    case "select": {
      if (!needsWork(expr.yes, context) && !needsWork(expr.no, context)) {
        return { ...expr, test: nameInside(expr.test, before, stmt, context, false) };
      }
      const name = context.names.fresh("chosen");
      before.push(
        { kind: "let", name, type: expr.type, mutable: true },
        ...inStmt(branchesOf(stmt, name, expr), context),
      );
      return variable(name, expr.type);
    }
    case "logic":
      return { ...expr, left: nameInside(expr.left, before, stmt, context, false) };
    case "nullish":
      return { ...expr, left: nameInside(expr.left, before, stmt, context, false) };
    case "op": {
      const inner = mapChildren(expr, (child) => nameInside(child, before, stmt, context, false));
      if (root || !isResult(expr, context)) return inner;
      const name = context.names.fresh(nameOfResult(expr.op));
      before.push({ ...placeOf(stmt), kind: "let", name, type: expr.type, mutable: false, init: inner });
      return variable(name, expr.type);
    }
    default:
      return mapChildren(expr, (child) => nameInside(child, before, stmt, context, false));
  }
}

function nameOfResult(op: string): string {
  const names: Record<string, string> = {
    div: "quotient",
    pow: "power",
    sqrt: "root",
    exp: "exponential",
    cbrt: "cubeRoot",
  };
  return names[op] ?? `${op}Value`;
}
