/**
 * Order along an axis, the last one by default. NaN counts as the greatest; equal elements keep their order.
 *
 * Derivatives: `sort(x)` is `takeAlongAxis(x, argsort(x))` and `topk` takes along its indices, so a JVP takes the tangent
 * along the same indices, and a VJP is `scatterAdd` of the cotangent into zeros.
 */
import * as order from "../cpu/sort.ts";
import { ShapeError, axisOf, showShape } from "../shape.ts";
import { type Tensor, fromDense } from "../tensor.ts";
import { requireTensor } from "../dtype.ts";

export interface SortOptions {
  readonly axis?: number | undefined;
  readonly descending?: boolean | undefined;
}

/** The elements in order along the axis. */
export function sort(x: Tensor, { axis = -1, descending = false }: SortOptions = {}): Tensor {
  requireTensor("sort", x);
  return fromDense(order.sort(x, axisOf("sort", axis, x.shape), descending));
}

/** The places, as int32, from which `sort` takes the elements. */
export function argsort(x: Tensor, { axis = -1, descending = false }: SortOptions = {}): Tensor {
  requireTensor("argsort", x);
  return fromDense(order.argsort(x, axisOf("argsort", axis, x.shape), descending));
}

/**
 * The `k` greatest elements along the axis in descending order, and their places as int32; of equal ones the first.
 * @throws ShapeError if the axis has fewer than `k` elements
 */
export function topk(
  x: Tensor,
  k: number,
  { axis = -1 }: { readonly axis?: number | undefined } = {},
): [values: Tensor, indices: Tensor] {
  requireTensor("topk", x);
  const along = axisOf("topk", axis, x.shape);
  if (!Number.isInteger(k) || k < 0 || k > x.shape[along]!)
    throw new ShapeError(`topk: axis ${along} of shape ${showShape(x.shape)} has no ${k} greatest elements`);
  const [values, indices] = order.topk(x, k, along);
  return [fromDense(values), fromDense(indices)];
}
