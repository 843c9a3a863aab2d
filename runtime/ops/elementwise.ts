/**
 * Elementwise functions of one operand: the result has the shape of `x`. Those whose results are not whole give float64 for
 * int32 and bool; the others keep int32. Arguments outside of a function's domain give NaN, and nothing is thrown.
 *
 * Derivatives are elementwise: each is named where it is not known to all. `polygamma` (of `tsgrad/runtime`) closes the
 * family of lgamma; everything else is made of functions that are here.
 */
import * as loops from "../cpu/unary-loops.ts";
import { convert, mapFloat, mapNumeric, test } from "../cpu/unary.ts";
import type { TensorData } from "../dtype.ts";
import { Tensor, fromDense } from "../tensor.ts";
import { requireTensor } from "../dtype.ts";

/** eˣ. Derivative: the result. */
export function exp(x: Tensor): Tensor {
  requireTensor("exp", x);
  return fromDense(mapFloat(loops.exp, x));
}

/** 2ˣ. Derivative: log 2 times the result. */
export function exp2(x: Tensor): Tensor {
  requireTensor("exp2", x);
  return fromDense(mapFloat(loops.exp2, x));
}

/** eˣ - 1, exact near 0. Derivative: the result plus 1. */
export function expm1(x: Tensor): Tensor {
  requireTensor("expm1", x);
  return fromDense(mapFloat(loops.expm1, x));
}

/** The natural logarithm; -Infinity at 0, NaN below. */
export function log(x: Tensor): Tensor {
  requireTensor("log", x);
  return fromDense(mapFloat(loops.log, x));
}

/** The logarithm to base 2. */
export function log2(x: Tensor): Tensor {
  requireTensor("log2", x);
  return fromDense(mapFloat(loops.log2, x));
}

/** The logarithm to base 10. */
export function log10(x: Tensor): Tensor {
  requireTensor("log10", x);
  return fromDense(mapFloat(loops.log10, x));
}

/** log(1 + x), exact near 0. */
export function log1p(x: Tensor): Tensor {
  requireTensor("log1p", x);
  return fromDense(mapFloat(loops.log1p, x));
}

/** The sine of an angle in radians. */
export function sin(x: Tensor): Tensor {
  requireTensor("sin", x);
  return fromDense(mapFloat(loops.sin, x));
}

/** The cosine of an angle in radians. */
export function cos(x: Tensor): Tensor {
  requireTensor("cos", x);
  return fromDense(mapFloat(loops.cos, x));
}

/** The tangent of an angle in radians. Derivative: 1 + result². */
export function tan(x: Tensor): Tensor {
  requireTensor("tan", x);
  return fromDense(mapFloat(loops.tan, x));
}

/** The arc sine in radians, from -π/2 to π/2; NaN outside of [-1, 1]. */
export function asin(x: Tensor): Tensor {
  requireTensor("asin", x);
  return fromDense(mapFloat(loops.asin, x));
}

/** The arc cosine in radians, from 0 to π; NaN outside of [-1, 1]. */
export function acos(x: Tensor): Tensor {
  requireTensor("acos", x);
  return fromDense(mapFloat(loops.acos, x));
}

/** The arc tangent in radians, from -π/2 to π/2. */
export function atan(x: Tensor): Tensor {
  requireTensor("atan", x);
  return fromDense(mapFloat(loops.atan, x));
}

/** The hyperbolic sine. */
export function sinh(x: Tensor): Tensor {
  requireTensor("sinh", x);
  return fromDense(mapFloat(loops.sinh, x));
}

/** The hyperbolic cosine. */
export function cosh(x: Tensor): Tensor {
  requireTensor("cosh", x);
  return fromDense(mapFloat(loops.cosh, x));
}

/** The hyperbolic tangent. Derivative: 1 - result². */
export function tanh(x: Tensor): Tensor {
  requireTensor("tanh", x);
  return fromDense(mapFloat(loops.tanh, x));
}

/** The inverse hyperbolic sine. */
export function asinh(x: Tensor): Tensor {
  requireTensor("asinh", x);
  return fromDense(mapFloat(loops.asinh, x));
}

/** The inverse hyperbolic cosine; NaN below 1. */
export function acosh(x: Tensor): Tensor {
  requireTensor("acosh", x);
  return fromDense(mapFloat(loops.acosh, x));
}

/** The inverse hyperbolic tangent; ±Infinity at ±1, NaN beyond. */
export function atanh(x: Tensor): Tensor {
  requireTensor("atanh", x);
  return fromDense(mapFloat(loops.atanh, x));
}

/** The square root; NaN below 0. Derivative: 1 / (2 result), Infinity at 0. */
export function sqrt(x: Tensor): Tensor {
  requireTensor("sqrt", x);
  return fromDense(mapFloat(loops.sqrt, x));
}

/** 1 / √x. Derivative: -result³ / 2. */
export function rsqrt(x: Tensor): Tensor {
  requireTensor("rsqrt", x);
  return fromDense(mapFloat(loops.rsqrt, x));
}

/** 1 / x. Derivative: -result². */
export function reciprocal(x: Tensor): Tensor {
  requireTensor("reciprocal", x);
  return fromDense(mapFloat(loops.reciprocal, x));
}

/** The error function. Algorithm: Cody 1969. Derivative: 2/√π exp(-x²). */
export function erf(x: Tensor): Tensor {
  requireTensor("erf", x);
  return fromDense(mapFloat(loops.erf, x));
}

/** 1 - erf(x), exact where that is small. Algorithm: Cody 1969. */
export function erfc(x: Tensor): Tensor {
  requireTensor("erfc", x);
  return fromDense(mapFloat(loops.erfc, x));
}

/** The inverse of erf; ±Infinity at ±1, NaN beyond. Halley's method. Derivative: √π/2 exp(result²). */
export function erfinv(x: Tensor): Tensor {
  requireTensor("erfinv", x);
  return fromDense(mapFloat(loops.erfinv, x));
}

/** log |Γ(x)|; Infinity at 0, -1, -2, … Algorithm: Abramowitz and Stegun 6.1.33, 6.1.40. Derivative: digamma. */
export function lgamma(x: Tensor): Tensor {
  requireTensor("lgamma", x);
  return fromDense(mapFloat(loops.lgamma, x));
}

/** The derivative of lgamma. Algorithm: Abramowitz and Stegun 6.3.18. Derivative: polygamma(1, x). */
export function digamma(x: Tensor): Tensor {
  requireTensor("digamma", x);
  return fromDense(mapFloat(loops.digamma, x));
}

/** sin(πx) / (πx), and 1 at 0. */
export function sinc(x: Tensor): Tensor {
  requireTensor("sinc", x);
  return fromDense(mapFloat(loops.sinc, x));
}

/** |x|. Derivative: sign, so 0 at 0. */
export function abs(x: Tensor): Tensor {
  requireTensor("abs", x);
  return fromDense(mapNumeric(loops.abs, x));
}

/** -1, 0 or 1; NaN stays. Derivative: 0. */
export function sign(x: Tensor): Tensor {
  requireTensor("sign", x);
  return fromDense(mapNumeric(loops.sign, x));
}

/** -x. */
export function negative(x: Tensor): Tensor {
  requireTensor("negative", x);
  return fromDense(mapNumeric(loops.negative, x));
}

/** x². Derivative: 2x. */
export function square(x: Tensor): Tensor {
  requireTensor("square", x);
  return fromDense(mapNumeric(loops.square, x));
}

/** The greatest whole number that is not greater. Derivative: 0. */
export function floor(x: Tensor): Tensor {
  requireTensor("floor", x);
  return fromDense(mapNumeric(loops.floor, x));
}

/** The least whole number that is not less. Derivative: 0. */
export function ceil(x: Tensor): Tensor {
  requireTensor("ceil", x);
  return fromDense(mapNumeric(loops.ceil, x));
}

/** The nearest whole number; halves go to the even one. Derivative: 0. */
export function round(x: Tensor): Tensor {
  requireTensor("round", x);
  return fromDense(mapNumeric(loops.round, x));
}

/** The whole part. Derivative: 0. */
export function trunc(x: Tensor): Tensor {
  requireTensor("trunc", x);
  return fromDense(mapNumeric(loops.trunc, x));
}

/** Short form of `negative`. */
export function neg(x: Tensor): Tensor {
  return negative(x);
}

/** NaN and infinities replaced by numbers: 0 and the ends of the type's range by default. Derivative: 0 where replaced. */
export function nanToNum(
  x: Tensor,
  options: {
    readonly nan?: number | undefined;
    readonly posinf?: number | undefined;
    readonly neginf?: number | undefined;
  } = {},
): Tensor {
  requireTensor("nanToNum", x);
  const greatest = x.dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
  const { nan = 0, posinf = greatest, neginf = -greatest } = options;
  const data = x.data.slice();
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) data[i] = value > 0 ? posinf : value < 0 ? neginf : nan;
  }
  return new Tensor(data, x.shape);
}

/** Where x is NaN, as bool. */
export function isnan(x: Tensor): Tensor {
  requireTensor("isnan", x);
  return fromDense(test(isnanLoop, x));
}

/** Where x is ±Infinity, as bool. */
export function isinf(x: Tensor): Tensor {
  requireTensor("isinf", x);
  return fromDense(test(isinfLoop, x));
}

/** Where x is neither NaN nor infinite, as bool. */
export function isfinite(x: Tensor): Tensor {
  requireTensor("isfinite", x);
  return fromDense(test(isfiniteLoop, x));
}

/** Where x is 0, as bool. */
export function logicalNot(x: Tensor): Tensor {
  requireTensor("logicalNot", x);
  return fromDense(test(isZeroLoop, x));
}

/** The elements in another type; towards int32 they are truncated, towards bool all but 0 is true. */
export function astype(x: Tensor, dtype: Tensor["dtype"]): Tensor {
  requireTensor("astype", x);
  const { data, shape } = convert(x, dtype);
  return new Tensor(data === x.data ? data.slice() : data, shape);
}

function isnanLoop(x: TensorData, out: Uint8Array): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i] === x[i] ? 0 : 1;
}

function isinfLoop(x: TensorData, out: Uint8Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]!) === Infinity ? 1 : 0;
}

function isfiniteLoop(x: TensorData, out: Uint8Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Number.isFinite(x[i]) ? 1 : 0;
}

function isZeroLoop(x: TensorData, out: Uint8Array): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i] === 0 ? 1 : 0;
}
