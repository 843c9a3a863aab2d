/** Activation functions, element by element. At kinks the derivatives are PyTorch's. */
import { num } from "../../../ir/build.ts";
import type { Expr } from "../../../ir/types.ts";
import { elementwise, known, numberIn, unary, type Site, type TensorRule } from "./rule.ts";

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;
const geluScale = Math.sqrt(2 / Math.PI);

const isPositive = ({ o, arg }: Site): Expr => o.binary("greater", arg("x"), num(0));

/** 1 between two numbers, 0 at them and beyond. */
function between(low: number, high: number, value: number): TensorRule {
  return unary(({ o, arg }) => {
    const x = arg("x");
    const below = o.choose(o.binary("less", x, num(high)), num(value), num(0));
    return o.choose(o.binary("greater", x, num(low)), below, num(0));
  });
}

/** The slope on the right is 1; the left one holds at 0. `towards` is the partial derivative towards the parameter, on the left. */
function withLeft(parameter: string, left: (site: Site) => Expr, towards: (site: Site) => Expr): TensorRule {
  return unary((site) => site.o.choose(isPositive(site), num(1), left(site)), {
    [parameter]: elementwise(parameter, (site) => site.o.choose(isPositive(site), num(0), towards(site))),
  });
}

/** x, or 0 where it is positive: what an exponential on the left is of, so that none overflows on the right. */
const leftPart = ({ o, arg }: Site): Expr => o.binary("minimum", arg("x"), num(0));

/** x / alpha on the left. */
const scaled = (site: Site): Expr => site.o.div(leftPart(site), numberIn(site, "alpha", 1));

/** Φ(x) + x φ(x) for the normal distribution Φ. */
function geluSlope({ o, arg }: Site): Expr {
  const x = arg("x");
  const share = o.mul(num(0.5), o.unary("erfc", o.mul(num(-Math.SQRT1_2), x)));
  const density = o.mul(num(1 / Math.sqrt(2 * Math.PI)), o.unary("exp", o.mul(num(-0.5), o.unary("square", x))));
  return o.add(share, o.mul(x, density));
}

/** x (1 + t) / 2 with t = tanh u:  (1 + t) / 2 + x (1 - t²) u' / 2 */
function geluTanhSlope({ o, arg }: Site): Expr {
  const x = arg("x");
  const squared = o.unary("square", x);
  const inner = o.mul(o.mul(num(geluScale), x), o.add(num(1), o.mul(num(0.044715), squared)));
  const t = o.unary("tanh", inner);
  const slope = o.mul(num(0.5 * geluScale), o.add(num(1), o.mul(num(3 * 0.044715), squared)));
  const steep = o.mul(o.mul(x, o.sub(num(1), o.unary("square", t))), slope);
  return o.add(o.mul(num(0.5), o.add(num(1), t)), steep);
}

export const activationRules = {
  sigmoid: unary(({ o, y }) => o.mul(y, o.sub(num(1), y))),
  logit: unary(({ o, arg }) => o.div(num(1), o.mul(arg("x"), o.sub(num(1), arg("x"))))),
  logSigmoid: unary(({ o, arg }) => o.unary("sigmoid", o.neg(arg("x")))),
  softplus: unary((site) => site.o.unary("sigmoid", site.o.mul(numberIn(site, "beta", 1), site.arg("x"))), {
    // log(1 + exp(βx)) / β:  (x sigmoid(βx) - y) / β
    beta: elementwise("beta", ({ o, arg, y }) => {
      const slope = o.unary("sigmoid", o.mul(arg("beta"), arg("x")));
      return o.div(o.sub(o.mul(arg("x"), slope), y), arg("beta"));
    }),
  }),
  relu: unary((site) => site.o.indicator(isPositive(site))),
  relu6: between(0, 6, 1),
  hardtanh: between(-1, 1, 1),
  hardsigmoid: between(-3, 3, 1 / 6),
  // x (x + 3) / 6 between -3 and 3
  hardswish: unary(({ o, arg }) => {
    const x = arg("x");
    const rising = o.choose(o.binary("lessEqual", x, num(3)), o.add(o.div(x, num(3)), num(0.5)), num(1));
    return o.choose(o.binary("greater", x, num(-3)), rising, num(0));
  }),
  selu: unary((site) => {
    const left = site.o.mul(num(seluScale * seluAlpha), site.o.unary("exp", leftPart(site)));
    return site.o.choose(isPositive(site), num(seluScale), left);
  }),
  leakyRelu: withLeft(
    "negativeSlope",
    (site) => numberIn(site, "negativeSlope", 0.01),
    ({ arg }) => arg("x"),
  ),
  elu: withLeft(
    "alpha",
    (site) => site.o.mul(numberIn(site, "alpha", 1), site.o.unary("exp", leftPart(site))),
    (site) => site.o.unary("expm1", leftPart(site)),
  ),
  // α (exp(x / α) - 1)
  celu: withLeft(
    "alpha",
    (site) => site.o.unary("exp", scaled(site)),
    (site) => {
      const ratio = scaled(site);
      const { o } = site;
      return o.sub(o.unary("expm1", ratio), o.mul(ratio, o.unary("exp", ratio)));
    },
  ),
  gelu: unary(
    (site) => (known<string>(site, "approximate", "none") === "tanh" ? geluTanhSlope(site) : geluSlope(site)),
    {
      approximate: "none",
    },
  ),
  // x s with s = sigmoid(x):  s + x s (1 - s)
  silu: unary(({ o, arg, y }) => {
    const s = o.unary("sigmoid", arg("x"));
    return o.add(s, o.mul(y, o.sub(num(1), s)));
  }),
  // x t with t = tanh(softplus(x)):  t + x (1 - t²) sigmoid(x)
  mish: unary(({ o, arg }) => {
    const t = o.unary("tanh", o.unary("softplus", arg("x")));
    const slope = o.mul(o.sub(num(1), o.unary("square", t)), o.unary("sigmoid", arg("x")));
    return o.add(t, o.mul(arg("x"), slope));
  }),
  softsign: unary(({ o, arg }) => o.div(num(1), o.unary("square", o.add(num(1), o.unary("abs", arg("x")))))),
  tanhshrink: unary(({ o, arg }) => o.unary("square", o.unary("tanh", arg("x")))),
} as const satisfies Record<string, TensorRule>;
