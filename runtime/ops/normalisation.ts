/**
 * Normalisations: (x - mean) / √(variance + eps), the variance with correction 0, then · weight + bias. All are composed of
 * reductions and elementwise operations, and those are what to differentiate.
 */
import { type Axes, type Shape, ShapeError, axesOf, axisOf, sameShape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, multiply, subtract } from "./arithmetic.ts";
import { rsqrt, square } from "./elementwise.ts";
import { reshape } from "./manipulation.ts";
import { mean as meanOf, variance as varianceOf } from "./reductions.ts";
import { requireTensor } from "../dtype.ts";

export interface AffineOptions {
  readonly weight?: Tensor | undefined;
  readonly bias?: Tensor | undefined;
  /** Added to the variance: 1e-5 by default. */
  readonly eps?: number | undefined;
}

/** Over the given axes; weight and bias have their shape. */
export function layerNorm(
  x: Tensor,
  { axes, weight, bias, eps = 1e-5 }: AffineOptions & { readonly axes: Axes },
): Tensor {
  requireTensor("layerNorm", x);
  const over = axesOf("layerNorm", axes, x.shape);
  return affine("layerNorm", normalised(x, over, eps), over, weight, bias);
}

/** x / √(mean of x² + eps) · weight over the given axes (Zhang and Sennrich 2019). */
export function rmsNorm(
  x: Tensor,
  {
    axes,
    weight,
    eps = 1e-5,
  }: { readonly axes: Axes; readonly weight?: Tensor | undefined; readonly eps?: number | undefined },
): Tensor {
  requireTensor("rmsNorm", x);
  const over = axesOf("rmsNorm", axes, x.shape);
  const scale = rsqrt(add(meanOf(square(x), { axis: over, keepdims: true }), eps));
  return affine("rmsNorm", multiply(x, scale), over, weight, undefined);
}

/** Channels (axis 1) in `groups`, each normalised with all that follows; weight and bias are `[channels]`. */
export function groupNorm(
  x: Tensor,
  { groups, weight, bias, eps = 1e-5 }: AffineOptions & { readonly groups: number },
): Tensor {
  requireTensor("groupNorm", x);
  const channels = channelsOf("groupNorm", x);
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
    throw new ShapeError(
      `groupNorm: ${channels} channels of shape ${showShape(x.shape)} do not divide into ${groups} groups`,
    );
  const grouped = reshape(x, [x.shape[0]!, groups, channels / groups, ...x.shape.slice(2)]);
  const over = grouped.shape.map((_, axis) => axis).slice(2);
  return affine("groupNorm", reshape(normalised(grouped, over, eps), x.shape), [1], weight, bias);
}

/** Each channel (axis 1) of each sample by itself; weight and bias are `[channels]`. */
export function instanceNorm(x: Tensor, { weight, bias, eps = 1e-5 }: AffineOptions = {}): Tensor {
  requireTensor("instanceNorm", x);
  channelsOf("instanceNorm", x);
  const over = x.shape.map((_, axis) => axis).slice(2);
  return affine("instanceNorm", normalised(x, over, eps), [1], weight, bias);
}

export interface BatchNormOptions extends AffineOptions {
  /** Given, with `variance`: of training. Else the batch's own are used. */
  readonly mean?: Tensor | undefined;
  readonly variance?: Tensor | undefined;
  /** The axis of channels, 1 by default. */
  readonly axis?: number | undefined;
}

/** Each channel over all other axes; mean, variance, weight and bias are `[channels]`. */
export function batchNorm(
  x: Tensor,
  { mean, variance, weight, bias, eps = 1e-5, axis = 1 }: BatchNormOptions = {},
): Tensor {
  requireTensor("batchNorm", x);
  const channel = axisOf("batchNorm", axis, x.shape);
  if ((mean === undefined) !== (variance === undefined))
    throw new TypeError("batchNorm: mean and variance are given together, or neither of them");
  if (mean === undefined || variance === undefined) {
    const over = x.shape.map((_, k) => k).filter((k) => k !== channel);
    return affine("batchNorm", normalised(x, over, eps), [channel], weight, bias);
  }
  const centred = subtract(x, alongAxes("batchNorm", "mean", mean, x.shape, [channel]));
  const scale = rsqrt(add(alongAxes("batchNorm", "variance", variance, x.shape, [channel]), eps));
  return affine("batchNorm", multiply(centred, scale), [channel], weight, bias);
}

function channelsOf(operation: string, x: Tensor): number {
  if (x.ndim < 2)
    throw new ShapeError(`${operation}: shape ${showShape(x.shape)} has no channels: it must be [batch, channels, …]`);
  return x.shape[1]!;
}

function normalised(x: Tensor, axis: readonly number[], eps: number): Tensor {
  const centred = subtract(x, meanOf(x, { axis, keepdims: true }));
  return multiply(centred, rsqrt(add(varianceOf(x, { axis, keepdims: true }), eps)));
}

function affine(
  operation: string,
  x: Tensor,
  axes: readonly number[],
  weight: Tensor | undefined,
  bias: Tensor | undefined,
): Tensor {
  const scaled = weight === undefined ? x : multiply(x, alongAxes(operation, "weight", weight, x.shape, axes));
  return bias === undefined ? scaled : add(scaled, alongAxes(operation, "bias", bias, x.shape, axes));
}

/** Something with the shape of some axes, to be broadcast along the others. */
function alongAxes(operation: string, what: string, x: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  const expected = axes.map((axis) => shape[axis]!);
  if (!sameShape(x.shape, expected))
    throw new ShapeError(
      `${operation}: ${what} of shape ${showShape(x.shape)} is not ${showShape(expected)}, as axes ${showShape(axes)} of shape ${showShape(shape)} want it`,
    );
  return reshape(
    x,
    shape.map((length, axis) => (axes.includes(axis) ? length : 1)),
  );
}
