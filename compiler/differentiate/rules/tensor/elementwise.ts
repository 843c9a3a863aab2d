/** Operations that work element by element. Where numbers have the operation too, the rule is theirs. */
import { num } from "../../../ir/build.ts";
import type { Expr, SmoothOp } from "../../../ir/types.ts";
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
  erf: unary(({ o, arg }) => o.mul(num(2 / Math.sqrt(Math.PI)), o.unary("exp", o.neg(o.unary("square", arg("x")))))),
  erfc: unary(({ o, arg }) => o.mul(num(-2 / Math.sqrt(Math.PI)), o.unary("exp", o.neg(o.unary("square", arg("x")))))),
  // Of an inverse, 1 / f'(y).
  erfinv: unary(({ o, y }) => o.mul(num(Math.sqrt(Math.PI) / 2), o.unary("exp", o.unary("square", y)))),
  lgamma: unary(({ o, arg }) => o.unary("digamma", arg("x"))),
  digamma: unary(({ o, arg }) => o.op("polygamma", { order: num(1), x: arg("x") })),
  polygamma: unary(
    ({ o, arg }) => o.op("polygamma", { order: o.add(arg("order"), num(1)), x: arg("x") }),
    none(["order"]),
  ),
  sinc: unary(({ o, arg }) => o.op("sincDerivative", { order: num(1), x: arg("x") })),
  sincDerivative: unary(
    ({ o, arg }) => o.op("sincDerivative", { order: o.add(arg("order"), num(1)), x: arg("x") }),
    none(["order"]),
  ),
  nanToNum: {
    ...unary(({ o, arg }) => o.indicator(o.unary("isfinite", arg("x")))),
    nan: elementwise("nan", ({ o, arg }) => o.indicator(o.unary("isnan", arg("x")))),
    posinf: elementwise("posinf", ({ o, arg }) => o.indicator(o.binary("equal", arg("x"), num(Infinity)))),
    neginf: elementwise("neginf", ({ o, arg }) => o.indicator(o.binary("equal", arg("x"), num(-Infinity)))),
  },
  isnan: zero,
  isinf: zero,
  isfinite: zero,
  logicalNot: zero,
  add: likeNumbersOfTwo("add"),
  sub: likeNumbersOfTwo("sub"),
  mul: likeNumbersOfTwo("mul"),
  div: likeNumbersOfTwo("div"),
  pow: { ...likeNumbersOfTwo("pow"), a: elementwise("a", powBase) },
  atan2: likeNumbersOfTwo("atan2"),
  hypot: likeNumbersOfTwo("hypot"),
  maximum: likeNumbersOfTwo("max"),
  minimum: likeNumbersOfTwo("min"),
  fmod: likeNumbersOfTwo("mod"),
  // a - floor(a / b) b
  remainder: {
    a: elementwise("a", () => num(1)),
    b: elementwise("b", ({ o, arg }) => o.neg(o.binary("floorDivide", arg("a"), arg("b")))),
  },
  // |a| sign(b):  sign(a) sign(b), and 0 at a = 0
  copysign: {
    a: elementwise("a", ({ o, arg }) => o.mul(o.unary("sign", arg("a")), o.binary("copysign", num(1), arg("b")))),
    b: "none",
  },
  // log(eᵃ + eᵇ):  eᵃ / (eᵃ + eᵇ) = sigmoid(a - b)
  logaddexp: {
    a: elementwise("a", ({ o, arg }) => o.unary("sigmoid", o.sub(arg("a"), arg("b")))),
    b: elementwise("b", ({ o, arg }) => o.unary("sigmoid", o.sub(arg("b"), arg("a")))),
  },
  // a log b, and 0 where a is 0
  xlogy: {
    a: elementwise("a", (site) => site.o.choose(isEmpty(site), num(0), site.o.unary("log", site.arg("b")))),
    b: elementwise("b", (site) => site.o.choose(isEmpty(site), num(0), site.o.div(site.arg("a"), site.arg("b")))),
  },
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
  maskedFill: {
    mask: "none",
    x: {
      jvp: ({ o, arg }, dot) => o.where(arg("mask"), num(0), dot),
      vjp: ({ o, arg }, bar) => o.where(arg("mask"), num(0), bar),
    },
    value: {
      jvp: ({ o, arg, y }, dot) => o.where(arg("mask"), o.broadcastLike(dot, y), num(0)),
      vjp: ({ o, arg }, bar) => o.sumTo(o.where(arg("mask"), bar, num(0)), arg("value")),
    },
  },
  clip: {
    // 1 at the bounds.
    x: elementwise("x", (site) => {
      const { o, arg, args } = site;
      const inside = (["min", "max"] as const).flatMap((slot) => {
        const bound = args[slot];
        return bound === undefined ? [] : [o.binary(slot === "min" ? "less" : "greater", arg("x"), bound)];
      });
      return inside.reduce<Expr>((one, isOutside) => o.choose(isOutside, num(0), one), num(1));
    }),
    // Where the bounds cross, the upper one wins.
    min: elementwise("min", ({ o, arg, args }) => {
      const lies = o.indicator(o.binary("less", arg("x"), arg("min")));
      return args["max"] === undefined ? lies : o.choose(o.binary("greater", arg("min"), args["max"]), num(0), lies);
    }),
    max: elementwise("max", ({ o, arg, args }) => {
      const raised = args["min"] === undefined ? arg("x") : o.op("clip", { x: arg("x"), min: args["min"] });
      return o.indicator(o.binary("greater", raised, arg("max")));
    }),
  },
  /** A cotangent that is 0 has no effect, whatever it is multiplied by. */
  mulOrZero: {
    a: elementwise("a", ({ arg }) => arg("b")),
    b: {
      jvp: ({ o, arg }, dot) => o.binary("mulOrZero", arg("a"), dot),
      vjp: ({ o, arg }, bar) => o.sumTo(o.binary("mulOrZero", arg("a"), bar), arg("b")),
    },
  },
} as const satisfies Record<string, TensorRule>;

/**
 * ∂/∂x of xᵖ is p xᵖ⁻¹, and 0 where both are 0. Where p alone is 0 it is 0 too, but its derivative towards p is not.
 */
function powBase({ o, arg, y }: Site): Expr {
  const [x, p] = [arg("a"), arg("b")];
  if (p.kind === "literal") return o.lift(scalarRules.pow.partials([x, p], y, [true, false])[0] ?? num(0));
  const slope = o.mul(p, o.binary("pow", x, o.sub(p, num(1))));
  const isOrigin = o.where(o.binary("equal", x, num(0)), o.binary("equal", p, num(0)), num(0));
  return o.choose(isOrigin, num(0), slope);
}

/** Where the logarithm in x log y has no effect: x is 0, and the logarithm is none. */
function isEmpty({ o, arg }: Site): Expr {
  return o.where(o.binary("equal", arg("a"), num(0)), o.binary("lessEqual", arg("b"), num(0)), num(0));
}
