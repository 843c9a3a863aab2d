/** Tensors from nothing, or from numbers. */
import {
  type DType,
  DTypeError,
  type TensorData,
  allocate,
  cast,
  dtypeOf,
  requireDType,
  requireTensor,
} from "../dtype.ts";
import { type Shape, ShapeError, checkedShape, showShape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";

/** Other numbers are cut to whole ones. */
function requireInt32(operation: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(values[i]! + 0.5) < 2 ** 31 + 0.5)) throw new DTypeError(`${operation}: ${values[i]!} is no int32`);
}

/** What a tensor can be made of: numbers in lists of lists, all of one length at each level. */
export type Numbers = number | readonly Numbers[];

/**
 * A tensor of a copy of `values`: nested arrays of numbers (float64 unless `dtype` says otherwise), or a typed array whose
 * own type is taken (a `Uint8Array` is bool). `shape` may be left out for nested arrays, and for a vector.
 * @throws ShapeError if nested arrays are ragged, or the number of values does not fit the shape
 * @throws DTypeError if NaN, an infinity or what is too large is to be an int32
 */
export function tensor(values: Numbers | TensorData, shape?: Shape, dtype?: DType): Tensor {
  const given = isTyped(values) ? values : fromNested(values);
  if (dtype === "int32") requireInt32("tensor", given);
  const data = isTyped(values) || dtype !== undefined ? cast(given, dtype ?? dtypeOf(given)) : given;
  const found =
    shape === undefined ? (isTyped(values) ? [values.length] : shapeOfNested(values)) : checkedShape("tensor", shape);
  if (sizeOf(found) !== data.length)
    throw new ShapeError(
      `tensor: shape ${showShape(found)} has ${sizeOf(found)} elements, but ${data.length} values are given`,
    );
  return new Tensor(data === values ? data.slice() : data, found);
}

function isTyped(values: Numbers | TensorData): values is TensorData {
  return ArrayBuffer.isView(values);
}

function shapeOfNested(values: Numbers): number[] {
  const shape: number[] = [];
  for (let level = values; typeof level !== "number"; level = level[0]!) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}

function fromNested(values: Numbers): Float64Array {
  const shape = shapeOfNested(values);
  const data = new Float64Array(sizeOf(shape));
  let at = 0;
  const fill = (level: Numbers, axis: number): void => {
    if (typeof level === "number") {
      if (axis === shape.length) {
        data[at++] = level;
        return;
      }
    } else if (Array.isArray(level) && level.length === shape[axis]) {
      for (const inner of level as readonly Numbers[]) fill(inner, axis + 1);
      return;
    }
    if (typeof level !== "number" && !Array.isArray(level))
      throw new DTypeError(`tensor: values must be numbers, but one is of type ${typeof level}`);
    throw new ShapeError(`tensor: the nested arrays are ragged: not all of them fit shape ${showShape(shape)}`);
  };
  fill(values, 0);
  return data;
}

/** All 0. */
export function zeros(shape: Shape, dtype: DType = "float64"): Tensor {
  const found = checkedShape("zeros", shape);
  return new Tensor(allocate(dtype, sizeOf(found)), found);
}

/** All 1. */
export function ones(shape: Shape, dtype: DType = "float64"): Tensor {
  const found = checkedShape("ones", shape);
  return new Tensor(allocate(dtype, sizeOf(found)).fill(1), found);
}

/** All `value`. */
export function full(shape: Shape, value: number, dtype: DType = "float64"): Tensor {
  const found = checkedShape("full", shape);
  if (dtype === "int32") requireInt32("full", [value]);
  return new Tensor(allocate(dtype, sizeOf(found)).fill(dtype === "bool" && value !== 0 ? 1 : value), found);
}

/** 0 in the shape and type of `x`. */
export function zerosLike(x: Tensor): Tensor {
  requireTensor("zerosLike", x);
  return new Tensor(allocate(x.dtype, x.size), x.shape);
}

/** 1 in the shape and type of `x`. */
export function onesLike(x: Tensor): Tensor {
  requireTensor("onesLike", x);
  return new Tensor(allocate(x.dtype, x.size).fill(1), x.shape);
}

/** The identity matrix, `[n, n]`. */
export function eye(n: number, dtype: DType = "float64"): Tensor {
  const found = checkedShape("eye", [n, n]);
  const data = allocate(dtype, n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return new Tensor(data, found);
}

/** `start`, `start + step`, … up to but without `stop`. */
export function arange(start: number, stop: number, step = 1, dtype: DType = "float64"): Tensor {
  if (!(step !== 0) || !Number.isFinite((stop - start) / step))
    throw new RangeError(`arange: no way from ${start} to ${stop} by steps of ${step}`);
  const data = allocate(dtype, Math.max(0, Math.ceil((stop - start) / step)));
  for (let i = 0; i < data.length; i++) data[i] = start + i * step;
  return new Tensor(data, [data.length]);
}

/** `n` numbers from `start` to `stop`, both of them included, evenly apart. */
export function linspace(start: number, stop: number, n: number, dtype: DType = "float64"): Tensor {
  const data = allocate(dtype, sizeOf(checkedShape("linspace", [n])));
  const step = n > 1 ? (stop - start) / (n - 1) : 0;
  // From both ends, as in PyTorch, so that the last one is exactly `stop`.
  for (let i = 0; i < n; i++) data[i] = 2 * i < n ? start + i * step : stop - (n - 1 - i) * step;
  return new Tensor(data, [n]);
}

/**
 * 1 at the place that an index names, and 0 elsewhere: `[...indices.shape, classes]`.
 * @throws RangeError if an index is not from 0 to `classes - 1`
 */
export function oneHot(indices: Tensor, classes: number, dtype: DType = "float64"): Tensor {
  requireTensor("oneHot", indices);
  requireDType("oneHot", "indices", indices.dtype, "int32");
  const data = allocate(dtype, indices.size * sizeOf(checkedShape("oneHot", [classes])));
  for (let i = 0; i < indices.size; i++) {
    const place = indices.data[i]!;
    if (place < 0 || place >= classes)
      throw new RangeError(`oneHot: index ${place} is out of range for ${classes} classes`);
    data[i * classes + place] = 1;
  }
  return new Tensor(data, [...indices.shape, classes]);
}
