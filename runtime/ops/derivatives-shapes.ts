/**
 * What derivatives need of parts and places: linear operations, in pairs of which each is the adjoint of the other, so that
 * the family is closed under differentiation.
 */
import { type Axes, type Shape, axesOf, axisOf, sameShape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { allocate } from "../dtype.ts";
import { sumTo, placeDiagonal, unslice } from "./adjoints.ts";
import { zeros } from "./creation.ts";
import { scatterAdd } from "./indexing.ts";
import { broadcastTo, diagonal, diag, permuteDims, reshape, slice } from "./manipulation.ts";
import { sum } from "./reductions.ts";

interface AxisOption {
  readonly axis?: number | undefined;
}

/** The axes (all by default) as the last one, behind the others. */
export function axesLast(x: Tensor, { axis }: { readonly axis?: Axes | undefined } = {}): Tensor {
  const { order, kept } = orderOf(x.shape, axis);
  return reshape(permuteDims(x, order), [
    ...kept.map((k) => x.shape[k]!),
    sizeOf(order.slice(kept.length).map((k) => x.shape[k]!)),
  ]);
}

/** `axesLast` undone: the shape is the one from before. */
export function axesBack(x: Tensor, shape: Shape, { axis }: { readonly axis?: Axes | undefined } = {}): Tensor {
  const { order } = orderOf(shape, axis);
  return permuteDims(
    reshape(
      x,
      order.map((k) => shape[k]!),
    ),
    inverseAxes(order),
  );
}

function orderOf(shape: Shape, axis: Axes | undefined): { readonly order: number[]; readonly kept: number[] } {
  const last = [...axesOf("axesLast", axis, shape)].sort((a, b) => a - b);
  const kept = shape.flatMap((_, k) => (last.includes(k) ? [] : [k]));
  return { order: [...kept, ...last], kept };
}

/** The order of axes that undoes an order. */
export function inverseAxes(axes: readonly number[]): number[] {
  const order = axes.map((axis) => (axis < 0 ? axis + axes.length : axis));
  return order.map((_, k) => order.indexOf(k));
}

/** All axes from one on. */
export function axesFrom(x: Tensor, from: number): number[] {
  return x.shape.map((_, k) => k).slice(from);
}

/** All axes but one. */
export function axesBut(x: Tensor, axis: number): number[] {
  const left = axisOf("axesBut", axis, x.shape);
  return x.shape.map((_, k) => k).filter((k) => k !== left);
}

/** Where tensor k of a list lies along the axis of their `concat`. */
function stretchOf(list: readonly Tensor[], k: number, axis: number): { along: number; from: number; to: number } {
  const along = axisOf("concat", axis, list[k]!.shape);
  const from = list.slice(0, k).reduce((sum, { shape }) => sum + shape[along]!, 0);
  return { along, from, to: from + list[k]!.shape[along]! };
}

/** The part of a tensor of the shape of `concat(list)` that tensor k of the list became there. */
export function partOf(x: Tensor, list: readonly Tensor[], k: number, { axis = 0 }: AxisOption = {}): Tensor {
  const { along, from, to } = stretchOf(list, k, axis);
  const start = x.shape.map(() => 0);
  return slice(x, start.with(along, from), x.shape.with(along, to));
}

/** The part that tensor k of the list becomes in `concat(list)`, among zeros. */
export function placePart(x: Tensor, list: readonly Tensor[], k: number, { axis = 0 }: AxisOption = {}): Tensor {
  const { along, from, to } = stretchOf(list, k, axis);
  const total = list.reduce((sum, { shape }) => sum + shape[along]!, 0);
  const start = x.shape.map(() => 0);
  return unslice(x, x.shape.with(along, total), start.with(along, from), x.shape.with(along, to));
}

/** The first (k = 0) or second half along an axis. */
export function half(x: Tensor, k: 0 | 1, { axis = -1 }: AxisOption = {}): Tensor {
  const along = axisOf("glu", axis, x.shape);
  const length = x.shape[along]! / 2;
  const start = x.shape.map(() => 0).with(along, k * length);
  return slice(x, start, x.shape.with(along, (k + 1) * length));
}

/** A half among zeros. */
export function placeHalf(x: Tensor, k: 0 | 1, { axis = -1 }: AxisOption = {}): Tensor {
  const along = axisOf("glu", axis, x.shape);
  const length = x.shape[along]!;
  const start = x.shape.map(() => 0).with(along, k * length);
  return unslice(x, x.shape.with(along, 2 * length), start, x.shape.with(along, (k + 1) * length));
}

/** Zeros of the shape with `x` as the slice that `index` takes. */
export function unindex(x: Tensor, i: number, shape: Shape, { axis = 0 }: AxisOption = {}): Tensor {
  const along = axisOf("index", axis, shape);
  const place = i < 0 ? i + shape[along]! : i;
  const start = shape.map(() => 0).with(along, place);
  return unslice(reshape(x, shape.with(along, 1)), shape, start, shape.with(along, place + 1));
}

/** Each element added to the place of zeros of the shape from which `takeAlongAxis` takes it. */
export function untakeAlong(x: Tensor, indices: Tensor, shape: Shape, { axis = -1 }: AxisOption = {}): Tensor {
  const along = axisOf("takeAlongAxis", axis, shape);
  const places = sameShape(indices.shape, x.shape) ? indices : broadcastTo(indices, x.shape);
  return sumTo(scatterAdd(zeros(x.shape.with(along, shape[along]!), x.dtype), places, x, { axis: along }), shape);
}

/** The adjoint of `diag`, of a vector or of a matrix. */
export function undiag(x: Tensor, shape: Shape): Tensor {
  return shape.length === 1 ? diag(x) : placeDiagonal(x, shape);
}

/** The adjoint of `trace`: each element all along a diagonal. */
export function untrace(
  x: Tensor,
  shape: Shape,
  { offset = 0 }: { readonly offset?: number | undefined } = {},
): Tensor {
  const ones = diagonal(zeros(shape, x.dtype), { offset });
  return placeDiagonal(broadcastTo(reshape(x, [...x.shape, 1]), ones.shape), shape, { offset });
}

interface GridOptions {
  readonly indexing?: "xy" | "ij" | undefined;
}

const gridAxis = (k: number, rank: number, indexing: "xy" | "ij"): number =>
  indexing === "xy" && rank >= 2 && k < 2 ? 1 - k : k;

/** Tensor k of a grid of the shape, as `meshgrid` makes it. */
export function mesh(x: Tensor, k: number, shape: Shape, { indexing = "xy" }: GridOptions = {}): Tensor {
  const own = gridAxis(k, shape.length, indexing);
  const kept = shape.map((length, axis) => (axis === own ? length : 1));
  return broadcastTo(reshape(x, kept), shape);
}

/** The adjoint of `mesh`, of the shape. */
export function unmesh(x: Tensor, k: number, shape: Shape, { indexing = "xy" }: GridOptions = {}): Tensor {
  const own = gridAxis(k, x.ndim, indexing);
  return reshape(sum(x, { axis: axesBut(x, own) }), shape);
}

/** `x`, which has the shape of some axes of `shape`, with an axis of length 1 for each of the others. */
export function alongAxes(x: Tensor, shape: Shape, axes: Axes): Tensor {
  const own = axesOf("alongAxes", axes, shape);
  return reshape(
    x,
    shape.map((length, axis) => (own.includes(axis) ? length : 1)),
  );
}

/** The elements at places in the last `rank` axes, which are counted as one. */
export function takePlaces(x: Tensor, indices: Tensor, rank: number): Tensor {
  const { batch, inner, outer } = planes(x.shape, indices, rank);
  const data = allocate(x.dtype, indices.size);
  for (let b = 0; b < batch; b++)
    for (let k = 0; k < outer; k++) data[b * outer + k] = x.data[b * inner + indices.data[b * outer + k]!]!;
  return new Tensor(data, indices.shape);
}

/** The adjoint of `takePlaces`: the elements added to zeros of the shape. */
export function placePlaces(x: Tensor, indices: Tensor, shape: Shape, rank: number): Tensor {
  const { batch, inner, outer } = planes(shape, indices, rank);
  const data = allocate(x.dtype, sizeOf(shape));
  for (let b = 0; b < batch; b++)
    for (let k = 0; k < outer; k++) data[b * inner + indices.data[b * outer + k]!]! += x.data[b * outer + k]!;
  return new Tensor(data, shape);
}

function planes(shape: Shape, indices: Tensor, rank: number): { batch: number; inner: number; outer: number } {
  const batch = sizeOf(shape.slice(0, -rank));
  return { batch, inner: sizeOf(shape.slice(-rank)), outer: sizeOf(indices.shape.slice(-rank)) };
}
