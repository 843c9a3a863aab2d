/** Running results along one axis. */
import { type DType, type FloatData, allocate, asFloat, cast, floatOf, numericOf, promote } from "../dtype.ts";
import { type Dense, ShapeError, sameShape, showShape, sizeOf } from "../shape.ts";
import { logaddexp } from "./scalar.ts";

/** Runs along the middle of `outer` × `n` × `inner`, from the first element on or, in reverse, from the last. */
export type ScanLoop = (
  x: FloatData,
  out: FloatData,
  outer: number,
  n: number,
  inner: number,
  reverse: boolean,
) => void;

export function scan(loop: ScanLoop, x: Dense, axis: number, reverse: boolean): Dense {
  return scanInto(numericOf(x.dtype), loop, x, axis, reverse);
}

/** Of running results that are not whole: int32 and bool come out as float64. */
export function scanFloat(loop: ScanLoop, x: Dense, axis: number, reverse: boolean): Dense {
  return scanInto(floatOf(x.dtype), loop, x, axis, reverse);
}

function scanInto(dtype: DType, loop: ScanLoop, x: Dense, axis: number, reverse: boolean): Dense {
  // Float64 also for float32: what runs on is rounded at the end only.
  const out = new Float64Array(x.data.length);
  loop(asFloat(x.data), out, outerOf(x, axis), x.shape[axis]!, innerOf(x, axis), reverse);
  return { data: cast(out, dtype), shape: x.shape, dtype };
}

const outerOf = (x: Dense, axis: number): number => sizeOf(x.shape.slice(0, axis));
const innerOf = (x: Dense, axis: number): number => sizeOf(x.shape.slice(axis + 1));

export function cumsum(x: FloatData, out: FloatData, outer: number, n: number, inner: number, reverse: boolean): void {
  const step = reverse ? -inner : inner;
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      let p = o * n * inner + j + (reverse ? (n - 1) * inner : 0);
      let total = 0;
      for (let i = 0; i < n; i++, p += step) out[p] = total += x[p]!;
    }
}

export function cumprod(x: FloatData, out: FloatData, outer: number, n: number, inner: number, reverse: boolean): void {
  const step = reverse ? -inner : inner;
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      let p = o * n * inner + j + (reverse ? (n - 1) * inner : 0);
      let total = 1;
      for (let i = 0; i < n; i++, p += step) out[p] = total *= x[p]!;
    }
}

export function logcumsumexp(
  x: FloatData,
  out: FloatData,
  outer: number,
  n: number,
  inner: number,
  reverse: boolean,
): void {
  const step = reverse ? -inner : inner;
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      let p = o * n * inner + j + (reverse ? (n - 1) * inner : 0);
      let total = -Infinity;
      for (let i = 0; i < n; i++, p += step) out[p] = total = logaddexp(total, x[p]!);
    }
}

/**
 * h[i] = a[i] · h[i - 1] + b[i] along an axis, from h = 0; in reverse, h[i] = a[i] · h[i + 1] + b[i]. Derivatives of
 * running products and of any other linear recurrence are recurrences of this kind.
 */
export function linearScan(a: Dense, b: Dense, axis: number, reverse: boolean): Dense {
  if (!sameShape(a.shape, b.shape))
    throw new ShapeError(`linearScan: shapes ${showShape(a.shape)} and ${showShape(b.shape)} differ`);
  const dtype = floatOf(promote(a.dtype, b.dtype));
  const [factors, terms] = [asFloat(a.data), asFloat(b.data)];
  const out = allocate(dtype, terms.length);
  const n = a.shape[axis]!;
  const inner = innerOf(a, axis);
  const outer = outerOf(a, axis);
  const step = reverse ? -inner : inner;
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      let p = o * n * inner + j + (reverse ? (n - 1) * inner : 0);
      let h = 0;
      for (let i = 0; i < n; i++, p += step) out[p] = h = (i === 0 ? 0 : factors[p]! * h) + terms[p]!;
    }
  return { data: out, shape: a.shape, dtype };
}
