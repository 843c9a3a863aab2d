/**
 * Statistics over axes: all of them by default, else one or several; `keepdims` keeps them with length 1.
 *
 * VJPs, for a result y with the reduced axes kept and the cotangent v so too: `sum` broadcasts v; `mean` divides it by the
 * count as well; `prod` is a polynomial: v times the product of the others, which along one axis (or flattened) is
 * shift(cumprod(x), 1, 1) · shift(cumprod(x, reverse), -1, 1), the last number being what comes in; `max` and `min` share v
 * among ties (`equal(x, y)` divided by its sum); `variance` gives 2 (x - mean) v / (n - correction); `std` the same
 * divided by 2y, and 0 where y is 0; `logsumexp` gives exp(x - y) v; `norm` of order p gives v sign(x) (|x| / y)ᵖ⁻¹, and 0 where
 * y is 0; `median`, `sort`, `topk` gather, so their adjoint is `scatterAdd`.
 *
 * All throw a ShapeError if an axis is out of range, or if nothing is there to choose from (max, min, argmax, argmin, median,
 * norm of order ±Infinity).
 */
import * as loops from "../cpu/reduce-loops.ts";
import { max as maxOf, mean as meanOf, min as minOf, reduce, requireElements, sum as sumOf } from "../cpu/reduce.ts";
import { median as medianOf, medianPlaces } from "../cpu/sort.ts";
import { floatOf, numericOf, requireTensor } from "../dtype.ts";
import { axesOf } from "../shape.ts";
import { type ReduceOptions, type Tensor, fromDense } from "../tensor.ts";

/** The sum, in float64 also for float32, one element after the other; int32 for int32 and bool. 0 of nothing. */
export function sum(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("sum", x);
  return fromDense(sumOf(x, axesOf("sum", axis, x.shape), keepdims));
}

/** The arithmetic mean; NaN of nothing. */
export function mean(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("mean", x);
  return fromDense(meanOf(x, axesOf("mean", axis, x.shape), keepdims));
}

/** The product; 1 of nothing. */
export function prod(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("prod", x);
  return fromDense(reduce(loops.prod, x, axesOf("prod", axis, x.shape), keepdims, numericOf(x.dtype)));
}

/** The greatest element; NaN if there is one. Ties share the gradient evenly. */
export function max(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("max", x);
  return fromDense(maxOf(x, axesOf("max", axis, x.shape), keepdims));
}

/** The least element; NaN if there is one. Ties share the gradient evenly. */
export function min(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("min", x);
  return fromDense(minOf(x, axesOf("min", axis, x.shape), keepdims));
}

export interface VarianceOptions extends ReduceOptions {
  /** What is taken off the count before dividing by it: 0 by default, 1 for an unbiased estimate. */
  readonly correction?: number | undefined;
}

/** Σ (x - mean)² / (n - correction), in two passes; NaN where the divisor is not positive. */
export function variance(x: Tensor, { axis, keepdims = false, correction = 0 }: VarianceOptions = {}): Tensor {
  requireTensor("variance", x);
  const axes = axesOf("variance", axis, x.shape);
  return fromDense(reduce(loops.variance, x, axes, keepdims, floatOf(x.dtype), correction));
}

/** The square root of the variance. Gradient 0 where it is 0. */
export function std(x: Tensor, { axis, keepdims = false, correction = 0 }: VarianceOptions = {}): Tensor {
  requireTensor("std", x);
  const axes = axesOf("std", axis, x.shape);
  return fromDense(reduce(loops.standardDeviation, x, axes, keepdims, floatOf(x.dtype), correction));
}

/** log Σ eˣ, without overflow; -Infinity of nothing. */
export function logsumexp(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("logsumexp", x);
  return fromDense(reduce(loops.logsumexp, x, axesOf("logsumexp", axis, x.shape), keepdims, floatOf(x.dtype)));
}

export interface NormOptions extends ReduceOptions {
  /** 2 by default, which is "fro" too; 0 counts what is not 0; ±Infinity is the greatest or least absolute value. */
  readonly ord?: number | "fro" | undefined;
}

/** A vector norm over the axes: (Σ |x|ᵖ)^(1/p). Gradient 0 at the origin. */
export function norm(x: Tensor, { ord = 2, axis, keepdims = false }: NormOptions = {}): Tensor {
  requireTensor("norm", x);
  const axes = axesOf("norm", axis, x.shape);
  const order = ord === "fro" ? 2 : ord;
  if (typeof order !== "number" || Number.isNaN(order))
    throw new RangeError(`norm: ${String(ord)} is no order of a vector norm`);
  if (Math.abs(order) === Infinity) requireElements("norm", x.shape, axes);
  return fromDense(reduce(loops.norm, x, axes, keepdims, floatOf(x.dtype), order));
}

/** Whether any element is not 0, as bool. */
export function any(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("any", x);
  return fromDense(reduce(loops.any, x, axesOf("any", axis, x.shape), keepdims, "bool"));
}

/** Whether no element is 0, as bool. */
export function all(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("all", x);
  return fromDense(reduce(loops.all, x, axesOf("all", axis, x.shape), keepdims, "bool"));
}

/** How many elements are not 0, as int32. */
export function countNonzero(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("countNonzero", x);
  return fromDense(reduce(loops.countNonzero, x, axesOf("countNonzero", axis, x.shape), keepdims, "int32"));
}

export interface ArgOptions {
  /** One axis; without it the place is counted in the flattened tensor. */
  readonly axis?: number | undefined;
  readonly keepdims?: boolean | undefined;
}

/** The place of the greatest element, as int32: the first of ties. NaN is the greatest. */
export function argmax(x: Tensor, { axis, keepdims = false }: ArgOptions = {}): Tensor {
  requireTensor("argmax", x);
  const axes = axesOf("argmax", axis, x.shape);
  requireElements("argmax", x.shape, axes);
  return fromDense(reduce(loops.argmax, x, axes, keepdims, "int32"));
}

/** The place of the least element, as int32: the first of ties. A NaN is found before all else. */
export function argmin(x: Tensor, { axis, keepdims = false }: ArgOptions = {}): Tensor {
  requireTensor("argmin", x);
  const axes = axesOf("argmin", axis, x.shape);
  requireElements("argmin", x.shape, axes);
  return fromDense(reduce(loops.argmin, x, axes, keepdims, "int32"));
}

/** The median, of an even count the lower one; NaN if there is one. The gradient goes to one of equal elements. */
export function median(x: Tensor, { axis, keepdims = false }: ReduceOptions = {}): Tensor {
  requireTensor("median", x);
  const axes = axesOf("median", axis, x.shape);
  requireElements("median", x.shape, axes);
  return fromDense(medianOf(x, axes, keepdims));
}

/** The place of the median, as int32, counted as for `argmax`. For the derivative of `median`. */
export function argmedian(x: Tensor, { axis, keepdims = false }: ArgOptions = {}): Tensor {
  const axes = axesOf("argmedian", axis, x.shape);
  requireElements("argmedian", x.shape, axes);
  return fromDense(medianPlaces(x, axes, keepdims));
}
