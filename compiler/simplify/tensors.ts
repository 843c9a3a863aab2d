/**
 * Operations on tensors that derivatives are written with to be right for all shapes, and that the shapes at hand make
 * needless; the same operation on the same operands twice; and what is collected in steps where one would do.
 */
import { inShapes } from "./tensor-shapes.ts";
import { dropWholes } from "./wholes.ts";
import { isTensorSum } from "../ir/ask.ts";
import { aimOf, op, tensorType, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import {
  assignedVariables,
  type ExprOf,
  exprsOf,
  freeVariables,
  mapBlock,
  mapBlockExprs,
  mapExpr,
  mapStmt,
  someStmt,
  walkBlock,
} from "../ir/visit.ts";

/** `isMade`: whether a transform made the variable. */
export function simplifyTensors(func: Func, isMade: (name: string) => boolean): Func {
  if (!hasTensors(func.body)) return func;
  const names = namesApartFrom(namesOf(func));
  const assigned = assignedVariables(func.body);
  const isFixed = (name: string): boolean => !assigned.has(name);
  const sized = inShapes(dropWholes(func.body), isFixed);
  const shared = sharedIn(sized, isFixed, new Map());
  return { ...func, body: collected(withoutOtherNames(shared, isFixed, isMade), names) };
}

function hasTensors(block: Block): boolean {
  return someStmt(block, (stmt) => stmt.kind === "let" && stmt.type.kind === "tensor");
}

// ---------------------------------------------------------------------------------------------
// Common operations
// ---------------------------------------------------------------------------------------------

/** An operation on constants that has been done before, here or in a block around, is not done again. */
function sharedIn(
  block: Block,
  isFixed: (name: string) => boolean,
  known: ReadonlyMap<string, string>,
  names: ReadonlyMap<string, string> = new Map(),
): Block {
  const here = new Map(known);
  /** The first name of each tensor that has several. */
  const firsts = new Map(names);
  return block.map((stmt): Stmt => {
    if (stmt.kind !== "let" || stmt.init?.kind !== "tensorOp" || stmt.type.kind !== "tensor" || stmt.mutable) {
      if (
        stmt.kind === "let" &&
        !stmt.mutable &&
        stmt.type.kind === "tensor" &&
        stmt.init?.kind === "var" &&
        isFixed(stmt.init.name)
      )
        firsts.set(stmt.name, firsts.get(stmt.init.name) ?? stmt.init.name);
      return mapStmt(stmt, { block: (inner) => sharedIn(inner, isFixed, here, firsts) });
    }
    const { init } = stmt;
    if (
      ![...freeVariables(init)].every(isFixed) ||
      init.args.some((arg) => arg.type.kind === "list" && arg.kind === "var")
    )
      return stmt;
    const named = mapExpr(init, (e) =>
      e.kind === "var" && firsts.has(e.name) ? { ...e, name: firsts.get(e.name)! } : e,
    );
    const key = JSON.stringify(named.kind === "tensorOp" ? [named.op, named.args] : named);
    const first = here.get(key);
    if (first !== undefined) {
      firsts.set(stmt.name, first);
      return { ...stmt, init: variable(first, tensorType) };
    }
    here.set(key, stmt.name);
    return stmt;
  });
}

/** Other names of constants, of which the source has none, go. */
function withoutOtherNames(block: Block, isFixed: (name: string) => boolean, isMade: (name: string) => boolean): Block {
  const firsts = new Map<string, Expr>();
  walkBlock(block, (stmt) => {
    if (stmt.kind !== "let" || stmt.mutable || stmt.type.kind !== "tensor" || stmt.init?.kind !== "var") return;
    if (!isFixed(stmt.init.name) || stmt.init.type.kind !== "tensor" || !(stmt.held === true || isMade(stmt.name)))
      return;
    firsts.set(stmt.name, firsts.get(stmt.init.name) ?? stmt.init);
  });
  if (firsts.size === 0) return block;
  const rest = mapBlock(block, (stmt) => (stmt.kind === "let" && firsts.has(stmt.name) ? [] : stmt));
  return mapBlockExprs(rest, (e) => (e.kind === "var" ? (firsts.get(e.name) ?? e) : e));
}

// ---------------------------------------------------------------------------------------------
// Collecting
// ---------------------------------------------------------------------------------------------

/** `let x = a; x = x + b` is `let x = a + b`, and so is an assignment that is added to: where nothing looks at x in between. */
function collected(block: Block, names: Names): Block {
  let out: Block = block.map((stmt) => mapStmt(stmt, { block: (inner) => collected(inner, names) }));
  for (let i = 0; i < out.length; i++) {
    const stmt = out[i]!;
    const begun = beginningOf(stmt);
    if (begun === undefined) continue;
    const at = out.findIndex((later, k) => k > i && mentions(later, begun.name));
    const next = out[at];
    if (next?.kind !== "assign" || next.name !== begun.name || !addsTo(next.value, begun.name)) continue;
    const start = startOf(begun.value, names, out.slice(i + 1, at));
    if (start === undefined) continue;
    const more = (next.value as ExprOf<"op">).args[1]!;
    const value = isNothing(start.value) ? more : op("add", [start.value, more], tensorType);
    const joined: Stmt = stmt.kind === "let" ? { ...stmt, ...aimOf(next), init: value } : { ...next, value };
    out = [...out.slice(0, i), ...start.before, ...out.slice(i + 1, at), joined, ...out.slice(at + 1)];
    i--;
  }
  return out;
}

function beginningOf(stmt: Stmt): { readonly name: string; readonly value: Expr } | undefined {
  if (stmt.kind === "let" && stmt.mutable && stmt.type.kind === "tensor" && stmt.init !== undefined)
    return { name: stmt.name, value: stmt.init };
  if (stmt.kind === "assign" && stmt.value.type.kind === "tensor" && !addsTo(stmt.value, stmt.name))
    return { name: stmt.name, value: stmt.value };
  return undefined;
}

/** The value as an operand of a later statement, if nothing in between changes it. */
function startOf(
  value: Expr,
  names: Names,
  between: Block,
): { readonly before: readonly Stmt[]; readonly value: Expr } | undefined {
  if (isNothing(value)) return { before: [], value };
  if (value.kind === "var" && !assignedVariables(between).has(value.name)) return { before: [], value };
  const name = names.fresh("part");
  return {
    before: [{ kind: "let", name, type: tensorType, mutable: false, init: value }],
    value: variable(name, tensorType),
  };
}

function isNothing(value: Expr): boolean {
  return (value.kind === "literal" && value.value === 0) || value.kind === "zerosLike";
}

function addsTo(value: Expr, name: string): boolean {
  if (!isTensorSum(value) || value.kind !== "op") return false;
  const [left, right] = value.args;
  return left?.kind === "var" && left.name === name && !freeVariables(right!).has(name);
}

function mentions(stmt: Stmt, name: string): boolean {
  let found = false;
  walkBlock([stmt], (each) => {
    found ||= (each.kind === "assign" && each.name === name) || exprsOf(each).some((e) => freeVariables(e).has(name));
  });
  return found;
}
