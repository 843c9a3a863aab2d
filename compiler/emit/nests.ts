/**
 * Nests of counted loops: which values their counters run through, and the position of an iteration among
 * all iterations of the nest.
 */
import { int, intType, op } from "../ir/build.ts";
import type { Expr, ForStmt } from "../ir/types.ts";
import { sameExpr } from "../ir/visit.ts";

/** `base + offset`; no base is 0. */
interface Linear {
  readonly base: Expr | undefined;
  readonly offset: number;
}

/** A loop whose counter takes every integer from `low` to `high`, one after the other. */
export interface Range {
  readonly counter: string;
  readonly low: Linear;
  readonly high: Linear;
  readonly up: boolean;
}

/** The range of a loop with step 1 or -1 that has no other way out. */
export function rangeOf(loop: ForStmt): Range | undefined {
  if (loop.exit !== undefined) return undefined;
  const start = linear(loop.start);
  const bound = linear(loop.bound);
  const counter = loop.name;
  if (loop.step === 1 && loop.compare === "lt") return { counter, low: start, high: plus(bound, -1), up: true };
  if (loop.step === 1 && loop.compare === "le") return { counter, low: start, high: bound, up: true };
  if (loop.step === -1 && loop.compare === "gt") return { counter, low: plus(bound, 1), high: start, up: false };
  if (loop.step === -1 && loop.compare === "ge") return { counter, low: bound, high: start, up: false };
  return undefined;
}

/**
 * Whether the second nest runs through the iterations of the first in the opposite order. A bound that may not
 * be an integer was rounded for the way back.
 */
export function mirrored(nest: readonly Range[], other: readonly Range[]): boolean {
  return (
    nest.length === other.length &&
    nest.every((range, i) => {
      const mirror = other[i]!;
      // Only the outermost bound may have been rounded: the length of an inner loop is needed exactly.
      const same = i === 0 ? sameWhenRounded : sameLinear;
      return range.up !== mirror.up && same(range.low, mirror.low) && same(range.high, mirror.high);
    })
  );
}

/**
 * The position of an iteration, counted from the lowest values of the counters: `i * m + j`. Only for nests
 * in which every loop starts at a literal and the inner ones run equally long each time.
 */
export function positionIn(nest: readonly Range[], unchanging: (expr: Expr) => boolean): Expr | undefined {
  let position: Expr | undefined;
  for (const { counter, low, high } of nest) {
    if (low.base !== undefined) return undefined;
    const index: Expr = { kind: "var", name: counter, type: intType };
    const here = low.offset === 0 ? index : op("sub", [index, int(low.offset)], intType);
    if (position === undefined) {
      position = here;
      continue;
    }
    if (high.base !== undefined && !unchanging(high.base)) return undefined;
    const length = expression(plus(high, 1 - low.offset));
    const row = op("mul", [position, length], intType);
    position = op("add", [row, index], intType);
    if (low.offset !== 0) position = op("sub", [position, int(low.offset)], intType);
  }
  return position;
}

function linear(expr: Expr): Linear {
  if (expr.kind === "literal" && typeof expr.value === "number") return { base: undefined, offset: expr.value };
  if (expr.kind === "op" && (expr.op === "add" || expr.op === "sub")) {
    const [left, right] = [linear(expr.args[0]!), linear(expr.args[1]!)];
    if (right.base === undefined) return plus(left, expr.op === "add" ? right.offset : -right.offset);
    if (left.base === undefined && expr.op === "add") return plus(right, left.offset);
  }
  return { base: expr, offset: 0 };
}

function plus({ base, offset }: Linear, more: number): Linear {
  return { base, offset: offset + more };
}

function sameLinear(a: Linear, b: Linear): boolean {
  if (a.offset !== b.offset) return false;
  return a.base === undefined || b.base === undefined ? a.base === b.base : sameExpr(a.base, b.base);
}

function sameWhenRounded(a: Linear, b: Linear): boolean {
  return sameLinear(unrounded(a), unrounded(b));
}

function unrounded({ base, offset }: Linear): Linear {
  const rounded = base?.kind === "op" && (base.op === "ceil" || base.op === "floor");
  return { base: rounded ? base.args[0] : base, offset };
}

function expression({ base, offset }: Linear): Expr {
  if (base === undefined) return int(offset);
  if (offset === 0) return base;
  return offset > 0 ? op("add", [base, int(offset)], intType) : op("sub", [base, int(-offset)], intType);
}
