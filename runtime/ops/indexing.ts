/**
 * Parts of a tensor by index. Indices are int32 tensors; those out of range throw a RangeError that names the axis.
 *
 * Derivatives go to `x` and updates, never to indices. Adjoints: of `take` and `index` it is `untake` (of `tsgrad/runtime`),
 * whose own adjoint is `take`; of `takeAlongAxis` and `gather` it is `scatterAdd` into zeros; of `scatterAdd` the identity
 * towards `x`, and `gather` by the same indices towards the updates. `maskedFill` is `where(mask, value, x)`.
 */
import { where } from "../cpu/select.ts";
import * as places from "../cpu/gather.ts";
import { broadcastTo, reshaped } from "../cpu/layout.ts";
import { axisOf, broadcastShapes, replacedAt, sameShape, ShapeError, showShape } from "../shape.ts";
import { Tensor, fromDense } from "../tensor.ts";
import { requireTensor } from "../dtype.ts";

/** The slice at place `i` along an axis (the first by default), which is dropped. A negative place counts from the end. */
export function index(x: Tensor, i: number, { axis = 0 }: { readonly axis?: number | undefined } = {}): Tensor {
  requireTensor("index", x);
  const along = axisOf("index", axis, x.shape);
  const length = x.shape[along]!;
  if (!Number.isInteger(i) || i < -length || i >= length)
    throw new RangeError(
      `index: ${i} is out of range for axis ${along} of shape ${showShape(x.shape)}, which has length ${length}`,
    );
  const place = new Tensor(Int32Array.of(i < 0 ? i + length : i), []);
  return fromDense(places.take("index", x, place, along));
}

/**
 * The slices that the indices name along an axis; without an axis, the elements of the flattened tensor. The shape of the
 * indices takes the place of the axis.
 */
export function take(x: Tensor, indices: Tensor, { axis }: { readonly axis?: number | undefined } = {}): Tensor {
  requireTensor("take", x);
  requireTensor("take", indices);
  if (axis === undefined) return fromDense(places.take("take", reshaped(x, [x.size]), indices, 0));
  return fromDense(places.take("take", x, indices, axisOf("take", axis, x.shape)));
}

/**
 * The element that each index names along the axis (the last by default): result (i, j) is x(i, indices(i, j)), say. Along
 * the other axes `x` and the indices are broadcast.
 */
export function takeAlongAxis(
  x: Tensor,
  indices: Tensor,
  { axis = -1 }: { readonly axis?: number | undefined } = {},
): Tensor {
  requireTensor("takeAlongAxis", x);
  requireTensor("takeAlongAxis", indices);
  const along = axisOf("takeAlongAxis", axis, x.shape);
  if (indices.ndim !== x.ndim)
    throw new ShapeError(
      `takeAlongAxis: shapes ${showShape(x.shape)} and ${showShape(indices.shape)} have different numbers of axes`,
    );
  const others = broadcastShapes("takeAlongAxis", replacedAt(x.shape, along, 1), replacedAt(indices.shape, along, 1));
  const shape = replacedAt(others, along, x.shape[along]!);
  const chosen = replacedAt(others, along, indices.shape[along]!);
  return fromDense(
    places.gather(
      "takeAlongAxis",
      sameShape(x.shape, shape) ? x : broadcastTo(x, shape),
      sameShape(indices.shape, chosen) ? indices : broadcastTo(indices, chosen),
      along,
    ),
  );
}

/** As `takeAlongAxis` without broadcasting: along the other axes the indices may stop earlier than `x`, as in torch. */
export function gather(x: Tensor, indices: Tensor, { axis = -1 }: { readonly axis?: number | undefined } = {}): Tensor {
  return fromDense(places.gather("gather", x, indices, axisOf("gather", axis, x.shape)));
}

/**
 * `x` with each update added at the place that its index names along the axis (the first by default). Indices are shaped like
 * the updates; along the other axes they may stop earlier than `x`. What falls on one place is added up.
 */
export function scatterAdd(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  { axis = 0 }: { readonly axis?: number | undefined } = {},
): Tensor {
  requireTensor("scatterAdd", x);
  requireTensor("scatterAdd", indices);
  requireTensor("scatterAdd", updates);
  return fromDense(places.scatterAdd(x, indices, updates, axisOf("scatterAdd", axis, x.shape)));
}

/** `value` where the mask is true (not 0), else `x`; the mask is broadcast to `x`. */
export function maskedFill(x: Tensor, mask: Tensor, value: number): Tensor {
  requireTensor("maskedFill", x);
  requireTensor("maskedFill", mask);
  if (!sameShape(broadcastShapes("maskedFill", x.shape, mask.shape), x.shape))
    throw new ShapeError(
      `maskedFill: mask of shape ${showShape(mask.shape)} does not broadcast to ${showShape(x.shape)}`,
    );
  return fromDense(where(mask, value, x));
}
