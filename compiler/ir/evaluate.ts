/** What each operation computes, exactly as JavaScript does: for constants, and for interpreters in tests. */
import type { OpName } from "./types.ts";

type Value = number | boolean | string | undefined;
type Numeric = (...args: number[]) => number;

const numeric = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
  pow: (a, b) => a ** b,
  neg: (a) => -a,
  // The sign makes a number even of undefined, which an element outside of an array is.
  pos: (a) => a * 1,
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atan2: Math.atan2,
  atanh: Math.atanh,
  cbrt: Math.cbrt,
  cos: Math.cos,
  cosh: Math.cosh,
  exp: Math.exp,
  expm1: Math.expm1,
  fround: Math.fround,
  hypot: Math.hypot,
  log: Math.log,
  log10: Math.log10,
  log1p: Math.log1p,
  log2: Math.log2,
  max: Math.max,
  min: Math.min,
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
  carry: (value) => value,
  ceil: Math.ceil,
  floor: Math.floor,
  round: Math.round,
  sign: Math.sign,
  trunc: Math.trunc,
  clz32: Math.clz32,
  imul: Math.imul,
  bitand: (a, b) => a & b,
  bitor: (a, b) => a | b,
  bitxor: (a, b) => a ^ b,
  bitnot: (a) => ~a,
  shl: (a, b) => a << b,
  shr: (a, b) => a >> b,
  ushr: (a, b) => a >>> b,
} as const satisfies Partial<Record<OpName, Numeric>>;

/** An operation whose operands and result are numbers. */
export type NumericOp = keyof typeof numeric;

/** Operations that also take booleans, texts or `undefined`; comparisons order numbers and texts. */
const other: Record<Exclude<OpName, NumericOp>, (...args: Value[]) => Value> = {
  lt: (a, b) => (a as number) < (b as number),
  le: (a, b) => (a as number) <= (b as number),
  gt: (a, b) => (a as number) > (b as number),
  ge: (a, b) => (a as number) >= (b as number),
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  not: (a) => !a,
  isNaN: (a) => Number.isNaN(a),
  isFinite: (a) => Number.isFinite(a),
  isInteger: (a) => Number.isInteger(a),
  stop: (a) => a,
  toNumber: (a) => Number(a),
};

export function isNumericOp(op: OpName): op is NumericOp {
  return op in numeric;
}

/** A numeric operation on numbers. */
export function evaluateNumeric(op: NumericOp, args: readonly number[]): number {
  const apply: (...args: number[]) => number = numeric[op];
  return apply(...args);
}

/** Any operation; `stop` gives back what it gets, arrays included. */
export function evaluateOp(op: OpName, args: readonly unknown[]): unknown {
  if (isNumericOp(op)) return evaluateNumeric(op, args as readonly number[]);
  return other[op](...(args as readonly Value[]));
}
