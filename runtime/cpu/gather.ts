/** Elements at places that another tensor names. */
import { type TensorData, allocate, asFloat64, cast, promote, requireDType } from "../dtype.ts";
import { type Dense, replacedAt, type Shape, ShapeError, showShape, sizeOf, stridesOf } from "../shape.ts";
import { type AxisMaps, gatherAxes, scatterAxes } from "./layout.ts";

/** Throws where an index is not a place along an axis of that length. */
export function checkIndices(
  operation: string,
  indices: Dense,
  length: number,
  axis: number,
  shape: Shape,
): Int32Array {
  requireDType(operation, "indices", indices.dtype, "int32");
  const data = indices.data as Int32Array;
  for (let i = 0; i < data.length; i++)
    if (data[i]! < 0 || data[i]! >= length)
      throw new RangeError(
        `${operation}: index ${data[i]!} is out of range for axis ${axis} of shape ${showShape(shape)}, which goes from 0 to ${length - 1}`,
      );
  return data;
}

const mapsFor = (rank: number, axis: number, map: Int32Array): AxisMaps =>
  Array.from({ length: rank }, (_, k) => (k === axis ? map : undefined));

/** Whole slices of `x` along an axis. The axis of the result has the shape of the indices. */
export function take(operation: string, x: Dense, indices: Dense, axis: number): Dense {
  const map = checkIndices(operation, indices, x.shape[axis]!, axis, x.shape);
  const { data, dtype } = gatherAxes(x, mapsFor(x.shape.length, axis, map));
  return { data, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype };
}

/** Adds slices of `v` to the places of zeros of shape `shape` that `take` takes them from: its adjoint. */
export function untake(operation: string, v: Dense, indices: Dense, shape: Shape, axis: number): Dense {
  const map = checkIndices(operation, indices, shape[axis]!, axis, shape);
  const flat = [...shape.slice(0, axis), map.length, ...shape.slice(axis + 1)];
  const expected = [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)];
  if (v.data.length !== sizeOf(expected))
    throw new ShapeError(
      `${operation}: shape ${showShape(v.shape)} is not ${showShape(expected)}, the shape of what was taken`,
    );
  return scatterAxes({ data: v.data, shape: flat, dtype: v.dtype }, mapsFor(shape.length, axis, map), shape);
}

/**
 * Where in memory each index points: index (i, j, …) along axis 1, say, means place (i, index, …) of a tensor of shape
 * `shape`. Along the other axes the indices may stop earlier than the tensor.
 */
function placesOf(operation: string, indices: Dense, shape: Shape, axis: number): Int32Array {
  const rank = shape.length;
  if (indices.shape.length !== rank || indices.shape.some((length, k) => k !== axis && length > shape[k]!))
    throw new ShapeError(
      `${operation}: indices of shape ${showShape(indices.shape)} do not fit shape ${showShape(shape)} beside axis ${axis}`,
    );
  const data = checkIndices(operation, indices, shape[axis]!, axis, shape);
  const places = new Int32Array(data.length);
  const strides = stridesOf(shape);
  const along = strides[axis]!;
  const others = replacedAt(strides, axis, 0);
  const index = indices.shape.map(() => 0);
  let base = 0;
  for (let i = 0; i < places.length; i++) {
    places[i] = base + data[i]! * along;
    for (let k = rank - 1; k >= 0; k--) {
      base += others[k]!;
      if (++index[k]! < indices.shape[k]!) break;
      base -= others[k]! * index[k]!;
      index[k] = 0;
    }
  }
  return places;
}

/** The element of `x` that each index names along the axis. */
export function gather(operation: string, x: Dense, indices: Dense, axis: number): Dense {
  const places = placesOf(operation, indices, x.shape, axis);
  const data = allocate(x.dtype, places.length);
  pick(x.data, places, data);
  return { data, shape: indices.shape, dtype: x.dtype };
}

function pick(from: TensorData, places: Int32Array, to: TensorData): void {
  for (let i = 0; i < places.length; i++) to[i] = from[places[i]!]!;
}

/** `x` with the updates added at the places that the indices name along the axis, one after the other. */
export function scatterAdd(x: Dense, indices: Dense, updates: Dense, axis: number): Dense {
  if (updates.data.length !== indices.data.length || updates.shape.some((length, k) => length !== indices.shape[k]))
    throw new ShapeError(
      `scatterAdd: updates of shape ${showShape(updates.shape)} and indices of shape ${showShape(indices.shape)} differ`,
    );
  const places = placesOf("scatterAdd", indices, x.shape, axis);
  const dtype = promote(x.dtype, updates.dtype);
  const sums = Float64Array.from(x.data);
  addAt(sums, places, asFloat64(updates.data));
  return { data: cast(sums, dtype), shape: x.shape, dtype };
}

function addAt(sums: Float64Array, places: Int32Array, updates: Float64Array): void {
  for (let i = 0; i < places.length; i++) sums[places[i]!]! += updates[i]!;
}
