/** Order along an axis: NaN counts as greater than all else, and equal elements keep their order. */
import { type FloatData, allocate, asFloat, cast } from "../dtype.ts";
import { type Dense, reducedShape, sizeOf } from "../shape.ts";
import { permuteDims } from "./layout.ts";

/** Rows along the axis, and back: it changes places with the last one. */
function exchanged(x: Dense, axis: number): Dense {
  const last = x.shape.length - 1;
  if (axis === last || x.shape.length === 0) return x;
  const axes = x.shape.map((_, k) => (k === axis ? last : k === last ? axis : k));
  return permuteDims(x, axes);
}

const lengthOf = (x: Dense): number => x.shape.at(-1) ?? 1;

/** The elements in order. */
export function sort(x: Dense, axis: number, descending: boolean): Dense {
  const rows = exchanged(x, axis);
  const n = lengthOf(rows);
  const out = asFloat(rows.data).slice();
  for (let at = 0; at < out.length; at += n) {
    const row = out.subarray(at, at + n);
    const zeros = row.some((value) => Object.is(value, -0)) ? row.filter((value) => value === 0) : undefined;
    row.sort();
    // The order of typed arrays tells zeros apart; here they are equal, and keep the order that they had.
    if (zeros !== undefined) row.set(descending ? zeros.reverse() : zeros, row.indexOf(0));
    if (descending) row.reverse();
  }
  return exchanged({ data: cast(out, x.dtype), shape: rows.shape, dtype: x.dtype }, axis);
}

/** The places of the elements in order. */
export function argsort(x: Dense, axis: number, descending: boolean): Dense {
  const rows = exchanged(x, axis);
  const n = lengthOf(rows);
  const values = asFloat(rows.data);
  const out = new Int32Array(values.length);
  const spare = new Int32Array(n);
  for (let at = 0; at < out.length; at += n) {
    const order = out.subarray(at, at + n);
    for (let i = 0; i < n; i++) order[i] = i;
    mergeSort(values, at, order, spare, descending);
  }
  return exchanged({ data: out, shape: rows.shape, dtype: "int32" }, axis);
}

/** Bottom-up merging (Knuth, _The art of computer programming_ 3, 5.2.4). */
function mergeSort(values: FloatData, at: number, order: Int32Array, spare: Int32Array, descending: boolean): void {
  const n = order.length;
  let from = order;
  let to = spare;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let k = start; k < end; k++) {
        const takeLeft =
          right >= end ||
          (left < middle &&
            (descending
              ? !greater(values[at + from[right]!]!, values[at + from[left]!]!)
              : !greater(values[at + from[left]!]!, values[at + from[right]!]!)));
        to[k] = from[takeLeft ? left++ : right++]!;
      }
    }
    [from, to] = [to, from];
  }
  if (from !== order) order.set(from);
}

function greater(x: number, y: number): boolean {
  return x > y || (x !== x && y === y);
}

/** The `k` greatest elements in descending order, and their places. */
export function topk(x: Dense, k: number, axis: number): [values: Dense, indices: Dense] {
  const rows = exchanged(x, axis);
  const n = lengthOf(rows);
  const order = argsort(rows, rows.shape.length - 1, true).data;
  const count = n === 0 ? 0 : rows.data.length / n;
  const values = allocate(x.dtype, count * k);
  const indices = new Int32Array(count * k);
  for (let row = 0; row < count; row++)
    for (let i = 0; i < k; i++) {
      indices[row * k + i] = order[row * n + i]!;
      values[row * k + i] = rows.data[row * n + order[row * n + i]!]!;
    }
  const shape = [...rows.shape.slice(0, -1), ...(rows.shape.length === 0 ? [] : [k])];
  return [
    exchanged({ data: values, shape, dtype: x.dtype }, axis),
    exchanged({ data: indices, shape, dtype: "int32" }, axis),
  ];
}

/** The place of the median within the axes: the lower one of an even count, or the first NaN. */
export function medianPlaces(x: Dense, axes: readonly number[], keepdims: boolean): Dense {
  const rows = rowsOf(x, axes);
  const n = rows.shape[1]!;
  const values = asFloat(rows.data);
  const order = argsort(rows, 1, false).data;
  const places = new Int32Array(rows.shape[0]!);
  for (let row = 0; row < places.length; row++) {
    let at = row * n + ((n - 1) >> 1);
    // NaN stands at the end.
    if (Number.isNaN(values[row * n + order[row * n + n - 1]!]))
      for (at = row * n; !Number.isNaN(values[row * n + order[at]!]);) at++;
    places[row] = order[at]!;
  }
  return { data: places, shape: reducedShape(x.shape, axes, keepdims), dtype: "int32" };
}

/** The element in the middle of the order. */
export function median(x: Dense, axes: readonly number[], keepdims: boolean): Dense {
  const rows = rowsOf(x, axes);
  const n = rows.shape[1]!;
  const { data: places, shape } = medianPlaces(x, axes, keepdims);
  const data = allocate(x.dtype, places.length);
  for (let row = 0; row < data.length; row++) data[row] = rows.data[row * n + places[row]!]!;
  return { data, shape, dtype: x.dtype };
}

/** A matrix with a row for each result. */
function rowsOf(x: Dense, axes: readonly number[]): Dense {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const { data } = permuteDims(x, [...kept, ...axes]);
  const count = sizeOf(kept.map((axis) => x.shape[axis]!));
  return { data, shape: [count, sizeOf(axes.map((axis) => x.shape[axis]!))], dtype: x.dtype };
}
