/**
 * Drops copies of what does not change: where the reverse sweep takes nothing back after all, it need not work on a copy of an
 * array that the caller sees.
 */
import { holdsReferences } from "../ir/build.ts";
import type { Expr, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, collectStmts, renameBlock, type StmtOf, walkBlock, writtenArray } from "../ir/visit.ts";
import { changesOf, escapedMemory } from "./changes.ts";

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
  const assigned = assignedVariables(func.body);
  const escaped = escapedMemory(changes, func);
  const written = new Set<string>();
  walkBlock(func.body, (stmt) => {
    const array = writtenArray(stmt);
    if (array?.kind === "var") written.add(array.name);
  });
  /** Only elements and lengths are asked of it, and copies of it made. */
  const isOnlyRead = (copy: Copy): boolean =>
    !written.has(copy.name) && !escaped.has(changes.aliasing.classOfName(copy.name));
  const originals = new Map<string, string>();
  func.body.forEach((stmt, i) => {
    if (!isCopy(stmt)) return;
    const original = stmt.init.array.name;
    const isChanged = assigned.has(original) || changes.changedIn(func.body.slice(i + 1), stmt.init);
    if (!isChanged && isOnlyRead(stmt)) originals.set(stmt.name, original);
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
