/**
 * Drops copies of what does not change: where the reverse sweep takes nothing back after all, it need not work on a copy of an
 * array that the caller sees.
 */
import { holdsReferences, isReference, variable } from "../ir/build.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { childrenOf, collectStmts, exprsOf, renameBlock, type StmtOf, walkBlock, writtenArray } from "../ir/visit.ts";
import { type Changes, changesOf } from "./changes.ts";

/** `isMade`: whether a transform made the variable. */
export function dropIdleCopies(func: Func, isMade: (name: string) => boolean): Func {
  const isCopy = (stmt: Stmt): stmt is Copy =>
    stmt.kind === "let" &&
    !stmt.mutable &&
    isMade(stmt.name) &&
    stmt.init?.kind === "deepCopy" &&
    stmt.init.array.kind === "var" &&
    isFlat(stmt.init);
  // What a closure is called with, and when, is not known here.
  if (!func.body.some(isCopy) || collectStmts(func.body, "closure").length > 0) return func;
  const changes = changesOf(func);
  const assigned = new Set(collectStmts(func.body, "assign").map((stmt) => stmt.name));
  const originals = new Map<string, string>();
  func.body.forEach((stmt, i) => {
    if (!isCopy(stmt)) return;
    const original = stmt.init.array.name;
    const later = func.body.slice(i + 1);
    if (!assigned.has(original) && isOnlyRead(stmt.name, later) && staysAsItIs(changes, stmt.init, later))
      originals.set(stmt.name, original);
  });
  if (originals.size === 0) return func;
  const nameOf = (name: string): string => {
    const original = originals.get(name);
    return original === undefined ? name : nameOf(original);
  };
  const rest = func.body.filter((stmt) => !isCopy(stmt) || !originals.has(stmt.name));
  return { ...func, body: renameBlock(rest, nameOf) };
}

type Copy = StmtOf<"let"> & {
  readonly init: Extract<Expr, { kind: "deepCopy" }> & { readonly array: Extract<Expr, { kind: "var" }> };
};

function isFlat({ type }: Expr): boolean {
  return type.kind === "typed" || (type.kind === "list" && !holdsReferences(type));
}

/** Whether only elements and lengths are asked of an array, and copies of it made. */
function isOnlyRead(name: string, block: Block): boolean {
  let isRead = true;
  const visit = (e: Expr): void => {
    if (e.kind === "var" && e.name === name) isRead = false;
    const looks =
      e.kind === "index" || e.kind === "length" || e.kind === "copy" || e.kind === "deepCopy" || e.kind === "zerosLike";
    for (const child of childrenOf(e)) if (!(looks && child === e.array && child.kind === "var")) visit(child);
  };
  walkBlock(block, (stmt) => {
    const written = writtenArray(stmt);
    if (written?.kind === "var" && written.name === name) isRead = false;
    exprsOf(stmt).forEach(visit);
  });
  return isRead;
}

/** Whether nothing changes what was copied. */
function staysAsItIs(changes: Changes, copy: Copy["init"], later: Block): boolean {
  const { array } = copy;
  return isReference(array.type) && !changes.changedIn(later, { ...copy, array: variable(array.name, array.type) });
}
