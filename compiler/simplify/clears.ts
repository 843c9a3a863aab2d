/**
 * Drops stores into elements of the function's own arrays that nobody reads any more: the clearing of an adjoint
 * whose element is visited once. A store in a counted loop is such a one if the loop goes to another element in
 * each iteration, all of the loop looks at this iteration's element only, and nothing after it looks at the array.
 */
import { isReference } from "../ir/build.ts";
import type { Alloc, Block, Expr, ForStmt, Func, Stmt } from "../ir/types.ts";
import {
  assignedVariables,
  declaredNames,
  freeVariables,
  sameExpr,
  someExpr,
  someStmt,
  walkBlock,
} from "../ir/visit.ts";
import { childrenOf, exprsOf, mapStmt, writtenArray, type StmtOf } from "../ir/visit.ts";
import { addTerms, changesOf, type Changes } from "./changes.ts";

export function dropDeadStores(func: Func): Func {
  const changes = changesOf(func);
  const escaped = escapedMemory(changes, func);
  const visit = (block: Block, around: Around | undefined): Block => {
    let changed = false;
    const out: Stmt[] = [];
    for (const [i, stmt] of block.entries()) {
      const rest = { block, after: i, around };
      if (stmt.kind === "store" && isOwn(changes, stmt, escaped) && isDead(changes, stmt, rest)) {
        changed = true;
        continue;
      }
      const next = mapStmt(stmt, { block: (inner) => visit(inner, { ...rest, owner: stmt }) });
      changed ||= next !== stmt;
      out.push(next);
    }
    return changed ? out : block;
  };
  const body = visit(func.body, undefined);
  return body === func.body ? func : { ...func, body };
}

/** Memory whose references are put elsewhere: returned, handed over, stored, known under another name. */
function escapedMemory(changes: Changes, func: Func): ReadonlySet<number> {
  const escaped = new Set<number>();
  const visit = (e: Expr): void => {
    const looksOnly =
      e.kind === "index" || e.kind === "length" || e.kind === "copy" || e.kind === "deepCopy" || e.kind === "zerosLike";
    if (isReference(e.type) && e.kind === "var") escaped.add(changes.aliasing.classOf(e));
    for (const child of childrenOf(e)) if (!(looksOnly && child === e.array && child.kind === "var")) visit(child);
  };
  walkBlock(func.body, (stmt) => {
    const written = writtenArray(stmt);
    for (const expr of exprsOf(stmt)) if (expr !== written || expr.kind !== "var") visit(expr);
  });
  return escaped;
}

/** Whether a number is stored into an array that only this function knows. */
function isOwn(changes: Changes, { array, value }: StmtOf<"store">, escaped: ReadonlySet<number>): boolean {
  if (isReference(value.type) || (array.type.kind !== "typed" && array.type.kind !== "list")) return false;
  return !escaped.has(changes.aliasing.classOf(array));
}

/** A place in a block, and where the block stands. */
interface Rest {
  readonly block: Block;
  readonly after: number;
  readonly around: Around | undefined;
}

interface Around extends Rest {
  /** The statement that the block is part of. */
  readonly owner: Stmt;
}

function isDead(changes: Changes, store: StmtOf<"store">, start: Rest): boolean {
  if (store.array.kind !== "var" || (store.array.type.kind !== "typed" && store.array.type.kind !== "list"))
    return false;
  const { name } = store.array;
  const memory = changes.aliasing.classOf(store.array);
  const looksAt = (stmt: Stmt): boolean => someStmt([stmt], (s) => usesOf(changes, s, memory).length > 0);
  // Outwards through the blocks, until the array's own declaration.
  let wasInLoop = false;
  let at = start;
  for (;;) {
    if (at.block.slice(at.after + 1).some(looksAt)) return false;
    const declared = at.block.findIndex((stmt) => stmt.kind === "let" && stmt.name === name);
    const declaration = at.block[declared];
    if (declaration?.kind === "let") {
      const captures = (s: Stmt): boolean => s.kind === "closure" && looksAt(s);
      return (
        declaration.init !== undefined && isFresh(declaration.init) && !someStmt(at.block.slice(declared), captures)
      );
    }
    if (at.around === undefined) return false;
    const { owner } = at.around;
    if (owner.kind === "for") {
      // Only the innermost loop is known to go to another element each time.
      if (wasInLoop || !visitsEachOnce(changes, store, owner, memory)) return false;
      wasInLoop = true;
    } else if (owner.kind !== "if") return false;
    at = at.around;
  }
}

/** Whether each iteration has an element of its own, and looks at no other. */
function visitsEachOnce(changes: Changes, store: StmtOf<"store">, loop: ForStmt, memory: number): boolean {
  const terms = new Map<string, number>();
  addTerms(store.index, 1, terms);
  const counter = JSON.stringify({ kind: "var", name: loop.name, type: { kind: "int" } });
  const others = [...terms].filter(([term]) => term !== "" && term !== counter);
  const inside = new Set([...declaredNames(loop.body), ...assignedVariables(loop.body)]);
  if (terms.get(counter) !== 1 || others.some(([term]) => !isUnchanging(JSON.parse(term) as Expr, loop, inside)))
    return false;
  let only = true;
  someStmt(loop.body, (stmt) => {
    for (const use of usesOf(changes, stmt, memory)) {
      if (use.index === undefined || !sameExpr(use.array, store.array) || !sameExpr(use.index, store.index))
        only = false;
    }
    return !only;
  });
  return only;
}

function isUnchanging(expr: Expr, loop: ForStmt, inside: ReadonlySet<string>): boolean {
  if (someExpr(expr, (e) => e.kind === "index")) return false;
  const names = freeVariables(expr);
  return !names.has(loop.name) && ![...names].some((name) => inside.has(name));
}

/** How a statement itself uses the arrays of a class: at an index, or in another way. */
function usesOf(changes: Changes, stmt: Stmt, memory: number): { array: Expr; index: Expr | undefined }[] {
  const found: { array: Expr; index: Expr | undefined }[] = [];
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

function isFresh(init: Expr): init is Alloc {
  return ["zeros", "zerosLike", "items", "copy", "deepCopy", "holes"].includes(init.kind);
}
