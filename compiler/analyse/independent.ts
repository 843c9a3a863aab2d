/**
 * Loops whose iterations do not depend on each other, or only add to sums and to elements. Their reverse
 * iterations can run next to their forward parts, so that nothing is recorded from one to the other.
 * (L. Hascoët, S. Fidanova and C. Held, "Adjoining independent computations", in: Automatic Differentiation of
 * Algorithms, Springer 2002. Tapenade is told by a directive; here it is found.)
 */
import { isReference, variable } from "../ir/build.ts";
import type { Block, Expr, ForStmt, Stmt, Type } from "../ir/types.ts";
import { blocksOf, declaredNames, exprsOf, freeVariables, sameExpr, walkBlock } from "../ir/visit.ts";
import type { Aliasing } from "./alias.ts";
import type { Ranges } from "./ranges.ts";
import { contentsKey, readsOfExpr, writesOfStmt, type Key } from "./effects.ts";

export interface Independence {
  /** What iterations add to or write, outside of the loop; no iteration reads it. */
  readonly outerWrites: ReadonlySet<Key>;
  /** Those whose earlier values are lost by it. */
  readonly overwritten: ReadonlySet<Key>;
  /** Contents of work arrays that each iteration writes before it reads them. */
  readonly privateContents: ReadonlySet<Key>;
  /** Whether no element is overwritten by two iterations, so that the order of iterations is free. */
  readonly anyOrder: boolean;
}

export interface IndependenceInput {
  readonly aliasing: Aliasing;
  /** All variables of the function. */
  readonly types: ReadonlyMap<string, Type>;
  /** The whole body of the function. */
  readonly body: Block;
  readonly ranges: Ranges;
  /** Memory that the caller sees. */
  readonly visible: ReadonlySet<number>;
}

/** Undefined where an iteration may depend on another one. */
export function analyseIndependence(input: IndependenceInput, loop: ForStmt): Independence | undefined {
  const locals = declaredNames(loop.body);
  locals.add(loop.name);
  const localClasses = classesOnlyOf(input, locals);
  const reads = new Set<Key>();
  const outerWrites = new Set<Key>();
  const overwritten = new Set<Key>();
  const stores: Extract<Stmt, { kind: "store" }>[] = [];
  const { aliasing } = input;
  const isLocalMemory = (array: Expr): boolean => localClasses.has(aliasing.classOf(array));

  /** Notes what a statement reads and writes; false where it makes iterations depend on each other. */
  const scan = (stmt: Stmt): boolean => {
    switch (stmt.kind) {
      case "effect":
      case "call":
      case "apply":
      case "closure":
      case "push":
      case "pop":
      case "return":
        return false;
      case "assign": {
        if (locals.has(stmt.name)) break;
        const added = addedTo(stmt.value, (e) => e.kind === "var" && e.name === stmt.name);
        if (added === undefined || isReference(stmt.value.type)) return false;
        readsOfExpr(aliasing, added, reads);
        outerWrites.add(stmt.name);
        overwritten.add(stmt.name);
        return true;
      }
      case "store":
      case "accumulate": {
        if (isLocalMemory(stmt.array)) break;
        if (isReference(stmt.value.type)) return false;
        for (const key of writesOfStmt(aliasing, stmt)) {
          outerWrites.add(key);
          if (!aliasing.isFirst(stmt)) overwritten.add(key);
        }
        for (const name of freeVariables(stmt.array)) reads.add(name);
        readsOfExpr(aliasing, stmt.index, reads);
        const place: Expr = { kind: "index", array: stmt.array, index: stmt.index, type: stmt.value.type };
        const added = stmt.kind === "accumulate" ? stmt.value : addedTo(stmt.value, (e) => sameExpr(e, place));
        if (added === undefined && stmt.kind === "store") stores.push(stmt);
        readsOfExpr(aliasing, added ?? stmt.value, reads);
        return true;
      }
      case "fill":
      case "append":
      case "shrink":
        if (!isLocalMemory(stmt.array)) return false;
        break;
      case "set":
        if (!isLocalMemory(stmt.target)) return false;
        reads.add(contentsKey(aliasing, stmt.source));
        break;
      case "while":
      case "for":
        if (stmt.checkpoint !== undefined) return false;
        break;
      default:
        break;
    }
    for (const expr of exprsOf(stmt)) readsOfExpr(aliasing, expr, reads);
    return blocksOf(stmt).every((block) => block.every(scan));
  };
  if (!loop.body.every(scan)) return undefined;
  readsOfExpr(aliasing, loop.bound, reads);

  const privateContents = new Set<Key>();
  for (const key of outerWrites) {
    if (!reads.has(key)) continue;
    if (!isPrivate(input, loop, key)) return undefined;
    privateContents.add(key);
  }
  for (const key of privateContents) {
    outerWrites.delete(key);
    overwritten.delete(key);
  }
  const anyOrder = stores.every(
    (stmt) =>
      privateContents.has(contentsKey(aliasing, stmt.array, stmt.index)) || isInjective(stmt.index, loop, locals),
  );
  return { outerWrites, overwritten, privateContents, anyOrder };
}

/** e of `place + e`, `place - e` and `e + place`; undefined where e reads the place too or the form is another. */
function addedTo(value: Expr, isPlace: (e: Expr) => boolean): Expr | undefined {
  if (value.kind !== "op" || (value.op !== "add" && value.op !== "sub")) return undefined;
  const [left, right] = value.args;
  if (left === undefined || right === undefined) return undefined;
  if (isPlace(left)) return right;
  return value.op === "add" && isPlace(right) ? left : undefined;
}

/** Memory classes that are reached from none but the given names. */
function classesOnlyOf({ aliasing, types }: IndependenceInput, names: ReadonlySet<string>): Set<number> {
  const inside = new Set<number>();
  const outside = new Set<number>();
  for (const [name, type] of types) {
    if (!isReference(type)) continue;
    for (const memory of aliasing.reach(variable(name, type))) (names.has(name) ? inside : outside).add(memory);
  }
  return new Set([...inside].filter((memory) => !outside.has(memory)));
}

/** The one array whose contents have a key, if there is no other and no list that it could be an element of. */
function soleArray({ aliasing, types }: IndependenceInput, key: Key): { name: string; memory: number } | undefined {
  const arrays = [...types].flatMap(([name, type]) => {
    if (!isReference(type)) return [];
    return aliasing
      .reach(variable(name, type))
      .flatMap((memory) => (key === `contents ${String(memory)}` ? [{ name, memory }] : []));
  });
  const [only, ...others] = arrays;
  if (only === undefined || others.length > 0 || aliasing.classOfName(only.name) !== only.memory) return undefined;
  return only;
}

// ---------------------------------------------------------------------------------------------

/** A work array of the function that nothing outside of the loop looks into, and that each iteration fills first. */
function isPrivate(input: IndependenceInput, loop: ForStmt, key: Key): boolean {
  const { aliasing } = input;
  const only = soleArray(input, key);
  if (only === undefined) return false;
  const { name, memory } = only;
  if (input.visible.has(memory) || aliasing.isDynamic(memory)) return false;
  const declaration = input.body.find((stmt) => stmt.kind === "let" && stmt.name === name);
  if (declaration?.kind !== "let" || declaration.init?.kind !== "zeros") return false;
  return !readOutside(input, loop, key) && filledFirst(input, loop.body, name, key, declaration.init.length);
}

function readOutside({ aliasing, body }: IndependenceInput, loop: ForStmt, key: Key): boolean {
  let found = false;
  const keys = new Set<Key>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "for" && stmt.name === loop.name) return false;
    for (const expr of exprsOf(stmt)) readsOfExpr(aliasing, expr, keys);
    if (stmt.kind === "set") keys.add(contentsKey(aliasing, stmt.source));
    if (stmt.kind === "call" || stmt.kind === "apply") found ||= writesOfStmt(aliasing, stmt).includes(key);
    return true;
  });
  return found || keys.has(key);
}

/** Whether the first statement that touches the array is a loop that writes all of it. */
function filledFirst(input: IndependenceInput, body: Block, name: string, key: Key, length: Expr): boolean {
  const { aliasing } = input;
  const touching = body.filter((stmt) => touches(aliasing, stmt, key));
  for (const stmt of touching) {
    // All uses in one inner loop: each iteration of that one fills the array first.
    if (
      touching.length === 1 &&
      (stmt.kind === "for" || stmt.kind === "while") &&
      filledFirst(input, stmt.body, name, key, length)
    )
      return true;
    if (stmt.kind === "fill") return stmt.array.kind === "var" && stmt.array.name === name;
    if (stmt.kind !== "for" || stmt.exit !== undefined || stmt.step !== 1 || stmt.compare !== "lt") return false;
    if (stmt.start.kind !== "literal" || stmt.start.value !== 0) return false;
    const whole = sameExpr(stmt.bound, length) || input.ranges.isLength(stmt.bound, name);
    const first = stmt.body.find((inner) => touches(aliasing, inner, key));
    if (!whole || first?.kind !== "store" || first.array.kind !== "var" || first.array.name !== name) return false;
    const isAtIndex = first.index.kind === "var" && first.index.name === stmt.name;
    return isAtIndex && !readsOfExpr(aliasing, first.value).has(key);
  }
  return false;
}

/** Contents that a loop from 0 to an array's length overwrites whole, each element before anything of it is read. */
export function filledBy(input: IndependenceInput, loop: ForStmt): Key[] {
  const { aliasing, ranges } = input;
  if (loop.exit !== undefined || loop.step !== 1 || loop.compare !== "lt") return [];
  if (loop.start.kind !== "literal" || loop.start.value !== 0) return [];
  return loop.body.flatMap((stmt): Key[] => {
    if (stmt.kind !== "store" || stmt.array.kind !== "var" || stmt.array.type.kind !== "typed") return [];
    if (stmt.index.kind !== "var" || stmt.index.name !== loop.name || !ranges.isLength(loop.bound, stmt.array.name))
      return [];
    const key = contentsKey(aliasing, stmt.array);
    const first = loop.body.find((inner) => touches(aliasing, inner, key));
    const readsNothing = first === stmt && !readsOfExpr(aliasing, stmt.value).has(key);
    return soleArray(input, key) !== undefined && readsNothing ? [key] : [];
  });
}

function touches(aliasing: Aliasing, stmt: Stmt, key: Key): boolean {
  let found = false;
  walkBlock([stmt], (inner) => {
    if (writesOfStmt(aliasing, inner).includes(key)) found = true;
    for (const expr of exprsOf(inner)) if (readsOfExpr(aliasing, expr).has(key)) found = true;
  });
  return found;
}

// ---------------------------------------------------------------------------------------------

/** Whether an index takes no value in two iterations: i + c, i·k + c, i·k + j with j from 0 below k. */
function isInjective(index: Expr, loop: ForStmt, locals: ReadonlySet<string>): boolean {
  const isFixed = (e: Expr): boolean => [...freeVariables(e)].every((name) => !locals.has(name));
  const isIndex = (e: Expr): boolean => e.kind === "var" && e.name === loop.name;
  const widthOf = (e: Expr): Expr | undefined => {
    if (e.kind !== "op" || e.op !== "mul") return undefined;
    const [a, b] = e.args;
    if (a === undefined || b === undefined) return undefined;
    if (isIndex(a) && isFixed(b)) return b;
    return isIndex(b) && isFixed(a) ? a : undefined;
  };
  if (isIndex(index)) return true;
  const alone = widthOf(index);
  if (alone !== undefined) return isNonZero(alone);
  if (index.kind !== "op" || (index.op !== "add" && index.op !== "sub")) return false;
  const [left, right] = index.args;
  if (left === undefined || right === undefined) return false;
  if (isFixed(right)) return isInjective(left, loop, locals);
  if (index.op === "add" && isFixed(left)) return isInjective(right, loop, locals);
  const width = widthOf(left);
  return index.op === "add" && width !== undefined && staysBelow(right, width, loop.body);
}

function isNonZero(e: Expr): boolean {
  return e.kind === "literal" && e.value !== 0;
}

/** Whether e is a literal or an inner loop's index in [0, width). */
function staysBelow(e: Expr, width: Expr, body: Block): boolean {
  if (e.kind === "literal" && width.kind === "literal")
    return Number(e.value) >= 0 && Number(e.value) < Number(width.value);
  if (e.kind !== "var") return false;
  let found = false;
  walkBlock(body, (stmt) => {
    if (stmt.kind !== "for" || stmt.name !== e.name || stmt.step !== 1 || stmt.compare !== "lt") return;
    if (stmt.start.kind === "literal" && stmt.start.value === 0 && sameExpr(stmt.bound, width)) found = true;
  });
  return found;
}
