/** Facts about operations that several passes need. */
import type { OpName, SmoothOp } from "./types.ts";

const smooth: { readonly [O in SmoothOp]: true } = {
  add: true,
  sub: true,
  mul: true,
  div: true,
  mod: true,
  pow: true,
  neg: true,
  pos: true,
  abs: true,
  acos: true,
  acosh: true,
  asin: true,
  asinh: true,
  atan: true,
  atan2: true,
  atanh: true,
  cbrt: true,
  cos: true,
  cosh: true,
  exp: true,
  expm1: true,
  fround: true,
  hypot: true,
  log: true,
  log10: true,
  log1p: true,
  log2: true,
  max: true,
  min: true,
  sin: true,
  sinh: true,
  sqrt: true,
  tan: true,
  tanh: true,
  carry: true,
};

/** Whether an operation has a derivative that is not zero everywhere. */
export function isSmooth(op: OpName): op is SmoothOp {
  return Object.hasOwn(smooth, op);
}

/** Operations that cost about as much as a multiplication; the others cost ten times that or more. */
const cheap = new Set<OpName>([
  "add",
  "sub",
  "mul",
  "neg",
  "pos",
  "abs",
  "max",
  "min",
  "fround",
  "floor",
  "ceil",
  "trunc",
  "round",
  "sign",
  "imul",
  "clz32",
  "bitand",
  "bitor",
  "bitxor",
  "bitnot",
  "shl",
  "shr",
  "ushr",
  "lt",
  "le",
  "gt",
  "ge",
  "eq",
  "ne",
  "not",
  "isNaN",
  "isFinite",
  "isInteger",
  "stop",
  "carry",
  "toNumber",
]);

export function isCheap(op: OpName): boolean {
  return cheap.has(op);
}
