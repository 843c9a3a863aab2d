/**
 * Other shapes for the same elements. Results never share memory with their operands.
 *
 * All are linear, and closed under differentiation: `reshape`, `flatten`, `squeeze`, `expandDims` are undone by `reshape`;
 * `transpose`, `permuteDims`, `swapaxes`, `moveaxis` by `permuteDims` with the inverse order; `flip` by itself; `roll` by a
 * roll back; `broadcastTo` by `sumTo` and the other way round; `concat` by `split`, `split` and `unstack` by `concat` and
 * `stack`; `tril` and `triu` by themselves; `diag` of a vector by `diagonal`, and that by `placeDiagonal`; `slice` by `unslice`;
 * `pad`, `tile`, `repeat` by `padAdjoint`, `tileAdjoint`, `repeatAdjoint`, whose own adjoints are `pad` (with 0), `tile` and
 * `repeat`. The names that are not in this file are in `adjoints.ts`.
 */
import * as layout from "../cpu/layout.ts";
import { type DType, allocate, cast, promote, requireTensor } from "../dtype.ts";
import {
  type Axes,
  axesOf,
  axisOf,
  checkedShape,
  replacedAt,
  sameShape,
  type Shape,
  ShapeError,
  showShape,
  sizeOf,
} from "../shape.ts";
import { Tensor, fromDense } from "../tensor.ts";
import { padMaps, repeatMap, rollMaps, tileMaps } from "./axis-maps.ts";

/** The elements in another shape; one length may be -1 and is found from the others. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  requireTensor("reshape", x);
  return fromDense(layout.reshape(x, shape));
}

/** Axes `startAxis` to `endAxis` (first to last by default) as one axis. */
export function flatten(
  x: Tensor,
  options: { readonly startAxis?: number | undefined; readonly endAxis?: number | undefined } = {},
): Tensor {
  requireTensor("flatten", x);
  if (x.ndim === 0) return reshape(x, [1]);
  const start = axisOf("flatten", options.startAxis ?? 0, x.shape);
  const end = axisOf("flatten", options.endAxis ?? -1, x.shape);
  if (start > end)
    throw new ShapeError(`flatten: startAxis ${start} is behind endAxis ${end} of shape ${showShape(x.shape)}`);
  const { shape } = x;
  return reshape(x, [...shape.slice(0, start), sizeOf(shape.slice(start, end + 1)), ...shape.slice(end + 1)]);
}

/** The last two axes exchanged. */
export function transpose(x: Tensor): Tensor {
  requireTensor("transpose", x);
  return fromDense(layout.transpose(x));
}

/** Axis k of the result is axis `axes[k]` of `x`. */
export function permuteDims(x: Tensor, axes: readonly number[]): Tensor {
  requireTensor("permuteDims", x);
  return fromDense(layout.permuteDims(x, axes));
}

/** Axes `i` and `j` exchanged. */
export function swapaxes(x: Tensor, i: number, j: number): Tensor {
  requireTensor("swapaxes", x);
  const [a, b] = [axisOf("swapaxes", i, x.shape), axisOf("swapaxes", j, x.shape)];
  return permuteDims(
    x,
    x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)),
  );
}

/** Axes `from` at the places `to`; the others keep their order. */
export function moveaxis(x: Tensor, from: Axes, to: Axes): Tensor {
  requireTensor("moveaxis", x);
  const sources = listOf(from).map((axis) => axisOf("moveaxis", axis, x.shape));
  const targets = listOf(to).map((axis) => axisOf("moveaxis", axis, x.shape));
  if (
    sources.length !== targets.length ||
    new Set(sources).size < sources.length ||
    new Set(targets).size < sources.length
  )
    throw new ShapeError(
      `moveaxis: axes ${showShape(sources)} of shape ${showShape(x.shape)} cannot go to ${showShape(targets)}`,
    );
  const others = x.shape.map((_, axis) => axis).filter((axis) => !sources.includes(axis));
  const axes = x.shape.map((_, axis) => {
    const moved = targets.indexOf(axis);
    return moved < 0 ? others.shift()! : sources[moved]!;
  });
  return permuteDims(x, axes);
}

const listOf = (axes: Axes): readonly number[] => (typeof axes === "number" ? [axes] : axes);

/** `x` repeated along new axes in front and along axes of length 1. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  requireTensor("broadcastTo", x);
  return fromDense(layout.broadcastTo(x, shape));
}

/** Tensors one after the other along an axis (the first by default); other axes are alike. Types are promoted. */
export function concat(list: readonly Tensor[], { axis = 0 }: { readonly axis?: number | undefined } = {}): Tensor {
  for (const x of list) requireTensor("concat", x);
  const [first] = list;
  if (first === undefined) throw new ShapeError("concat: no tensors are given");
  const along = axisOf("concat", axis, first.shape);
  for (const { shape } of list)
    if (shape.length !== first.ndim || shape.some((length, k) => k !== along && length !== first.shape[k]))
      throw new ShapeError(
        `concat: shapes ${showShape(first.shape)} and ${showShape(shape)} differ beside axis ${along}`,
      );
  const dtype = list.reduce<DType>((common, x) => promote(common, x.dtype), first.dtype);
  const total = list.reduce((sum, { shape }) => sum + shape[along]!, 0);
  const shape = first.shape.map((length, k) => (k === along ? total : length));
  const inner = sizeOf(shape.slice(along + 1));
  const outer = sizeOf(shape.slice(0, along));
  const data = allocate(dtype, sizeOf(shape));
  let at = 0;
  for (const x of list) {
    const width = x.shape[along]! * inner;
    const from = cast(x.data, dtype);
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < width; i++) data[o * total * inner + at + i] = from[o * width + i]!;
    at += width;
  }
  return new Tensor(data, shape);
}

/** Tensors of one shape along a new axis (the first by default). */
export function stack(list: readonly Tensor[], { axis = 0 }: { readonly axis?: number | undefined } = {}): Tensor {
  for (const x of list) requireTensor("stack", x);
  const [first] = list;
  if (first === undefined) throw new ShapeError("stack: no tensors are given");
  for (const { shape } of list)
    if (!sameShape(shape, first.shape))
      throw new ShapeError(`stack: shapes ${showShape(first.shape)} and ${showShape(shape)} differ`);
  return concat(
    list.map((x) => fromDense(layout.expandDims(x, [axis], "stack"))),
    { axis },
  );
}

/** Pieces of the given lengths along an axis (the first by default). */
export function split(
  x: Tensor,
  sizes: readonly number[],
  { axis = 0 }: { readonly axis?: number | undefined } = {},
): Tensor[] {
  requireTensor("split", x);
  const along = axisOf("split", axis, x.shape);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  checkedShape("split", sizes);
  if (total !== x.shape[along])
    throw new ShapeError(
      `split: sizes ${showShape(sizes)} do not add up to axis ${along} of shape ${showShape(x.shape)}: ${total} ≠ ${x.shape[along]!}`,
    );
  let at = 0;
  return sizes.map((size) => {
    const before = at;
    at += size;
    const whole = x.shape.map(() => 0);
    return slice(x, replacedAt(whole, along, before), replacedAt(x.shape, along, at));
  });
}

/** The slices along an axis (the first by default), which is dropped. */
export function unstack(x: Tensor, { axis = 0 }: { readonly axis?: number | undefined } = {}): Tensor[] {
  requireTensor("unstack", x);
  const along = axisOf("unstack", axis, x.shape);
  const pieces = split(
    x,
    Array.from({ length: x.shape[along]! }, () => 1),
    { axis: along },
  );
  return pieces.map((piece) => squeeze(piece, { axis: along }));
}

/**
 * Along axis k the elements `start[k]`, `start[k] + step[k]`, … up to but without `stop[k]`. Axes that are not named are taken
 * whole. As in Python, places count from the end where they are negative, and beyond an end they mean the end.
 * @throws RangeError if a step is not positive
 */
export function slice(x: Tensor, start: readonly number[], stop: readonly number[], step?: readonly number[]): Tensor {
  requireTensor("slice", x);
  return fromDense(layout.slice(x, start, stop, step));
}

/**
 * More elements at the ends of axes: `[before, after]` for each axis in order, or fewer for the first axes. They are `value` (0
 * by default); "reflect" mirrors at the outermost element, "edge" repeats it, "wrap" goes on at the other end.
 * @throws ShapeError if "reflect" reaches beyond the other end, or there is nothing to repeat
 */
export function pad(
  x: Tensor,
  amounts: readonly (readonly [before: number, after: number])[],
  options: PadOptions = {},
): Tensor {
  requireTensor("pad", x);
  return fromDense(layout.gatherAxes(x, padMaps("pad", x.shape, amounts, options.mode), options.value));
}

export interface PadOptions {
  readonly mode?: "constant" | "reflect" | "edge" | "wrap" | undefined;
  readonly value?: number | undefined;
}

/** The elements in the opposite order along axes, all of them by default. */
export function flip(x: Tensor, { axis }: { readonly axis?: Axes | undefined } = {}): Tensor {
  requireTensor("flip", x);
  const axes = axesOf("flip", axis, x.shape);
  const maps = x.shape.map((length, k) =>
    axes.includes(k) ? Int32Array.from({ length }, (_, i) => length - 1 - i) : undefined,
  );
  return fromDense(layout.gatherAxes(x, maps));
}

/** The elements moved on by `shift` places, around the end; without an axis in the flattened tensor. Both may be lists. */
export function roll(x: Tensor, shift: Axes, { axis }: { readonly axis?: Axes | undefined } = {}): Tensor {
  requireTensor("roll", x);
  const shifts = listOf(shift);
  if (axis === undefined) {
    const flat = layout.reshaped(x, [x.size]);
    const total = shifts.reduce((sum, by) => sum + by, 0);
    return fromDense(layout.reshaped(layout.gatherAxes(flat, rollMaps("roll", [x.size], [total], [0])), x.shape));
  }
  return fromDense(layout.gatherAxes(x, rollMaps("roll", x.shape, shifts, listOf(axis))));
}

/** The whole tensor repeated `reps[k]` times along axis k; missing axes or repetitions are 1, in front. */
export function tile(x: Tensor, reps: readonly number[]): Tensor {
  requireTensor("tile", x);
  const { shape, maps } = tileMaps("tile", x.shape, reps);
  return fromDense(layout.gatherAxes(layout.reshaped(x, shape), maps));
}

/** Each element repeated `n` times, next to each other; without an axis in the flattened tensor. */
export function repeat(x: Tensor, n: number, { axis }: { readonly axis?: number | undefined } = {}): Tensor {
  requireTensor("repeat", x);
  const from = axis === undefined ? layout.reshaped(x, [x.size]) : x;
  const along = axis === undefined ? 0 : axisOf("repeat", axis, x.shape);
  return fromDense(
    layout.gatherAxes(
      from,
      from.shape.map((length, k) => (k === along ? repeatMap("repeat", length, n) : undefined)),
    ),
  );
}

/**
 * Without axes of length 1: those that are named, all of them by default.
 * @throws ShapeError if a named axis has another length
 */
export function squeeze(x: Tensor, options?: { readonly axis?: Axes | undefined }): Tensor {
  requireTensor("squeeze", x);
  return x.squeeze(options);
}

/** New axes of length 1 at the given places of the result. */
export function expandDims(x: Tensor, options: { readonly axis: Axes }): Tensor {
  requireTensor("expandDims", x);
  return x.expandDims(options);
}

/** The triangle below the diagonal, with it; `k` moves it up. What is above is 0. Over the last two axes. */
export function tril(x: Tensor, { k = 0 }: { readonly k?: number | undefined } = {}): Tensor {
  requireTensor("tril", x);
  requireWhole("tril", "k", k);
  return triangle("tril", x, (column, row) => column - row <= k);
}

/** The triangle above the diagonal, with it; `k` moves it up. What is below is 0. Over the last two axes. */
export function triu(x: Tensor, { k = 0 }: { readonly k?: number | undefined } = {}): Tensor {
  requireTensor("triu", x);
  requireWhole("triu", "k", k);
  return triangle("triu", x, (column, row) => column - row >= k);
}

function requireWhole(operation: string, what: string, value: number): void {
  if (!Number.isInteger(value)) throw new RangeError(`${operation}: ${what} ${value} is no whole number`);
}

function triangle(operation: string, x: Tensor, isKept: (column: number, row: number) => boolean): Tensor {
  if (x.ndim < 2) throw new ShapeError(`${operation}: shape ${showShape(x.shape)} has no two axes`);
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  const data = x.data.slice();
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      if (!isKept(j, i)) for (let at = i * columns + j; at < data.length; at += rows * columns) data[at] = 0;
  return new Tensor(data, x.shape);
}

/** Of a vector the diagonal matrix with it, of a matrix its diagonal. */
export function diag(x: Tensor): Tensor {
  requireTensor("diag", x);
  if (x.ndim === 2) return diagonal(x);
  if (x.ndim !== 1) throw new ShapeError(`diag: shape ${showShape(x.shape)} is neither a vector nor a matrix`);
  const data = allocate(x.dtype, x.size * x.size);
  for (let i = 0; i < x.size; i++) data[i * (x.size + 1)] = x.data[i]!;
  return new Tensor(data, [x.size, x.size]);
}

/** The diagonal of the last two axes, or the one `offset` places above it; it comes as the last axis. */
export function diagonal(x: Tensor, { offset = 0 }: { readonly offset?: number | undefined } = {}): Tensor {
  requireTensor("diagonal", x);
  return diagonalFor("diagonal", x, offset);
}

/** The diagonal, as a step of an operation that errors name. */
export function diagonalFor(operation: string, x: Tensor, offset: number): Tensor {
  if (x.ndim < 2) throw new ShapeError(`${operation}: shape ${showShape(x.shape)} has no two axes`);
  requireWhole(operation, "offset", offset);
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  const length = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  const from = offset < 0 ? -offset * columns : offset;
  const batch = x.shape.slice(0, -2);
  const data = allocate(x.dtype, sizeOf(batch) * length);
  for (let b = 0; b < sizeOf(batch); b++)
    for (let i = 0; i < length; i++) data[b * length + i] = x.data[b * rows * columns + from + i * (columns + 1)]!;
  return new Tensor(data, [...batch, length]);
}

/**
 * Each vector stretched along the axes of all others. With indexing "xy" (as in the array API and NumPy, the default) the first
 * two axes are exchanged, so that the first vector runs along columns.
 */
export function meshgrid(
  list: readonly Tensor[],
  { indexing = "xy" }: { readonly indexing?: "xy" | "ij" | undefined } = {},
): Tensor[] {
  for (const x of list) requireTensor("meshgrid", x);
  // Types rule it out, JavaScript does not.
  if (!["xy", "ij"].includes(indexing))
    throw new RangeError(`meshgrid: indexing "${indexing}" is neither "xy" nor "ij"`);
  for (const { shape } of list)
    if (shape.length > 1) throw new ShapeError(`meshgrid: shape ${showShape(shape)} is no vector`);
  const lengths = list.map((x) => x.size);
  const exchanged = indexing === "xy" && list.length >= 2;
  const axisFor = (k: number): number => (exchanged && k < 2 ? 1 - k : k);
  const shape = lengths.map((_, axis) => lengths[axisFor(axis)]!);
  return list.map((x, k) => {
    const own = shape.map((length, axis) => (axis === axisFor(k) ? length : 1));
    return fromDense(layout.broadcastTo(layout.reshaped(x, own), shape));
  });
}
