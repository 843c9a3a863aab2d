/** Reductions over axes. Sums run through the elements row by row, one after the other, in float64 also for float32. */
import { type DType, type FloatData, asFloat, cast, floatOf, numericOf } from "../dtype.ts";
import { type Dense, type Shape, ShapeError, reducedShape, showShape, sizeOf } from "../shape.ts";
import { permuteDims } from "./layout.ts";

/**
 * Reduces the middle axis of `x`, which is `outer` × `n` × `inner`, into `out`, which is `outer` × `inner` zeros. `parameter`
 * is a number that the reduction takes.
 */
export type ReduceLoop = (
  x: FloatData,
  out: Float64Array,
  outer: number,
  n: number,
  inner: number,
  parameter: number,
) => void;

/** Memory as three axes of which the middle one is reduced. */
export interface Middle {
  readonly data: FloatData;
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

/** The axes to be reduced as one axis: axes of length 1 are no matter, and where others stand between, they are moved. */
export function middleOf(x: Dense, axes: readonly number[]): Middle {
  const { shape } = x;
  if (axes.length === shape.length) return { data: asFloat(x.data), outer: 1, n: x.data.length, inner: 1 };
  const moving = axes.filter((axis) => shape[axis] !== 1);
  const first = moving[0] ?? shape.length;
  const last = moving.at(-1) ?? shape.length - 1;
  const between = shape.slice(first, last + 1).filter((length, k) => length !== 1 && !moving.includes(first + k));
  const n = sizeOf(moving.map((axis) => shape[axis]!));
  if (between.length === 0)
    return {
      data: asFloat(x.data),
      outer: sizeOf(shape.slice(0, first)),
      n,
      inner: sizeOf(shape.slice(last + 1)),
    };
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const moved = permuteDims(x, [...kept, ...axes]);
  return { data: asFloat(moved.data), outer: sizeOf(kept.map((axis) => shape[axis]!)), n, inner: 1 };
}

/** The result of `loop` in a type of choice. */
export function reduce(
  loop: ReduceLoop,
  x: Dense,
  axes: readonly number[],
  keepdims: boolean,
  dtype: DType,
  parameter = 0,
): Dense {
  const shape = reducedShape(x.shape, axes, keepdims);
  const { data, outer, n, inner } = middleOf(x, axes);
  const out = new Float64Array(outer * inner);
  loop(data, out, outer, n, inner, parameter);
  return { data: cast(out, dtype), shape, dtype };
}

/** Throws where there is nothing to choose from. */
export function requireElements(operation: string, shape: Shape, axes: readonly number[]): void {
  if (sizeOf(axes.map((axis) => shape[axis]!)) === 0)
    throw new ShapeError(`${operation}: shape ${showShape(shape)} has no elements along axes ${showShape(axes)}`);
}

export function sum(x: Dense, axes: readonly number[], keepdims: boolean): Dense {
  return reduce(sumLoop, x, axes, keepdims, numericOf(x.dtype));
}

export function mean(x: Dense, axes: readonly number[], keepdims: boolean): Dense {
  return reduce(meanLoop, x, axes, keepdims, floatOf(x.dtype));
}

export function max(x: Dense, axes: readonly number[], keepdims: boolean): Dense {
  requireElements("max", x.shape, axes);
  return reduce(maxLoop, x, axes, keepdims, x.dtype);
}

export function min(x: Dense, axes: readonly number[], keepdims: boolean): Dense {
  requireElements("min", x.shape, axes);
  return reduce(minLoop, x, axes, keepdims, x.dtype);
}

function sumLoop(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  for (let o = 0, p = 0; o < outer; o++) {
    if (inner === 1) {
      let total = 0;
      for (const end = p + n; p < end; p++) total += x[p]!;
      out[o] = total;
    } else for (let i = 0; i < n; i++) for (let j = o * inner; j < (o + 1) * inner; j++) out[j]! += x[p++]!;
  }
}

function meanLoop(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  sumLoop(x, out, outer, n, inner);
  for (let j = 0; j < out.length; j++) out[j]! /= n;
}

function maxLoop(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      const from = o * n * inner + j;
      let greatest = -Infinity;
      for (let p = from; p < from + n * inner; p += inner) greatest = Math.max(greatest, x[p]!);
      out[o * inner + j] = greatest;
    }
}

function minLoop(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      const from = o * n * inner + j;
      let least = Infinity;
      for (let p = from; p < from + n * inner; p += inner) least = Math.min(least, x[p]!);
      out[o * inner + j] = least;
    }
}
