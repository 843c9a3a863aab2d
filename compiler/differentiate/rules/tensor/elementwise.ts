/** Operations that work element by element. Where numbers have the operation too, the rule is theirs. */
import { num } from "../../../ir/build.ts";
import type { SmoothOp } from "../../../ir/types.ts";
import { scalarRules } from "../scalar.ts";
import { elementwise, linear, none, unary, type Site, type TensorRule } from "./rule.ts";

/** As for numbers. */
function likeNumbers(op: SmoothOp): TensorRule {
  return unary(({ o, arg, y }) => o.lift(scalarRules[op].partials([arg("x")], y, [true])[0]!));
}

/** As for numbers, of two operands. */
function likeNumbersOfTwo(op: SmoothOp): TensorRule {
  const partial =
    (k: 0 | 1) =>
    ({ o, arg, y }: Site) =>
      o.lift(scalarRules[op].partials([arg("a"), arg("b")], y, [k === 0, k === 1])[k] ?? num(0));
  return { a: elementwise("a", partial(0)), b: elementwise("b", partial(1)) };
}

const zero = none(["x"]);
const zeroOfTwo = none(["a", "b"]);
const { LN2 } = Math;

export const elementwiseRules = {
  exp: likeNumbers("exp"),
  exp2: unary(({ o, y }) => o.mul(y, num(LN2))),
  expm1: likeNumbers("expm1"),
  log: likeNumbers("log"),
  log2: likeNumbers("log2"),
  log10: likeNumbers("log10"),
  log1p: likeNumbers("log1p"),
  sin: likeNumbers("sin"),
  cos: likeNumbers("cos"),
  tan: likeNumbers("tan"),
  asin: likeNumbers("asin"),
  acos: likeNumbers("acos"),
  atan: likeNumbers("atan"),
  sinh: likeNumbers("sinh"),
  cosh: likeNumbers("cosh"),
  tanh: likeNumbers("tanh"),
  asinh: likeNumbers("asinh"),
  acosh: likeNumbers("acosh"),
  atanh: likeNumbers("atanh"),
  sqrt: likeNumbers("sqrt"),
  // x^(-1/2):  -x^(-3/2) / 2 = -y³ / 2
  rsqrt: unary(({ o, y }) => o.mul(num(-0.5), o.mul(y, o.mul(y, y)))),
  abs: likeNumbers("abs"),
  sign: zero,
  floor: zero,
  ceil: zero,
  round: zero,
  trunc: zero,
  square: unary(({ o, arg }) => o.mul(num(2), arg("x"))),
  reciprocal: unary(({ o, y }) => o.neg(o.mul(y, y))),
  neg: { x: linear(({ o }, bar) => o.neg(bar)) },
  sigmoid: unary(({ o, y }) => o.mul(y, o.sub(num(1), y))),
  relu: unary(({ o, arg }) => o.indicator(o.binary("greater", arg("x"), num(0)))),
  isnan: zero,
  isinf: zero,
  isfinite: zero,
  logicalNot: zero,
  add: likeNumbersOfTwo("add"),
  sub: likeNumbersOfTwo("sub"),
  mul: likeNumbersOfTwo("mul"),
  div: likeNumbersOfTwo("div"),
  pow: likeNumbersOfTwo("pow"),
  atan2: likeNumbersOfTwo("atan2"),
  hypot: likeNumbersOfTwo("hypot"),
  maximum: likeNumbersOfTwo("max"),
  minimum: likeNumbersOfTwo("min"),
  fmod: likeNumbersOfTwo("mod"),
  floorDivide: zeroOfTwo,
  greater: zeroOfTwo,
  greaterEqual: zeroOfTwo,
  less: zeroOfTwo,
  lessEqual: zeroOfTwo,
  equal: zeroOfTwo,
  notEqual: zeroOfTwo,
  where: {
    condition: "none",
    x: {
      jvp: ({ o, arg, y }, dot) => o.where(arg("condition"), o.broadcastLike(dot, y), num(0)),
      vjp: ({ o, arg }, bar) => o.sumTo(o.where(arg("condition"), bar, num(0)), arg("x")),
    },
    y: {
      jvp: ({ o, arg, y }, dot) => o.where(arg("condition"), num(0), o.broadcastLike(dot, y)),
      vjp: ({ o, arg }, bar) => o.sumTo(o.where(arg("condition"), num(0), bar), arg("y")),
    },
  },
} as const satisfies Record<string, TensorRule>;
