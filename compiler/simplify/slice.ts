/**
 * Keeps what the results need, and the function's effects: throws, `console`, writes into memory of the
 * caller. What only served a value that nobody asked for goes, whole loops and tapes with it.
 */
import { sourceOf, variable } from "../ir/build.ts";
import { keeperMethod } from "../ir/keepers.ts";
import { copyTogether } from "../ir/runtime.ts";
import type { Block, Expr, Func, Origin, Pattern, Stmt } from "../ir/types.ts";
import { exprsOf, implicitReads, mapStmt, patternVariables, someStmt } from "../ir/visit.ts";
import { isMemory } from "../analyse/callees.ts";
import { analyseAliases, type Aliasing } from "../analyse/alias.ts";
import { type Key, reachableKeys, readsOfExpr, writesOfStmt } from "../analyse/effects.ts";

export function slice(func: Func): Func {
  const aliasing = analyseAliases(func);
  const live = new Set<Key>();
  for (const param of func.params) {
    if (isMemory(param.type))
      for (const key of reachableKeys(aliasing, variable(param.name, param.type))) live.add(key);
    // The other half of a split function takes off what this one puts on a tape that it was handed.
    if (param.type.kind === "tape") live.add(param.name);
  }
  for (let size = -1; size !== live.size;) {
    size = live.size;
    markBlock(aliasing, func.body, live);
  }
  return { ...func, body: keep(aliasing, func.body, live) };
}

/** Adds what the needed statements of a block read; true if there are any. */
function markBlock(aliasing: Aliasing, block: Block, live: Set<Key>): boolean {
  let any = false;
  for (let i = block.length - 1; i >= 0; i--) any = markStmt(aliasing, block[i]!, live) || any;
  return any;
}

function markStmt(aliasing: Aliasing, stmt: Stmt, live: Set<Key>): boolean {
  switch (stmt.kind) {
    case "comment":
      return false;
    case "if": {
      const then = markBlock(aliasing, stmt.then, live);
      const otherwise = markBlock(aliasing, stmt.else, live);
      if (then || otherwise) readsOfExpr(aliasing, stmt.test, live);
      return then || otherwise;
    }
    case "for":
    case "while": {
      const needed = markBlock(aliasing, stmt.body, live);
      if (needed) {
        for (const expr of exprsOf(stmt)) readsOfExpr(aliasing, expr, live);
        for (const name of implicitReads(stmt)) live.add(name);
      }
      return needed;
    }
    case "closure":
      markBlock(aliasing, stmt.func.body, live);
      return true;
    default:
      if (!isNeeded(aliasing, stmt, live)) return false;
      for (const expr of exprsOf(withoutIdleCopies(stmt, live))) {
        readsOfExpr(aliasing, expr, live);
        if (
          expr.kind === "tensor" ||
          stmt.kind === "return" ||
          stmt.kind === "call" ||
          stmt.kind === "apply" ||
          stmt.kind === "push"
        )
          markReachable(aliasing, expr, live);
      }
      if (stmt.kind === "shrink" && stmt.target !== undefined) markReachable(aliasing, stmt.array, live);
      if (stmt.kind === "set")
        readsOfExpr(aliasing, { kind: "copy", array: stmt.source, type: stmt.source.type }, live);
      for (const name of implicitReads(stmt)) live.add(name);
      return true;
  }
}

/** What leaves the function, or goes into a call, is needed with its contents. */
function markReachable(aliasing: Aliasing, expr: Expr, live: Set<Key>): void {
  if (expr.kind === "tuple") {
    for (const item of expr.items) markReachable(aliasing, item, live);
    return;
  }
  if (expr.kind === "tensor") {
    markReachable(aliasing, expr.data, live);
    return;
  }
  if (expr.kind === "select") {
    markReachable(aliasing, expr.yes, live);
    markReachable(aliasing, expr.no, live);
    return;
  }
  if (!isMemory(expr.type) || !["var", "index", "view"].includes(expr.kind)) return;
  for (const key of reachableKeys(aliasing, expr)) live.add(key);
}

function isNeeded(aliasing: Aliasing, stmt: Stmt, live: ReadonlySet<Key>): boolean {
  switch (stmt.kind) {
    case "let":
      return live.has(stmt.name);
    case "assign":
      return live.has(stmt.name);
    case "push":
      return live.has(stmt.tape);
    case "pop":
      // A tape is taken off as it was put on, or not at all.
      return live.has(stmt.target) || live.has(stmt.tape);
    case "shrink":
      return (
        (stmt.target !== undefined && live.has(stmt.target)) ||
        writesOfStmt(aliasing, stmt).some((key) => live.has(key))
      );
    case "store":
    case "accumulate":
    case "fill":
    case "set":
    case "append":
      return writesOfStmt(aliasing, stmt).some((key) => live.has(key));
    case "comment":
      return false;
    case "call":
      if (keeperMethod(stmt.callee) !== undefined)
        return (
          patternVariables(stmt.target).some(({ name }) => live.has(name)) ||
          writesOfStmt(aliasing, stmt).some((key) => live.has(key))
        );
      return stmt.callee !== copyTogether || patternVariables(stmt.target).some(({ name }) => live.has(name));
    case "apply":
    case "effect":
    case "throw":
    case "return":
    case "closure":
      return true;
    default:
      return true;
  }
}

/** Of things that are copied together, those of which something uses the copy. */
function withoutIdleCopies(stmt: Stmt, live: ReadonlySet<Key>): Stmt {
  if (stmt.kind !== "call" || stmt.callee !== copyTogether || stmt.target.kind !== "tuple") return stmt;
  const { items } = stmt.target;
  const isUsed = (i: number): boolean => patternVariables(items[i]!).some(({ name }) => live.has(name));
  const target: Pattern = { kind: "tuple", items: items.filter((_, i) => isUsed(i)) };
  return { ...stmt, target, args: stmt.args.filter((_, i) => isUsed(i)) };
}

function keep(aliasing: Aliasing, block: Block, live: ReadonlySet<Key>): Block {
  const out: Stmt[] = [];
  for (const stmt of block) {
    switch (stmt.kind) {
      case "if": {
        const then = keep(aliasing, stmt.then, live);
        const otherwise = keep(aliasing, stmt.else, live);
        if (hasStatements(then) || hasStatements(otherwise)) out.push({ ...stmt, then, else: otherwise });
        break;
      }
      case "for":
      case "while": {
        const body = keep(aliasing, stmt.body, live);
        if (hasStatements(body)) out.push({ ...stmt, body });
        break;
      }
      case "closure":
        out.push(mapStmt(stmt, { block: (inner) => keep(aliasing, inner, live) }));
        break;
      case "comment":
        out.push(stmt);
        break;
      default:
        if (isNeeded(aliasing, stmt, live)) out.push(withoutIdleCopies(stmt, live));
    }
  }
  return dropIdleComments(out);
}

function hasStatements(block: Block): boolean {
  return block.some((stmt) => stmt.kind !== "comment");
}

/** A comment that heads nothing goes, and so does one that was left over what it does not speak of. */
function dropIdleComments(block: Stmt[]): Stmt[] {
  return block.filter((stmt, i) => {
    if (stmt.kind !== "comment") return true;
    const end = block.findIndex((later, k) => k > i && later.kind === "comment");
    const under = block.slice(i + 1, end === -1 ? undefined : end);
    if (under.length === 0) return false;
    const { heads } = stmt;
    return heads === undefined || someStmt(under, (each) => heads.some((head) => isSamePlace(head, sourceOf(each))));
  });
}

const isSamePlace = (a: Origin | undefined, b: Origin | undefined): boolean =>
  a?.file === b?.file && a?.start === b?.start && a?.end === b?.end;
