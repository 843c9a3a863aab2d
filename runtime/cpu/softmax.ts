/** Softmax and its logarithm along one axis, with the greatest element taken out. */
import { type FloatData, allocate, asFloat, floatOf } from "../dtype.ts";
import { type Dense, sizeOf } from "../shape.ts";

type SoftmaxLoop = (x: FloatData, from: number, step: number, n: number, out: FloatData) => void;

export function alongAxis(loop: SoftmaxLoop, x: Dense, axis: number): Dense {
  const dtype = floatOf(x.dtype);
  const out = allocate(dtype, x.data.length);
  const data = asFloat(x.data);
  const n = x.shape[axis]!;
  const inner = sizeOf(x.shape.slice(axis + 1));
  for (let at = 0; at < out.length; at += n * inner) for (let j = 0; j < inner; j++) loop(data, at + j, inner, n, out);
  return { data: out, shape: x.shape, dtype };
}

function greatestOf(x: FloatData, from: number, step: number, n: number): number {
  let greatest = -Infinity;
  for (let p = from; p < from + n * step; p += step) greatest = Math.max(greatest, x[p]!);
  return greatest;
}

export function softmax(x: FloatData, from: number, step: number, n: number, out: FloatData): void {
  const greatest = greatestOf(x, from, step, n);
  const end = from + n * step;
  let sum = 0;
  for (let p = from; p < end; p += step) sum += out[p] = Math.exp(x[p]! - greatest);
  for (let p = from; p < end; p += step) out[p]! /= sum;
}

export function logSoftmax(x: FloatData, from: number, step: number, n: number, out: FloatData): void {
  const greatest = greatestOf(x, from, step, n);
  const end = from + n * step;
  let sum = 0;
  for (let p = from; p < end; p += step) sum += Math.exp(x[p]! - greatest);
  const shift = greatest + Math.log(sum);
  // Infinities: their difference from themselves is NaN, as in PyTorch.
  for (let p = from; p < end; p += step) out[p] = x[p]! - shift;
}
