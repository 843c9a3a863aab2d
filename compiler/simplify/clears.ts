/**
 * Drops stores into elements of the function's own arrays that nobody reads any more: the clearing of an adjoint
 * whose element is visited once. A store in a counted loop is such a one if the loop goes to another element in
 * each iteration, looks at no element that it has left behind, and nothing after it looks at the array.
 */
import { makesMemory } from "../ir/ask.ts";
import { intType, isReference, variable } from "../ir/build.ts";
import type { Block, Expr, ForStmt, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, declaredNames, freeVariables, sameExpr, someExpr, someStmt } from "../ir/visit.ts";
import { mapStmt, type StmtOf } from "../ir/visit.ts";
import { addTerms, changesOf, escapedMemory, isAnother, offsetBetween, type Changes } from "./changes.ts";
import { usesOf, type Use } from "./uses.ts";

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
  if (store.array.kind !== "var") return false;
  const { name } = store.array;
  const memory = changes.aliasing.classOf(store.array);
  // Outwards through the blocks, until the array's own declaration.
  let loop: ForStmt | undefined;
  let at = start;
  // From where the index means another element than it did, no index tells that it is another one.
  let isMoved = false;
  for (;;) {
    const looksAtIt = (stmt: Stmt): boolean =>
      usesOf(changes, stmt, memory).some(
        (use) => !(loop === undefined ? !isMoved && isElsewhere(use, store) : isBelow(use, store, loop)),
      );
    for (const stmt of at.block.slice(at.after + 1)) {
      isMoved ||= changes.changed(stmt, store.index);
      if (someStmt([stmt], looksAtIt)) return false;
    }
    const declared = at.block.findIndex((stmt) => stmt.kind === "let" && stmt.name === name);
    const declaration = at.block[declared];
    if (declaration?.kind === "let") {
      const captures = (s: Stmt): boolean => s.kind === "closure" && someStmt([s], looksAtIt);
      return (
        declaration.init !== undefined && makesMemory(declaration.init) && !someStmt(at.block.slice(declared), captures)
      );
    }
    if (at.around === undefined) return false;
    const { owner } = at.around;
    if (owner.kind === "for") {
      // Only the innermost loop is known to go to another element each time.
      if (loop !== undefined || !leavesBehind(changes, store, owner, memory)) return false;
      loop = owner;
    } else if (owner.kind !== "if") return false;
    at = at.around;
  }
}

/** Whether each iteration stores into an element of its own, which no later iteration looks at. */
function leavesBehind(changes: Changes, store: StmtOf<"store">, loop: ForStmt, memory: number): boolean {
  const terms = new Map<string, number>();
  addTerms(store.index, 1, terms);
  const counter = JSON.stringify(variable(loop.name, intType));
  const others = [...terms.keys()].filter((term) => term !== "" && term !== counter);
  const inside = new Set([...declaredNames(loop.body), ...assignedVariables(loop.body)]);
  if (terms.get(counter) !== 1 || others.some((term) => !isUnchanging(JSON.parse(term) as Expr, loop, inside)))
    return false;
  return !someStmt(loop.body, (stmt) =>
    usesOf(changes, stmt, memory).some(({ array, index }) => {
      if (index === undefined || !sameExpr(array, store.array)) return true;
      const ahead = offsetBetween(store.index, index);
      return ahead === undefined || ahead * loop.step < 0;
    }),
  );
}

/** In the same iteration: whether the use is of another element. */
function isElsewhere({ array, index }: Use, store: StmtOf<"store">): boolean {
  return index !== undefined && isAnother({ array, index }, store);
}

/** After the loop: whether the use is of an element in front of all that the loop went to. */
function isBelow({ array, index }: Use, store: StmtOf<"store">, loop: ForStmt): boolean {
  const first = loop.step > 0 ? loop.start : loop.bound;
  const offset = offsetBetween(variable(loop.name, intType), store.index);
  if (index?.kind !== "literal" || first.kind !== "literal" || offset === undefined) return false;
  if (!sameExpr(array, store.array)) return false;
  const lowest = Number(first.value) + (loop.compare === "gt" ? 1 : 0) + offset;
  return Number(index.value) < lowest;
}

function isUnchanging(expr: Expr, loop: ForStmt, inside: ReadonlySet<string>): boolean {
  if (someExpr(expr, (e) => e.kind === "index" || (e.kind === "length" && e.array.type.kind !== "typed"))) return false;
  const names = freeVariables(expr);
  return !names.has(loop.name) && ![...names].some((name) => inside.has(name));
}
