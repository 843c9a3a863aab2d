/**
 * Operations that only derivatives need: adjoints of linear operations. The adjoint of each is the operation that it is named
 * after, so the family is closed under differentiation.
 */
import { checkedShape, type Shape, ShapeError, axisOf, endsWith, sameShape, showShape, sizeOf } from "../shape.ts";
import * as layout from "../cpu/layout.ts";
import { polygamma as polygammaLoop } from "../cpu/activation-loops.ts";
import { untake as untaken } from "../cpu/gather.ts";
import { mapFloat } from "../cpu/unary.ts";
import { allocate } from "../dtype.ts";
import { Tensor, fromDense } from "../tensor.ts";
import { type PadAmounts, type PadMode, padMaps, repeatMap, tileMaps } from "./axis-maps.ts";
import { sum } from "./reductions.ts";

/**
 * `x` summed over the axes along which a tensor of shape `shape` was broadcast to it: the adjoint of `broadcastTo`. Where nothing
 * was broadcast it is `x` itself.
 * @throws ShapeError if `shape` does not broadcast to the shape of `x`
 */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const size = sizeOf(shape);
  if (x.data instanceof Float64Array && size > 1 && endsWith(x.shape, shape))
    return new Tensor(rowsAdded(x.data, size), [...shape]);
  const missing = x.ndim - shape.length;
  const axes = x.shape.flatMap((length, axis) =>
    axis < missing || (shape[axis - missing] === 1 && length !== 1) ? [axis] : [],
  );
  const fits = missing >= 0 && shape.every((length, axis) => length === 1 || length === x.shape[axis + missing]);
  if (!fits) throw new ShapeError(`sumTo: shape ${showShape(shape)} does not broadcast to ${showShape(x.shape)}`);
  const sums = axes.length === 0 ? x : sum(x, { axis: axes, keepdims: true });
  return fromDense(layout.reshaped(sums, shape));
}

/** Stretches of memory added up, one after the other. */
function rowsAdded(x: Float64Array, size: number): Float64Array {
  const total = new Float64Array(size);
  for (let row = 0; row < x.length; row += size) for (let i = 0; i < size; i++) total[i]! += x[row + i]!;
  return total;
}

/** Zeros of shape `shape` with `v` in the window that `slice` takes. */
export function unslice(
  v: Tensor,
  shape: Shape,
  start: readonly number[],
  stop: readonly number[],
  step?: readonly number[],
): Tensor {
  return fromDense(layout.unslice(v, checkedShape("unslice", shape), start, stop, step));
}

/** The slices of `v` added to the places of zeros of shape `shape` from which `take` takes them (flattened without an axis). */
export function untake(
  v: Tensor,
  indices: Tensor,
  shape: Shape,
  { axis }: { readonly axis?: number | undefined } = {},
): Tensor {
  const found = checkedShape("untake", shape);
  if (axis !== undefined) return fromDense(untaken("untake", v, indices, found, axisOf("untake", axis, found)));
  const flat = untaken("untake", v, indices, [sizeOf(found)], 0);
  return fromDense(layout.reshaped(flat, found));
}

/** Each element of `v` added to the place of zeros of shape `shape` from which `pad` takes it; a constant takes from none. */
export function padAdjoint(
  v: Tensor,
  shape: Shape,
  amounts: PadAmounts,
  { mode }: { readonly mode?: PadMode | undefined } = {},
): Tensor {
  return fromDense(layout.scatterAxes(v, padMaps("padAdjoint", shape, amounts, mode), shape));
}

/** The repetitions of `tile` added up, for a tensor of shape `shape`. */
export function tileAdjoint(v: Tensor, shape: Shape, reps: readonly number[]): Tensor {
  const full = tileMaps("tileAdjoint", shape, reps);
  return fromDense(layout.reshaped(layout.scatterAxes(v, full.maps, full.shape), shape));
}

/** The repetitions of `repeat` added up, for a tensor of shape `shape`. */
export function repeatAdjoint(
  v: Tensor,
  shape: Shape,
  n: number,
  { axis }: { readonly axis?: number | undefined } = {},
): Tensor {
  const from = axis === undefined ? [sizeOf(shape)] : shape;
  const along = axis === undefined ? 0 : axisOf("repeatAdjoint", axis, shape);
  const maps = from.map((length, k) => (k === along ? repeatMap("repeatAdjoint", length, n) : undefined));
  return fromDense(layout.reshaped(layout.scatterAxes(v, maps, from), shape));
}

/** Zeros of shape `shape` with `v` on the diagonal that `diagonal` takes. */
export function placeDiagonal(
  v: Tensor,
  shape: Shape,
  { offset = 0 }: { readonly offset?: number | undefined } = {},
): Tensor {
  const found = checkedShape("placeDiagonal", shape);
  if (found.length < 2) throw new ShapeError(`placeDiagonal: shape ${showShape(shape)} has no two axes`);
  const [rows, columns] = [found.at(-2)!, found.at(-1)!];
  const length = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  if (!sameShape(v.shape, [...found.slice(0, -2), length]))
    throw new ShapeError(
      `placeDiagonal: shape ${showShape(v.shape)} is not that of diagonal ${offset} of ${showShape(shape)}`,
    );
  const from = offset < 0 ? -offset * columns : offset;
  const data = allocate(v.dtype, sizeOf(found));
  for (let b = 0; b * length < v.size; b++)
    for (let i = 0; i < length; i++) data[b * rows * columns + from + i * (columns + 1)] = v.data[b * length + i]!;
  return new Tensor(data, found);
}

/**
 * The elements moved on by `by` places along an axis (the last by default), back where it is negative; those that leave are
 * lost, and `fill` comes in. Its adjoint moves the other way, with 0.
 */
export function shift(
  x: Tensor,
  by: number,
  { axis = -1, fill = 0 }: { readonly axis?: number | undefined; readonly fill?: number | undefined } = {},
): Tensor {
  const along = axisOf("shift", axis, x.shape);
  const length = x.shape[along]!;
  const map = Int32Array.from({ length }, (_, i) => (i - by >= 0 && i - by < length ? i - by : -1));
  const maps = x.shape.map((_, k) => (k === along ? map : undefined));
  return fromDense(layout.gatherAxes(x, maps, fill));
}

/** The derivative of order `order` of digamma, elementwise: derivatives of `lgamma`. Its own is `polygamma(order + 1, x)`. */
export function polygamma(order: number, x: Tensor): Tensor {
  if (!Number.isInteger(order) || order < 0) throw new RangeError(`polygamma: ${order} is no order of a derivative`);
  return fromDense(mapFloat(polygammaLoop, x, order));
}
