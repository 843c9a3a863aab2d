/**
 * Stores that give an element of a new array its first value, as in the loop that `map` is: what was there before is
 * the zero or the hole that the array was made with, which nobody reads, and the array does not grow by it. Neither has
 * to be taken back.
 *
 * The array is made in the same block as the loop, and nothing mentions it before the loop or in it but the store
 * itself. So nothing else can be that memory, whatever else shares its class.
 */
import { intType, variable } from "../ir/build.ts";
import type { Block, Expr, ForStmt, Stmt } from "../ir/types.ts";
import { assignedVariables, freeVariables, referencedNames, sameExpr, walkBlock } from "../ir/visit.ts";

/** `classOf` gives the memory class of an array. */
export function firstStores(body: Block, classOf: (array: Expr) => number): ReadonlySet<Stmt> {
  const found = new Set<Stmt>();
  const visit = (block: Block): void => {
    for (const [i, stmt] of block.entries()) {
      const length = newLength(stmt);
      if (stmt.kind !== "let" || length === undefined) continue;
      for (const store of literalStores(stmt.name, length, block.slice(i + 1))) found.add(store);
      const j = block.findIndex((later, k) => k > i && referencedNames([later]).has(stmt.name));
      const loop = block[j];
      if (loop?.kind !== "for" || loop.start.kind !== "literal" || loop.compare !== "lt" || loop.step < 1) continue;
      const store = onlyStore(loop, stmt.name);
      if (store !== undefined && staysInside(stmt.name, length, loop, block.slice(i + 1, j + 1), found, classOf))
        found.add(store);
    }
  };
  // Inner blocks first: what they fill does not make anything else longer.
  const inside = (block: Block): void => {
    for (const stmt of block) for (const inner of innerBlocks(stmt)) inside(inner);
    visit(block);
  };
  inside(body);
  return found;
}

function innerBlocks(stmt: Stmt): readonly Block[] {
  if (stmt.kind === "if") return [stmt.then, stmt.else];
  return stmt.kind === "for" || stmt.kind === "while" || stmt.kind === "block" ? [stmt.body] : [];
}

function newLength(stmt: Stmt): Expr | undefined {
  const init = stmt.kind === "let" ? stmt.init : undefined;
  return init?.kind === "zeros" || init?.kind === "holes" ? init.length : undefined;
}

/** The stores behind `new Array(2)` at different literal places inside of it, up to where it is used otherwise. */
function literalStores(array: string, length: Expr, rest: Block): Stmt[] {
  const stores: Stmt[] = [];
  const places = new Set<number>();
  const isPlace = (value: unknown): value is number =>
    length.kind === "literal" && Number.isInteger(value) && Number(value) >= 0 && Number(value) < Number(length.value);
  for (const stmt of rest) {
    if (!referencedNames([stmt]).has(array)) continue;
    if (stmt.kind !== "store" || stmt.index.kind !== "literal" || !isStoreInto(stmt, array, stmt.index)) break;
    const place = stmt.index.value;
    if (!isPlace(place) || places.has(place)) break;
    places.add(place);
    stores.push(stmt);
  }
  return stores;
}

/** The store `array[k] = …` that an iteration makes at most once, where the loop mentions the array nowhere else. */
function onlyStore(loop: ForStmt, array: string): Stmt | undefined {
  const stores: Stmt[] = [];
  let isElsewhere = freeVariables(loop.bound).has(array) && !isLengthOf(loop.bound, array);
  const look = (block: Block): void => {
    for (const stmt of block) {
      if (!referencedNames([stmt]).has(array)) continue;
      if (stmt.kind === "if" && !freeVariables(stmt.test).has(array)) {
        look(stmt.then);
        look(stmt.else);
      } else if (isStoreInto(stmt, array, variable(loop.name, intType))) stores.push(stmt);
      else isElsewhere = true;
    }
  };
  look(loop.body);
  return isElsewhere || stores.length !== 1 ? undefined : stores[0];
}

function isStoreInto(stmt: Stmt, array: string, index: Expr): boolean {
  return (
    stmt.kind === "store" &&
    stmt.array.kind === "var" &&
    stmt.array.name === array &&
    sameExpr(stmt.index, index) &&
    !freeVariables(stmt.value).has(array)
  );
}

const isLengthOf = (expr: Expr, array: string): boolean =>
  expr.kind === "length" && expr.array.kind === "var" && expr.array.name === array;

/** Whether the loop stops before the end of the array: its bound is the length that the array was made with. */
function staysInside(
  array: string,
  length: Expr,
  loop: ForStmt,
  between: Block,
  known: ReadonlySet<Stmt>,
  classOf: (array: Expr) => number,
): boolean {
  if (isLengthOf(loop.bound, array)) return true;
  const bound = valueOf(loop.bound, between);
  if (!sameExpr(bound, length)) return false;
  const changed = assignedVariables(between);
  if ([...freeVariables(bound)].some((name) => changed.has(name))) return false;
  if (bound.kind === "literal" || bound.kind === "var") return true;
  if (bound.kind !== "length" || bound.array.kind !== "var") return false;
  const memory = classOf(bound.array);
  let mayChange = false;
  walkBlock(between, (stmt) => {
    if (stmt.kind === "call" || stmt.kind === "apply") mayChange = true;
    const resized =
      stmt.kind === "append" || stmt.kind === "shrink" || (stmt.kind === "store" && !known.has(stmt))
        ? stmt.array
        : undefined;
    const isOwn = resized?.kind === "var" && resized.name === array;
    if (resized !== undefined && !isOwn && classOf(resized) === memory) mayChange = true;
  });
  return !mayChange;
}

/** What a constant that is declared on the way stands for. */
function valueOf(expr: Expr, block: Block): Expr {
  const declared = block.find((stmt) => stmt.kind === "let" && expr.kind === "var" && stmt.name === expr.name);
  return declared?.kind === "let" && !declared.mutable && declared.init !== undefined ? declared.init : expr;
}
