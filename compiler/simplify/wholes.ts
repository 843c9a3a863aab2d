/**
 * What was collected for a tensor is brought to its shape, for as long as nothing is added to it it is a zero without one. Where
 * something surely was, it has the shape.
 */
import { isTensorSum } from "../ir/ask.ts";
import { isElementwise } from "../ir/tensor-elements.ts";
import type { Block, Expr, Stmt } from "../ir/types.ts";
import { assignedVariables, childrenOf, exprsOf, mapStmt, someExpr, someStmt } from "../ir/visit.ts";

export function dropWholes(body: Block): Block {
  const isLeft = someStmt(body, (stmt) => exprsOf(stmt).some(hasWhole));
  if (!isLeft) return body;
  const assigned = assignedVariables(body);
  return inBlock(body, new Set(), (name) => assigned.has(name));
}

const hasWhole = (e: Expr): boolean => someExpr(e, (inner) => inner.kind === "tensorOp" && inner.op === "wholeLike");

/** `whole`: the variables that have their shapes, of which those at the end are left. */
function inBlock(block: Block, whole: Set<string>, changes: (name: string) => boolean): Block {
  return block.flatMap((stmt): Stmt | Block => {
    switch (stmt.kind) {
      case "let": {
        const init = stmt.init === undefined ? undefined : withoutWhole(stmt.init, whole);
        note(stmt.name, init, whole);
        return init === undefined || init === stmt.init ? stmt : { ...stmt, init };
      }
      case "assign": {
        const value = withoutWhole(stmt.value, whole);
        note(stmt.name, value, whole);
        if (value.kind === "var" && value.name === stmt.name) return [];
        return value === stmt.value ? stmt : { ...stmt, value };
      }
      case "if": {
        const [left, right] = [new Set(whole), new Set(whole)];
        const then = inBlock(stmt.then, left, changes);
        const otherwise = inBlock(stmt.else, right, changes);
        keep(whole, (name) => left.has(name) && right.has(name));
        return { ...stmt, then, else: otherwise };
      }
      case "for":
      case "while":
        for (let size = -1; size !== whole.size;) {
          size = whole.size;
          const end = new Set(whole);
          inBlock(stmt.body, end, changes);
          keep(whole, (name) => end.has(name));
        }
        return { ...stmt, body: inBlock(stmt.body, new Set(whole), changes) };
      case "closure": {
        // It is called later on, when others have other values.
        const fixed = new Set([...whole].filter((name) => !changes(name)));
        return mapStmt(stmt, { block: (inner) => inBlock(inner, fixed, changes) });
      }
      case "pop":
        whole.delete(stmt.target);
        return stmt;
      default:
        return stmt;
    }
  });
}

function keep(whole: Set<string>, isKept: (name: string) => boolean): void {
  for (const name of whole) if (!isKept(name)) whole.delete(name);
}

function note(name: string, value: Expr | undefined, whole: Set<string>): void {
  if (value !== undefined && isWhole(value, whole)) whole.add(name);
  else whole.delete(name);
}

function isWhole(e: Expr, whole: ReadonlySet<string>): boolean {
  if (e.kind === "var") return whole.has(e.name);
  if (e.kind === "zerosLike") return isWhole(e.array, whole);
  if (e.kind === "tensorOp" && !isElementwise(e.op)) return true;
  return (e.kind === "tensorOp" || isTensorSum(e)) && childrenOf(e).some((arg) => isWhole(arg, whole));
}

function withoutWhole(e: Expr, whole: ReadonlySet<string>): Expr {
  return e.kind === "tensorOp" && e.op === "wholeLike" && isWhole(e.args[0]!, whole) ? e.args[0]! : e;
}
