/** What statements may change: asked by the passes that move, merge or share what expressions give. */
import { analyseAliases, type Aliasing } from "../analyse/alias.ts";
import { contentsKey, contentsKeys, readsOf, readsOfExpr, writesOf, type Key } from "../analyse/effects.ts";
import { isReference } from "../ir/build.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import {
  childrenOf,
  declaredNames,
  exprsOf,
  sameExpr,
  someExpr,
  someStmt,
  walkBlock,
  writtenArray,
} from "../ir/visit.ts";
import { tapeMemory } from "./tape-memory.ts";

/** An element of an array, by expressions that give the same wherever it is compared. */
export interface Place {
  readonly array: Expr;
  readonly index: Expr;
}

export interface Changes {
  readonly aliasing: Aliasing;
  /** Whether running the statement may change what the expression gives. */
  changed(by: Stmt, expr: Expr): boolean;
  /** Whether running any of the block, over and over, may change what the expression gives. */
  changedIn(block: Block, expr: Expr): boolean;
  /** Whether the statement, or one in it, may read or write the place. */
  touches(stmt: Stmt, place: Place): boolean;
}

export function changesOf(func: Func): Changes {
  const aliasing = analyseAliases(func);
  const withOthers = tapeMemory(func, aliasing);
  const meaning = (key: Key): ReadonlySet<Key> => withOthers?.(new Set([key])) ?? new Set([key]);
  const known = new WeakMap<Stmt, ReadonlySet<Key>>();
  const readKeys = new WeakMap<Expr, ReadonlySet<Key>>();
  /** Undefined stands for everything: a closure may change what it captures. */
  const written = (stmt: Stmt): ReadonlySet<Key> => {
    let keys = known.get(stmt);
    if (keys === undefined) {
      const all = writesOf(aliasing, [stmt]);
      for (const name of declaredNames([stmt])) all.add(name);
      if (someStmt([stmt], (s) => s.kind === "apply" || s.kind === "closure")) all.add(everything);
      known.set(stmt, (keys = withOthers?.(all) ?? all));
    }
    return keys;
  };
  const read = (expr: Expr): ReadonlySet<Key> => {
    let keys = readKeys.get(expr);
    if (keys === undefined) readKeys.set(expr, (keys = readsOfExpr(aliasing, expr)));
    return keys;
  };
  const meets = (stmt: Stmt, keys: ReadonlySet<Key>): boolean => {
    const all = written(stmt);
    if (all.has(everything)) return true;
    for (const key of all) if (keys.has(key)) return true;
    return false;
  };
  const changed = (by: Stmt, expr: Expr): boolean => {
    if (!meets(by, read(expr))) return false;
    if ((by.kind !== "store" && by.kind !== "accumulate") || by.array.type.kind !== "typed") return true;
    // One element was written: every element that is read may be known to be another.
    const memory = meaning(contentsKey(aliasing, by.array, by.index));
    return someExpr(expr, (e) =>
      e.kind === "index" && isReference(e.array.type)
        ? memory.has(contentsKey(aliasing, e.array, e.index)) && !isAnother(e, by)
        : copies(e, memory, aliasing),
    );
  };
  return {
    aliasing,
    changed,
    changedIn: (block, expr) => block.some((stmt) => meets(stmt, read(expr))),
    touches: (stmt, place) => {
      const memory = meaning(contentsKey(aliasing, place.array, place.index));
      if (written(stmt).has(everything)) return true;
      const isHere = (array: Expr, index: Expr): boolean =>
        memory.has(contentsKey(aliasing, array, index)) && !isAnother({ array, index }, place);
      switch (stmt.kind) {
        case "let":
        case "assign":
        case "store":
        case "accumulate":
        case "push":
          if ((stmt.kind === "store" || stmt.kind === "accumulate") && isHere(stmt.array, stmt.index)) return true;
          return exprsOf(stmt).some((expr) =>
            someExpr(expr, (e) =>
              e.kind === "index" ? isReference(e.array.type) && isHere(e.array, e.index) : copies(e, memory, aliasing),
            ),
          );
        default:
          return meets(stmt, memory) || [...readsOf(aliasing, [stmt])].some((key) => memory.has(key));
      }
    },
  };
}

const everything: Key = "everything";

function copies(e: Expr, memory: ReadonlySet<Key>, aliasing: Aliasing): boolean {
  return (e.kind === "copy" || e.kind === "deepCopy") && isReference(e.array.type)
    ? contentsKeys(aliasing, e.array).some((key) => memory.has(key))
    : e.kind === "tuple" || e.kind === "tensor";
}

/** Whether two places of one array are surely not the same: their indices differ by a whole number. */
export function isAnother(a: Place, b: Place): boolean {
  if (!sameExpr(a.array, b.array)) return false;
  const offset = offsetBetween(a.index, b.index);
  return offset !== undefined && offset !== 0;
}

/** By which whole number the second index is greater, where that is the same whatever their variables are. */
export function offsetBetween(a: Expr, b: Expr): number | undefined {
  const difference = new Map<string, number>();
  addTerms(b, 1, difference);
  addTerms(a, -1, difference);
  const offset = difference.get("") ?? 0;
  const isFixed = [...difference].every(([term, coefficient]) => term === "" || coefficient === 0);
  return isFixed && Number.isInteger(offset) ? offset : undefined;
}

/** A sum by its terms, each with how often it occurs; the number in it is the term "". */
export function addTerms(expr: Expr, sign: number, into: Map<string, number>): void {
  const add = (term: string, value: number): void => void into.set(term, (into.get(term) ?? 0) + value);
  if (expr.kind === "literal" && typeof expr.value === "number") add("", sign * expr.value);
  else if (expr.kind === "op" && (expr.op === "add" || expr.op === "sub")) {
    addTerms(expr.args[0]!, sign, into);
    addTerms(expr.args[1]!, expr.op === "add" ? sign : -sign, into);
  } else add(JSON.stringify(expr), sign);
}

/** Memory whose references are put elsewhere: returned, handed over, stored, known under another name. */
export function escapedMemory(changes: Changes, func: Func): ReadonlySet<number> {
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
