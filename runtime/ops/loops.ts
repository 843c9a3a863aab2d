/** What loops of generated code need, which do several elementwise operations at once. */
import { allocate, cast, type DType, type FloatData, isFloat, unsetArray } from "../dtype.ts";
import { type Axes, axesOf, reducedShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import { keepSpare } from "../spare-arrays.ts";
import { Tensor } from "../tensor.ts";

/**
 * Whether a loop may run over the elements of tensors: all have one shape, and one type of floats. Of the others, which have
 * no axes, only the number is asked for.
 */
export function areAlike(tensors: readonly Tensor[], numbers: readonly Tensor[] = []): boolean {
  // What is no tensor the operations refuse, one by one.
  const [first] = tensors;
  const dtype = first?.dtype;
  if (dtype === undefined || !isFloat(dtype)) return false;
  for (const other of tensors) if (other?.dtype !== dtype || !sameShape(first!.shape, other.shape)) return false;
  for (const other of numbers) if (other?.dtype !== dtype) return false;
  return true;
}

/** Tensors of one shape that is broadcast, or that lacks axes, or has only some; or none, where only the axes are meant that are left out. */
export type Narrow =
  | readonly Tensor[]
  | { readonly axis: Axes; readonly of: readonly Tensor[] }
  | { readonly along: Axes; readonly of: readonly Tensor[] };

const none: readonly number[] = [];

/**
 * How two loops, over rows and columns, run through tensors: how many rows and columns there are, then for each list of narrow
 * tensors how far apart their elements are from row to row and from column to column. Nothing, if the tensors are not all of one
 * type of floats, the first list not of one shape, the others not broadcast to it, or if that takes more than two loops.
 */
export function stepsOf(
  tensors: readonly Tensor[],
  narrow: readonly Narrow[],
  numbers: readonly Tensor[] = [],
): readonly number[] {
  if (!areAlike(tensors, numbers)) return none;
  const { shape, dtype } = tensors[0]!;
  const strides: (readonly number[])[] = [];
  for (const each of narrow) {
    const own =
      "axis" in each
        ? stridesAlong(shape, each.axis, each.of, dtype)
        : "along" in each
          ? stridesOfOnly(shape, each.along, each.of, dtype)
          : stridesIn(shape, each, dtype);
    if (own === undefined) return none;
    strides.push(own);
  }
  // A list: a typed array takes longer to make than all that stands here.
  const steps = [0, 0];
  for (let k = 0; k < narrow.length; k++) steps.push(0, 0);
  // From the last axis on: columns as long as steps go on, then rows.
  let [rows, columns, isInRows] = [1, 1, false];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 1) continue;
    const run = isInRows ? rows : columns;
    let goesOn = true;
    if (run !== 1)
      for (let k = 0; k < strides.length; k++)
        goesOn &&= strides[k]![axis] === steps[2 * k + (isInRows ? 2 : 3)]! * run;
    if (!goesOn && isInRows) return none;
    if (!goesOn) isInRows = true;
    if (run === 1 || !goesOn)
      for (let k = 0; k < strides.length; k++) steps[2 * k + (isInRows ? 2 : 3)] = strides[k]![axis]!;
    if (isInRows) rows *= length;
    else columns *= length;
  }
  steps[0] = rows;
  steps[1] = columns;
  return steps;
}

/** Strides of tensors of one shape along the axes of another that they are broadcast to; undefined where they are not. */
function stridesIn(shape: Shape, tensors: readonly Tensor[], dtype: DType): readonly number[] | undefined {
  const own = tensors[0]?.shape;
  if (own === undefined) return undefined;
  for (const tensor of tensors) if (tensor?.dtype !== dtype || !sameShape(tensor.shape, own)) return undefined;
  return stridesOfNarrow(shape, own);
}

function stridesOfNarrow(shape: Shape, own: Shape): readonly number[] | undefined {
  const missing = shape.length - own.length;
  if (missing < 0) return undefined;
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = axis < missing ? 1 : own[axis - missing]!;
    if (length !== 1 && length !== shape[axis]) return undefined;
    strides[axis] = length === 1 ? 0 : stride;
    stride *= length;
  }
  return strides;
}

/** Strides of tensors that lack axes of the shape, or have them with length 1. */
function stridesAlong(
  shape: Shape,
  axis: Axes,
  tensors: readonly Tensor[],
  dtype: DType,
): readonly number[] | undefined {
  const axes = foundAxes(axis, shape);
  if (axes === undefined) return undefined;
  const kept = reducedShape(shape, axes, true);
  const left = reducedShape(shape, axes, false);
  for (const tensor of tensors)
    if (tensor?.dtype !== dtype || !(sameShape(tensor.shape, kept) || sameShape(tensor.shape, left))) return undefined;
  return stridesOfNarrow(shape, kept);
}

/** Strides of tensors that have some axes of the shape, in their order. */
function stridesOfOnly(
  shape: Shape,
  axis: Axes,
  tensors: readonly Tensor[],
  dtype: DType,
): readonly number[] | undefined {
  const axes = foundAxes(axis, shape);
  if (axes === undefined) return undefined;
  const own = shape.filter((_, k) => axes.includes(k));
  for (const tensor of tensors) if (tensor?.dtype !== dtype || !sameShape(tensor.shape, own)) return undefined;
  return stridesOfNarrow(
    shape,
    shape.map((length, k) => (axes.includes(k) ? length : 1)),
  );
}

function foundAxes(axis: Axes, shape: Shape): number[] | undefined {
  const list = typeof axis === "number" ? [axis] : axis;
  const found = list.map((each) => (each < 0 ? each + shape.length : each));
  const isRight = found.every((each, k) => each >= 0 && each < shape.length && found.indexOf(each) === k);
  return isRight ? found : undefined;
}

/**
 * Zeros for what elements of a tensor have been broadcast to. Where nothing was, each gets one number, which stays as it is: added
 * to -0.
 */
export function sumsLike(like: Tensor, size: number): Float64Array {
  const sums = new Float64Array(like.size);
  return like.size === size ? sums.fill(-0) : sums;
}

/** An array of totals along axes of x. */
export function totalsAlong(axis: Axes, x: Tensor, initial: number): Float64Array {
  return new Float64Array(sizeOf(reducedShape(x.shape, axesOf("totalsAlong", axis, x.shape), false))).fill(initial);
}

/** Totals as a tensor of x's type, or another, with the axes left out or kept. */
export function reducedOver(totals: Float64Array, x: Tensor, axis: Axes, keepdims: boolean, dtype = x.dtype): Tensor {
  const shape = reducedShape(x.shape, axesOf("reducedOver", axis, x.shape), keepdims);
  return new Tensor(cast(totals, dtype), shape);
}

/** Whether numbers that become tensors have the type of the others. */
export function isDouble(x: Tensor): boolean {
  return x.dtype === "float64";
}

const same = (value: number): number => value;

/** What the result of an operation becomes as an element of a tensor of x's type. */
export function roundingOf(x: Tensor): (value: number) => number {
  return x.dtype === "float32" ? Math.fround : same;
}

/** An array for as many elements as x has, of its type. Something may be in it. */
export function arrayLike(x: Tensor): FloatData {
  return unsetArray(x.dtype === "float32" ? "float32" : "float64", x.size);
}

/** A number in a tensor without axes, of x's type or another. */
export function scalarLike(value: number, x: Tensor, dtype = x.dtype): Tensor {
  const data = allocate(dtype, 1);
  data[0] = value;
  return new Tensor(data, []);
}

/** Tensors that nobody looks at any more: their memory is taken for others, unless one of those that stay has it. */
export function recycle(tensors: readonly Tensor[], staying: readonly Tensor[] = []): void {
  for (const { data } of tensors) {
    let isFree = data instanceof Float64Array || data instanceof Float32Array;
    for (const other of staying) isFree &&= other.data !== data;
    if (isFree) keepSpare(data as FloatData);
  }
}
