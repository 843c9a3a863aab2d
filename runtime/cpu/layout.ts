/** Moving elements without computing: other orders of axes, repetition, windows, and picking along axes. */
import { type TensorData, allocate, asFloat64, cast } from "../dtype.ts";
import {
  type Dense,
  type Shape,
  ShapeError,
  axisOf,
  broadcastShapes,
  broadcastStrides,
  checkedShape,
  sameShape,
  showShape,
  sizeOf,
  stridesOf,
} from "../shape.ts";

/** The same elements in another shape, sharing the data. */
export function reshaped({ data, dtype }: Dense, shape: Shape): Dense {
  return { data, shape, dtype };
}

/** A copy in another shape; one length may be -1 and is then found from the others. */
export function reshape(x: Dense, shape: Shape): Dense {
  const unknown = shape.indexOf(-1);
  const given = unknown < 0 ? shape : shape.map((length, axis) => (axis === unknown ? 1 : length));
  const found = checkedShape("reshape", given);
  const size = x.data.length;
  if (unknown >= 0) found[unknown] = size / sizeOf(found);
  if (sizeOf(found) !== size || !Number.isInteger(found[unknown] ?? 1))
    throw new ShapeError(
      `reshape: shape ${showShape(x.shape)} has ${size} elements, which do not fit ${showShape(shape)}`,
    );
  return { data: x.data.slice(), shape: found, dtype: x.dtype };
}

/** Reads `shape` elements that stand `strides` apart, and writes them row by row. */
export function copyStrided(
  from: TensorData,
  start: number,
  strides: readonly number[],
  shape: Shape,
  out: TensorData,
): void {
  if (out.length === 0) return;
  const lengths: number[] = [];
  const steps: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const last = lengths.length - 1;
    if (shape[axis] === 1) continue;
    if (last >= 0 && steps[last] === strides[axis]! * shape[axis]!) {
      lengths[last]! *= shape[axis]!;
      steps[last] = strides[axis]!;
    } else {
      lengths.push(shape[axis]!);
      steps.push(strides[axis]!);
    }
  }
  const columns = lengths.pop() ?? 1;
  const columnStep = steps.pop() ?? 1;
  const rows = lengths.pop() ?? 1;
  const rowStep = steps.pop() ?? 0;
  const index = lengths.map(() => 0);
  let at = start;
  for (let to = 0; to < out.length; to += rows * columns) {
    copyMatrix(from, at, rowStep, columnStep, rows, columns, out, to);
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      at += steps[axis]!;
      if (++index[axis]! < lengths[axis]!) break;
      at -= steps[axis]! * lengths[axis]!;
      index[axis] = 0;
    }
  }
}

/** In tiles, so that reading across rows does not leave the cache at each element. */
const tile = 16;

function copyMatrix(
  from: TensorData,
  at: number,
  rowStep: number,
  columnStep: number,
  rows: number,
  columns: number,
  out: TensorData,
  to: number,
): void {
  const width = columnStep === 1 ? columns : tile;
  for (let left = 0; left < columns; left += width) {
    const right = Math.min(left + width, columns);
    for (let i = 0; i < rows; i++)
      for (let j = left; j < right; j++) out[to + i * columns + j] = from[at + i * rowStep + j * columnStep]!;
  }
}

function readStrided(x: Dense, start: number, strides: readonly number[], shape: Shape): Dense {
  const data = allocate(x.dtype, sizeOf(shape));
  copyStrided(x.data, start, strides, shape, data);
  return { data, shape, dtype: x.dtype };
}

/** Axis k of the result is axis `axes[k]` of `x`. */
export function permuteDims(x: Dense, axes: readonly number[], operation = "permuteDims"): Dense {
  const found = axes.map((axis) => axisOf(operation, axis, x.shape));
  if (found.length !== x.shape.length || new Set(found).size !== found.length)
    throw new ShapeError(
      `${operation}: axes ${showShape(axes)} are no order of the axes of shape ${showShape(x.shape)}`,
    );
  const strides = stridesOf(x.shape);
  return readStrided(
    x,
    0,
    found.map((axis) => strides[axis]!),
    found.map((axis) => x.shape[axis]!),
  );
}

/** The last two axes change places. */
export function transpose(x: Dense): Dense {
  const rank = x.shape.length;
  if (rank < 2) throw new ShapeError(`transpose: shape ${showShape(x.shape)} has no two axes`);
  const axes = x.shape.map((_, axis) => axis);
  [axes[rank - 2], axes[rank - 1]] = [rank - 1, rank - 2];
  return permuteDims(x, axes);
}

export function broadcastTo(x: Dense, shape: Shape): Dense {
  const found = checkedShape("broadcastTo", shape);
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, found), found))
    throw new ShapeError(`broadcastTo: shape ${showShape(x.shape)} does not broadcast to ${showShape(shape)}`);
  return readStrided(x, 0, broadcastStrides(x.shape, found), found);
}

/** Which of `length` elements a slice takes: the first, the step and how many. */
export interface Range {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** The window of each axis. Places count from the end where they are negative, and are kept inside of the axis. */
export function rangesOf(
  operation: string,
  shape: Shape,
  start: readonly number[],
  stop: readonly number[],
  step: readonly number[],
): Range[] {
  const named = Math.max(start.length, stop.length, step.length);
  if (named > shape.length)
    throw new ShapeError(`${operation}: ${named} windows for shape ${showShape(shape)} of ${shape.length} axes`);
  return shape.map((length, axis) => {
    const inside = (place: number): number => Math.min(Math.max(place < 0 ? place + length : place, 0), length);
    const by = step[axis] ?? 1;
    for (const place of [start[axis] ?? 0, stop[axis] ?? 0, by])
      if (!Number.isInteger(place)) throw new RangeError(`${operation}: ${place} is no whole number`);
    if (by < 1)
      throw new RangeError(`${operation}: step ${by} along axis ${axis} is not positive; use flip to reverse`);
    const first = inside(start[axis] ?? 0);
    return { start: first, step: by, length: Math.max(0, Math.ceil((inside(stop[axis] ?? length) - first) / by)) };
  });
}

/** A window along each axis; axes beyond those named are taken whole. */
export function slice(
  x: Dense,
  start: readonly number[],
  stop: readonly number[],
  step: readonly number[] = [],
): Dense {
  const ranges = rangesOf("slice", x.shape, start, stop, step);
  const strides = stridesOf(x.shape);
  return readStrided(
    x,
    ranges.reduce((at, range, axis) => at + range.start * strides[axis]!, 0),
    ranges.map((range, axis) => range.step * strides[axis]!),
    ranges.map((range) => range.length),
  );
}

/** Zeros of shape `shape` with `x` in the window that `slice` takes: the adjoint of `slice`. */
export function unslice(
  x: Dense,
  shape: Shape,
  start: readonly number[],
  stop: readonly number[],
  step: readonly number[] = [],
): Dense {
  const ranges = rangesOf("unslice", shape, start, stop, step);
  const window = ranges.map((range) => range.length);
  if (!sameShape(window, x.shape))
    throw new ShapeError(
      `unslice: shape ${showShape(x.shape)} does not fill the window ${showShape(window)} of ${showShape(shape)}`,
    );
  const maps = ranges.map(({ start: first, step: by, length }, axis) =>
    length === shape[axis] ? undefined : Int32Array.from({ length }, (_, i) => first + i * by),
  );
  return scatterAxes(x, maps, shape);
}

export function squeeze(x: Dense, axes: readonly number[]): Dense {
  for (const axis of axes)
    if (x.shape[axis] !== 1)
      throw new ShapeError(`squeeze: axis ${axis} of shape ${showShape(x.shape)} has length ${x.shape[axis]!}, not 1`);
  return { data: x.data.slice(), shape: x.shape.filter((_, axis) => !axes.includes(axis)), dtype: x.dtype };
}

/** New axes of length 1, at places of the result. */
export function expandDims(x: Dense, axes: readonly number[], operation = "expandDims"): Dense {
  const rank = x.shape.length + axes.length;
  const found = axes.map((axis) => {
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
      throw new ShapeError(
        `${operation}: axis ${axis} is out of range for shape ${showShape(x.shape)}: new axes go from ${-rank} to ${rank - 1}`,
      );
    return axis < 0 ? axis + rank : axis;
  });
  if (new Set(found).size !== found.length)
    throw new ShapeError(`${operation}: an axis of ${showShape(axes)} is named twice`);
  const old = [...x.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (found.includes(axis) ? 1 : old.shift()!));
  return { data: x.data.slice(), shape, dtype: x.dtype };
}

/** For each axis which elements to take, in order; -1 stands for the filling, nothing for all of them. */
export type AxisMaps = readonly (Int32Array | undefined)[];

/** Picks along each axis by itself: element (i, j, …) of the result is element (maps[0][i], maps[1][j], …) of `x`. */
export function gatherAxes(x: Dense, maps: AxisMaps, fill = 0): Dense {
  const shape = x.shape.map((length, axis) => maps[axis]?.length ?? length);
  const data = allocate(x.dtype, sizeOf(shape));
  if (fill !== 0) data.fill(fill);
  if (data.length > 0) new Picking(x.shape, shape, maps).gather(x.data, data, 0, 0, 0);
  return { data, shape, dtype: x.dtype };
}

/** Adds each element of `v` to the place that `gatherAxes` takes it from, in zeros of shape `shape`: its adjoint. */
export function scatterAxes(v: Dense, maps: AxisMaps, shape: Shape): Dense {
  const sums = new Float64Array(sizeOf(shape));
  if (v.data.length > 0) new Picking(shape, v.shape, maps).scatter(asFloat64(v.data), sums, 0, 0, 0);
  return { data: cast(sums, v.dtype), shape, dtype: v.dtype };
}

class Picking {
  readonly #maps: AxisMaps;
  readonly #fromStrides: readonly number[];
  readonly #toStrides: readonly number[];
  /** From this axis on all elements are taken. */
  readonly #whole: number;
  readonly #block: number;

  constructor(from: Shape, to: Shape, maps: AxisMaps) {
    let whole = from.length;
    while (whole > 0 && maps[whole - 1] === undefined) whole--;
    this.#maps = maps.map(
      (map, axis) => map ?? Int32Array.from({ length: axis < whole ? from[axis]! : 0 }, (_, i) => i),
    );
    this.#fromStrides = stridesOf(from);
    this.#toStrides = stridesOf(to);
    this.#whole = whole;
    this.#block = sizeOf(from.slice(whole));
  }

  gather(from: TensorData, to: TensorData, axis: number, at: number, out: number): void {
    if (axis === this.#whole) {
      for (let i = 0; i < this.#block; i++) to[out + i] = from[at + i]!;
      return;
    }
    const map = this.#maps[axis]!;
    const fromStride = this.#fromStrides[axis]!;
    const toStride = this.#toStrides[axis]!;
    if (axis + 1 === this.#whole && this.#block === 1) {
      for (let i = 0; i < map.length; i++) if (map[i]! >= 0) to[out + i * toStride] = from[at + map[i]! * fromStride]!;
      return;
    }
    for (let i = 0; i < map.length; i++)
      if (map[i]! >= 0) this.gather(from, to, axis + 1, at + map[i]! * fromStride, out + i * toStride);
  }

  scatter(from: Float64Array, to: Float64Array, axis: number, at: number, out: number): void {
    if (axis === this.#whole) {
      for (let i = 0; i < this.#block; i++) to[at + i]! += from[out + i]!;
      return;
    }
    const map = this.#maps[axis]!;
    const fromStride = this.#fromStrides[axis]!;
    const toStride = this.#toStrides[axis]!;
    for (let i = 0; i < map.length; i++)
      if (map[i]! >= 0) this.scatter(from, to, axis + 1, at + map[i]! * fromStride, out + i * toStride);
  }
}
