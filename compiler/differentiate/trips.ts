/** Trip counts of loops as expressions, and with them how much a tape can hold. */
import { fieldOf, int, intType, isPartOfAbsent, isReference, lengthOrZero, op } from "../ir/build.ts";
import { maybe } from "../ir/presence.ts";
import type { Expr, Stmt, Type } from "../ir/types.ts";
import { mapChildren, mapExpr, someExpr } from "../ir/visit.ts";
import { readsOfExpr, writesOf } from "../analyse/effects.ts";
import type { Aliasing } from "../analyse/alias.ts";
import type { Integers } from "../analyse/integers.ts";

export interface LoopHeader {
  readonly stmt: Extract<Stmt, { kind: "for" | "while" }>;
  /** Whether the bound is known before the loop starts. */
  readonly counted: boolean;
}

type For = Extract<Stmt, { kind: "for" }>;

/** ceil((bound - start) / step), one more where the bound itself is reached; can be negative. */
export function tripCount(stmt: For): Expr {
  const { start, bound, step, compare } = stmt;
  const up = step > 0;
  const distance = up ? minus(bound, start) : minus(start, bound);
  const size = Math.abs(step);
  if (compare === "lt" || compare === "gt")
    return size === 1 ? distance : op("ceil", [op("div", [distance, int(size)], intType)], intType);
  const steps = size === 1 ? distance : op("floor", [op("div", [distance, int(size)], intType)], intType);
  return op("add", [steps, int(1)], intType);
}

function minus(a: Expr, b: Expr): Expr {
  return b.kind === "literal" && b.value === 0 ? a : op("sub", [a, b], intType);
}

/**
 * The greatest number of times that the innermost of the loops runs, evaluated before the outermost one;
 * undefined if it is not known there. The bound of an inner loop that depends on an outer index (`j < i`)
 * is taken at that index's greatest value.
 */
export function tripProduct(
  context: TripContext,
  loops: readonly LoopHeader[],
  top: Stmt | undefined,
): Expr | undefined {
  if (loops.length === 0 || top === undefined) return int(1);
  const written = writesOf(context.aliasing, [top]);
  const factors: Expr[] = [];
  const outer: For[] = [];
  for (const { stmt, counted } of loops) {
    if (!counted || stmt.kind !== "for") return undefined;
    const bounded = boundedBy(stmt, outer);
    const resolved = bounded && resolve(context, bounded, 8);
    if (resolved === undefined) return undefined;
    if ([...readsOfExpr(context.aliasing, resolved)].some((key) => written.has(key))) return undefined;
    const whole = context.integers.isInteger(resolved) ? resolved : op("ceil", [resolved], intType);
    const count = carefully(whole, context.types);
    factors.push(isNeverNegative(whole) ? count : op("max", [count, int(0)], intType));
    outer.push(stmt);
  }
  return factors.reduce((a, b) => op("mul", [a, b], intType));
}

export interface TripContext {
  readonly aliasing: Aliasing;
  readonly integers: Integers;
  /** The types that variables are declared with. */
  readonly types: ReadonlyMap<string, Type>;
  /** Whether a variable is declared before the outermost loop. */
  readonly isDeclared: (name: string) => boolean;
  /** Values of the constants that are declared in the loops. */
  readonly constants: ReadonlyMap<string, Expr>;
}

/** The expression in terms of what is known before the loops; undefined where it cannot be told so. */
function resolve(context: TripContext, expr: Expr, depth: number): Expr | undefined {
  let ok = true;
  const resolved = mapExpr(expr, (e) => {
    if (e.kind !== "var" || context.isDeclared(e.name)) return e;
    const value = context.constants.get(e.name);
    const inner =
      value === undefined || depth === 0 || !isPlain(value) ? undefined : resolve(context, value, depth - 1);
    if (inner === undefined) ok = false;
    return inner ?? e;
  });
  return ok ? resolved : undefined;
}

/**
 * A number as it can be asked for where nothing has been tested yet: what may be absent, or lie behind the end of a
 * list, counts 0. The loop that it belongs to is not reached then.
 */
function carefully(number: Expr, types: ReadonlyMap<string, Type>): Expr {
  const visit = (expr: Expr): Expr => {
    switch (expr.kind) {
      case "var":
        return { ...expr, type: types.get(expr.name) ?? expr.type };
      case "length":
        return lengthOrZero(visit(expr.array));
      case "index": {
        const array = visit(expr.array);
        const field = fieldOf(array.type, expr.index);
        const mayBeAbsent = field === undefined && isReference(expr.type);
        const type = field?.type ?? expr.type;
        return { ...expr, array, index: whole(expr.index), type: mayBeAbsent ? maybe(type) : type };
      }
      default:
        return mapChildren(expr, whole);
    }
  };
  const whole = (expr: Expr): Expr => {
    const careful = visit(expr);
    return isAbsentAtTimes(careful) ? { kind: "nullish", left: careful, right: int(0), type: expr.type } : careful;
  };
  return whole(number);
}

/** Whether a number may be undefined; elements of arrays of numbers give NaN then, which is no length either. */
function isAbsentAtTimes(expr: Expr): boolean {
  return expr.kind !== "length" && (expr.type.kind === "maybe" || isPartOfAbsent(expr));
}

/** Whole-number arithmetic on lengths and variables. */
function isPlain(expr: Expr): boolean {
  return !someExpr(expr, (e) => !["var", "literal", "length", "op", "constant"].includes(e.kind));
}

function isNeverNegative(e: Expr): boolean {
  return e.kind === "length" || (e.kind === "literal" && Number(e.value) >= 0);
}

/** The trip count with indices of outer loops replaced by their extreme values, if that is possible. */
function boundedBy(stmt: For, outer: readonly For[]): Expr | undefined {
  const top = stmt.step > 0 ? stmt.bound : stmt.start;
  const bottom = stmt.step > 0 ? stmt.start : stmt.bound;
  const high = extreme(top, outer, true);
  const low = extreme(bottom, outer, false);
  if (high === undefined || low === undefined) return undefined;
  const flipped: For = stmt.step > 0 ? { ...stmt, start: low, bound: high } : { ...stmt, start: high, bound: low };
  return tripCount(flipped);
}

/** The greatest or least value of a sum of outer indices and things that do not change. */
function extreme(expr: Expr, outer: readonly For[], greatest: boolean): Expr | undefined {
  if (expr.kind === "var") {
    const loop = outer.find((l) => l.name === expr.name);
    if (loop === undefined) return expr;
    const upper = loop.step > 0 ? loop.bound : loop.start;
    const lower = loop.step > 0 ? loop.start : loop.bound;
    const rest = outer.slice(0, outer.indexOf(loop));
    return extreme(greatest ? upper : lower, rest, greatest);
  }
  if (expr.kind === "op" && (expr.op === "add" || expr.op === "sub")) {
    const left = extreme(expr.args[0]!, outer, greatest);
    const right = extreme(expr.args[1]!, outer, expr.op === "add" ? greatest : !greatest);
    return left === undefined || right === undefined ? undefined : op(expr.op, [left, right], intType);
  }
  const names = new Set(outer.map((l) => l.name));
  let free = true;
  const look = (e: Expr): void => {
    if (e.kind === "var" && names.has(e.name)) free = false;
    else if (e.kind === "op") e.args.forEach(look);
    else if (e.kind === "index") {
      look(e.array);
      look(e.index);
    } else if (e.kind === "length") look(e.array);
    else if (e.kind !== "literal" && e.kind !== "var" && e.kind !== "constant") free = false;
  };
  look(expr);
  return free ? expr : undefined;
}

export function minusOne(e: Expr): Expr {
  return plus(e, int(-1));
}

export function plus(a: Expr, b: Expr): Expr {
  const step = b.kind === "literal" ? Number(b.value) : undefined;
  const [base, known] = a.kind === "op" && (a.op === "add" || a.op === "sub") ? a.args : [];
  // n - 1 - 1 is n - 2.
  if (
    step !== undefined &&
    a.kind === "op" &&
    base !== undefined &&
    known?.kind === "literal" &&
    Number.isInteger(known.value)
  ) {
    return plus(base, int(step + (a.op === "add" ? Number(known.value) : -Number(known.value))));
  }
  if (a.kind === "literal" && b.kind === "literal") return int(Number(a.value) + Number(b.value));
  if (a.kind === "literal" && a.value === 0) return b;
  if (b.kind === "literal" && b.value === 0) return a;
  if (b.kind === "literal" && Number(b.value) < 0) return op("sub", [a, int(-Number(b.value))], intType);
  return op("add", [a, b], intType);
}

export function times(a: Expr, step: number): Expr {
  return step === 1 ? a : op("mul", [a, int(step)], intType);
}
