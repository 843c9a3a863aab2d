/** Shapes: sizes of axes, outermost first, and what operations make of them. */
import { type DType, type TensorData, dtypeOf } from "./dtype.ts";

export type Shape = readonly number[];
/** A shape as a type states it: lengths, and names for those that are not known before the program runs. */
export type StatedShape = readonly (number | string)[];
/** One axis or several; negative ones count from the last. */
export type Axes = number | readonly number[];

/** A shape that does not fit: an operation's operands, or data. */
export class ShapeError extends RangeError {
  override readonly name = "ShapeError";
}

/** What a kernel needs of a tensor, and gives back. */
export interface Dense {
  /** Row by row. */
  readonly data: TensorData;
  readonly shape: Shape;
  readonly dtype: DType;
}

export function dense(data: TensorData, shape: Shape): Dense {
  return { data, shape, dtype: dtypeOf(data) };
}

/** The number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis]!;
  return size;
}

export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** The numbers with another one at a place. */
export function replacedAt(list: readonly number[], at: number, value: number): number[] {
  return list.map((length, k) => (k === at ? value : length));
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Whether the one shape is the last axes of the other, so that what has it is repeated as a whole. */
export function endsWith(shape: Shape, last: Shape): boolean {
  const missing = shape.length - last.length;
  if (missing < 0) return false;
  for (let axis = 0; axis < last.length; axis++) if (shape[missing + axis] !== last[axis]) return false;
  return true;
}

/** How far apart neighbours along each axis stand, row by row. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** A copy of a shape that a user gave. */
export function checkedShape(operation: string, shape: Shape): number[] {
  for (const length of shape)
    if (!Number.isInteger(length) || length < 0)
      throw new ShapeError(`${operation}: ${showShape(shape)} is no shape: ${length} is not a whole number from 0 on`);
  return [...shape];
}

/** The axis as an index from 0 on. */
export function axisOf(operation: string, axis: number, shape: Shape): number {
  const rank = shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new ShapeError(
      `${operation}: axis ${axis} is out of range for shape ${showShape(shape)}` +
        (rank === 0 ? ", which has no axes" : `: axes go from ${-rank} to ${rank - 1}`),
    );
  return axis < 0 ? axis + rank : axis;
}

/** The axes in ascending order, each once; all of them where none are named. */
export function axesOf(operation: string, axes: Axes | undefined, shape: Shape): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis);
  const list = typeof axes === "number" ? [axes] : axes;
  const found = list.map((axis) => axisOf(operation, axis, shape)).sort((a, b) => a - b);
  for (let k = 1; k < found.length; k++)
    if (found[k] === found[k - 1])
      throw new ShapeError(`${operation}: axis ${found[k]!} of shape ${showShape(shape)} is named twice`);
  return found;
}

/** The shape with axes left out, or kept with length 1. */
export function reducedShape(shape: Shape, axes: readonly number[], keepdims: boolean): number[] {
  if (keepdims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** The shape that both are stretched to: axes are aligned at the last one, and length 1 is repeated. */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const inA = a[axis - rank + a.length] ?? 1;
    const inB = b[axis - rank + b.length] ?? 1;
    if (inA !== inB && inA !== 1 && inB !== 1)
      throw new ShapeError(
        `${operation}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast: ${inA} ≠ ${inB} at axis ${axis - rank}`,
      );
    shape[axis] = inA === 1 ? inB : inA;
  }
  return shape;
}

/** Strides for reading something of shape `from` as if it had shape `to`: 0 along axes that are repeated. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return to.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing]!));
}
