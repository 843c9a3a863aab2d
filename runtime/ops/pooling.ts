/**
 * Pools and other sizes of images, over the last axes; all axes in front are batches.
 *
 * Derivatives: a max pool takes the elements at `maxPool1dIndices` or `maxPool2dIndices` (of `tsgrad/runtime`), which are places
 * in the flattened plane: with the spatial axes flattened it is `gather(x, indices)`, whose adjoint is `scatterAdd` into
 * zeros. Average pools and `interpolate` are linear, with `avgPool1dAdjoint`, `avgPool2dAdjoint`, `interpolateAdjoint` (of
 * `tsgrad/runtime`) as adjoints, and these have them as theirs.
 */
import * as images from "../cpu/interpolate.ts";
import * as pools from "../cpu/pool.ts";
import type { PerAxis } from "../cpu/windows.ts";
import type { Shape } from "../shape.ts";
import { type Tensor, fromDense } from "../tensor.ts";
import { requireTensor } from "../dtype.ts";

/** Each is a number for all spatial axes, or one for each. */
export interface PoolOptions {
  readonly kernel: PerAxis;
  /** As the kernel by default. */
  readonly stride?: PerAxis | undefined;
  /** At both ends of each axis, at most half of the kernel; 0 by default. */
  readonly padding?: PerAxis | undefined;
}

export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts as elements that are 0; true by default. */
  readonly countIncludePad?: boolean | undefined;
}

/** The greatest element in each window of the last axis. The first of ties takes all of the gradient. */
export function maxPool1d(x: Tensor, options: PoolOptions): Tensor {
  requireTensor("maxPool1d", x);
  return fromDense(pools.maxPool("maxPool1d", 1, x, options));
}

/** The greatest element in each window of the last two axes. The first of ties takes all of the gradient. */
export function maxPool2d(x: Tensor, options: PoolOptions): Tensor {
  requireTensor("maxPool2d", x);
  return fromDense(pools.maxPool("maxPool2d", 2, x, options));
}

/** The places that `maxPool1d` takes, along the last axis. */
export function maxPool1dIndices(x: Tensor, options: PoolOptions): Tensor {
  return fromDense(pools.maxPoolIndices("maxPool1d", 1, x, options));
}

/** The places that `maxPool2d` takes, in the last two axes flattened. */
export function maxPool2dIndices(x: Tensor, options: PoolOptions): Tensor {
  return fromDense(pools.maxPoolIndices("maxPool2d", 2, x, options));
}

/** The mean of each window of the last axis. */
export function avgPool1d(x: Tensor, options: AvgPoolOptions): Tensor {
  requireTensor("avgPool1d", x);
  return fromDense(pools.avgPool("avgPool1d", 1, x, options, options.countIncludePad ?? true));
}

/** The mean of each window of the last two axes. */
export function avgPool2d(x: Tensor, options: AvgPoolOptions): Tensor {
  requireTensor("avgPool2d", x);
  return fromDense(pools.avgPool("avgPool2d", 2, x, options, options.countIncludePad ?? true));
}

/** The adjoint of `avgPool1d` of a tensor of shape `shape`. */
export function avgPool1dAdjoint(v: Tensor, shape: Shape, options: AvgPoolOptions): Tensor {
  return fromDense(pools.avgPoolAdjoint("avgPool1dAdjoint", 1, v, shape, options, options.countIncludePad ?? true));
}

/** The adjoint of `avgPool2d` of a tensor of shape `shape`. */
export function avgPool2dAdjoint(v: Tensor, shape: Shape, options: AvgPoolOptions): Tensor {
  return fromDense(pools.avgPoolAdjoint("avgPool2dAdjoint", 2, v, shape, options, options.countIncludePad ?? true));
}

export interface InterpolateOptions {
  /** The nearest element, or a mean by distance along each axis. */
  readonly mode: "nearest" | "bilinear";
}

/** The last axes in sizes `size`, with half-pixel centres: element i covers the stretch from i to i + 1. */
export function interpolate(x: Tensor, size: readonly number[], { mode }: InterpolateOptions): Tensor {
  requireTensor("interpolate", x);
  if (mode !== "nearest" && mode !== "bilinear")
    throw new RangeError(`interpolate: mode "${String(mode)}" is neither "nearest" nor "bilinear"`);
  return fromDense(images.interpolate(x, size, mode));
}

/** The adjoint of `interpolate` of a tensor whose last axes have sizes `size`. */
export function interpolateAdjoint(v: Tensor, size: readonly number[], { mode }: InterpolateOptions): Tensor {
  return fromDense(images.interpolateAdjoint(v, size, mode));
}
