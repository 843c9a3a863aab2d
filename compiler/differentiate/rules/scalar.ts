/**
 * The partial derivatives of every smooth operation on numbers. JVP and VJP are both derived from them.
 *
 * A rule gives, for each operand, the partial as an expression of the operands `x` and the result `y`,
 * or `undefined` where the operand never contributes. Rules that list `usesResult` are cheap once `y` is
 * known (y for exp, 1 - y² for tanh), so `y` is kept rather than computed again.
 * Conventions at non-smooth points are PyTorch's.
 */
import { compare, num, op } from "../../ir/build.ts";
import type { Expr, SmoothOp } from "../../ir/types.ts";
import { add, div, mul, neg, one, sub } from "../../ir/algebra.ts";

export interface ScalarRule {
  readonly usesResult?: true;
  /** `wanted[i]`: whether operand i is active; the partial of another is not asked for. */
  readonly partials: (x: readonly Expr[], y: Expr, wanted: readonly boolean[]) => readonly (Expr | undefined)[];
}

type Unary = (x: Expr, y: Expr) => Expr;

const unary = (partial: Unary): ScalarRule => ({ partials: ([x], y) => [partial(x!, y)] });
const ofResult = (partial: Unary): ScalarRule => ({ usesResult: true, partials: ([x], y) => [partial(x!, y)] });
const square = (x: Expr): Expr => mul(x, x);
const select = (test: Expr, yes: Expr, no: Expr): Expr => ({ kind: "select", test, yes, no, type: { kind: "number" } });
const is = (x: Expr, value: number): Expr => compare("eq", x, num(value));

export const scalarRules: { readonly [O in SmoothOp]: ScalarRule } = {
  add: { partials: () => [one, one] },
  sub: { partials: () => [one, num(-1)] },
  mul: { partials: ([a, b]) => [b, a] },
  // q = a / b:  ∂q/∂a = 1 / b,  ∂q/∂b = -q / b
  div: { usesResult: true, partials: ([, b], q) => [div(one, b!), neg(div(q, b!))] },
  // a % b = a - b trunc(a / b)
  mod: { partials: ([a, b]) => [one, neg(op("trunc", [div(a!, b!)]))] },
  pow: {
    usesResult: true,
    partials: ([x, p], y, wanted) => [powBase(x!, p!, wanted[1]!), wanted[1] ? powExponent(x!, p!, y) : undefined],
  },
  neg: { partials: () => [num(-1)] },
  pos: { partials: () => [one] },
  abs: unary((x) => op("sign", [x])),
  acos: unary((x) => neg(div(one, op("sqrt", [sub(one, square(x))])))),
  acosh: unary((x) => div(one, op("sqrt", [sub(square(x), one)]))),
  asin: unary((x) => div(one, op("sqrt", [sub(one, square(x))]))),
  asinh: unary((x) => div(one, op("sqrt", [add(one, square(x))]))),
  atan: unary((x) => div(one, add(one, square(x)))),
  // θ = atan2(a, b):  ∂θ/∂a = b / (a² + b²),  ∂θ/∂b = -a / (a² + b²)
  atan2: {
    partials: ([a, b]) => {
      const r2 = add(square(a!), square(b!));
      return [div(b!, r2), neg(div(a!, r2))];
    },
  },
  atanh: unary((x) => div(one, sub(one, square(x)))),
  cbrt: ofResult((_, y) => div(one, mul(num(3), square(y)))),
  cos: unary((x) => neg(op("sin", [x]))),
  cosh: unary((x) => op("sinh", [x])),
  exp: ofResult((_, y) => y),
  expm1: ofResult((_, y) => add(y, one)),
  fround: { partials: () => [one] },
  // At the origin, where every x / y would be 0 / 0, the gradient is 0.
  hypot: { usesResult: true, partials: (x, y) => x.map((xi) => select(is(y, 0), num(0), div(xi, y))) },
  log: unary((x) => div(one, x)),
  log10: unary((x) => div(one, mul(x, num(Math.LN10)))),
  log1p: unary((x) => div(one, add(one, x))),
  log2: unary((x) => div(one, mul(x, num(Math.LN2)))),
  max: { usesResult: true, partials: (x, y) => shareOfTie("gt", x, y) },
  min: { usesResult: true, partials: (x, y) => shareOfTie("lt", x, y) },
  sin: unary((x) => op("cos", [x])),
  sinh: unary((x) => op("cosh", [x])),
  sqrt: ofResult((_, y) => div(num(0.5), y)),
  tan: ofResult((_, y) => add(one, square(y))),
  tanh: ofResult((_, y) => sub(one, square(y))),
  carry: { partials: () => [undefined, one] },
};

const both = (left: Expr, right: Expr): Expr => ({ kind: "logic", op: "&&", left, right, type: { kind: "boolean" } });

/**
 * ∂/∂x of x^p is p x^(p-1), and 0 where p is 0, also at x = 0. Where p is active and x is not 0, the formula says so
 * itself, and its derivative towards p is 1/x.
 */
function powBase(x: Expr, p: Expr, isActive: boolean): Expr | undefined {
  if (p.kind === "literal" && typeof p.value === "number") {
    if (p.value === 0) return undefined;
    if (p.value === 1) return one;
    if (p.value === 2) return mul(num(2), x);
    return mul(p, op("pow", [x, num(p.value - 1)]));
  }
  return select(isActive ? both(is(p, 0), is(x, 0)) : is(p, 0), num(0), mul(p, op("pow", [x, sub(p, one)])));
}

/** ∂/∂p of x^p is x^p log x, and 0 at x = 0 for p >= 0; NaN for a negative base. */
function powExponent(x: Expr, p: Expr, y: Expr): Expr {
  if (x.kind === "literal" && typeof x.value === "number" && x.value > 0) return mul(num(Math.log(x.value)), y);
  return select(both(is(x, 0), compare("ge", p, num(0))), num(0), mul(y, op("log", [x])));
}

/** Operands that attain the extremum share the derivative evenly, constants among them included. */
function shareOfTie(wins: "gt" | "lt", x: readonly Expr[], y: Expr): Expr[] {
  if (x.length === 1) return [one];
  if (x.length === 2) {
    const [a, b] = [x[0]!, x[1]!];
    const share = (self: Expr, other: Expr): Expr =>
      select(compare(wins, self, other), one, select(compare(wins, other, self), num(0), num(0.5)));
    return [share(a, b), share(b, a)];
  }
  const ties = x.map((xi) => select(compare("eq", xi, y), one, num(0)));
  const count = ties.reduce(add);
  return x.map((xi) => select(compare("eq", xi, y), div(one, count), num(0)));
}

/** Whether the derivative of an operation towards its active operands is told in terms of its result. */
export function needsResult(op: SmoothOp, active: readonly boolean[]): boolean {
  switch (op) {
    case "div":
    case "pow":
      return active[1]!;
    case "max":
    case "min":
      return active.length > 2;
    default:
      return scalarRules[op].usesResult === true;
  }
}
