/** Loops of the reductions that a `Tensor` has no method for; see `ReduceLoop`. */
import type { FloatData } from "../dtype.ts";

export function prod(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  out.fill(1);
  for (let o = 0, p = 0; o < outer; o++)
    for (let i = 0; i < n; i++) for (let j = o * inner; j < (o + 1) * inner; j++) out[j]! *= x[p++]!;
}

export function any(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  for (let o = 0, p = 0; o < outer; o++)
    for (let i = 0; i < n; i++) for (let j = o * inner; j < (o + 1) * inner; j++) if (x[p++] !== 0) out[j] = 1;
}

export function all(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  out.fill(1);
  for (let o = 0, p = 0; o < outer; o++)
    for (let i = 0; i < n; i++) for (let j = o * inner; j < (o + 1) * inner; j++) if (x[p++] === 0) out[j] = 0;
}

export function countNonzero(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  for (let o = 0, p = 0; o < outer; o++)
    for (let i = 0; i < n; i++) for (let j = o * inner; j < (o + 1) * inner; j++) if (x[p++] !== 0) out[j]!++;
}

/** The place of the greatest element, the first of equal ones; NaN is the greatest of all. */
export function argmax(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      const from = o * n * inner + j;
      let best = 0;
      for (let i = 1; i < n; i++) {
        const greatest = x[from + best * inner]!;
        const value = x[from + i * inner]!;
        if (value > greatest || (value !== value && greatest === greatest)) best = i;
      }
      out[o * inner + j] = best;
    }
}

/** The place of the least element, the first of equal ones; NaN is the least of all here. */
export function argmin(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      const from = o * n * inner + j;
      let best = 0;
      for (let i = 1; i < n; i++) {
        const least = x[from + best * inner]!;
        const value = x[from + i * inner]!;
        if (value < least || (value !== value && least === least)) best = i;
      }
      out[o * inner + j] = best;
    }
}

/** Mean squared distance from the mean, in two passes; the sum is divided by `n - correction`, or by 0 if that is less. */
export function variance(
  x: FloatData,
  out: Float64Array,
  outer: number,
  n: number,
  inner: number,
  correction: number,
): void {
  const means = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    means.fill(0);
    let p = o * n * inner;
    for (let i = 0; i < n; i++) for (let j = 0; j < inner; j++) means[j]! += x[p++]!;
    for (let j = 0; j < inner; j++) means[j]! /= n;
    p = o * n * inner;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < inner; j++) {
        const distance = x[p++]! - means[j]!;
        out[o * inner + j]! += distance * distance;
      }
    for (let j = 0; j < inner; j++) out[o * inner + j]! /= Math.max(0, n - correction);
  }
}

export function standardDeviation(
  x: FloatData,
  out: Float64Array,
  outer: number,
  n: number,
  inner: number,
  correction: number,
): void {
  variance(x, out, outer, n, inner, correction);
  for (let j = 0; j < out.length; j++) out[j] = Math.sqrt(out[j]!);
}

/** log Σ exp(x), with the greatest element taken out. */
export function logsumexp(x: FloatData, out: Float64Array, outer: number, n: number, inner: number): void {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      const from = o * n * inner + j;
      let greatest = -Infinity;
      for (let i = 0; i < n; i++) greatest = Math.max(greatest, x[from + i * inner]!);
      let sum = 0;
      if (Number.isFinite(greatest)) for (let i = 0; i < n; i++) sum += Math.exp(x[from + i * inner]! - greatest);
      out[o * inner + j] = sum === 0 ? greatest : greatest + Math.log(sum);
    }
}

/** Vector norms of any order. */
export function norm(x: FloatData, out: Float64Array, outer: number, n: number, inner: number, order: number): void {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) out[o * inner + j] = normOf(x, o * n * inner + j, n, inner, order);
}

function normOf(x: FloatData, from: number, n: number, step: number, order: number): number {
  const end = from + n * step;
  let sum = 0;
  switch (order) {
    case 2:
      for (let p = from; p < end; p += step) sum += x[p]! * x[p]!;
      return Math.sqrt(sum);
    case 1:
      for (let p = from; p < end; p += step) sum += Math.abs(x[p]!);
      return sum;
    case 0:
      for (let p = from; p < end; p += step) if (x[p] !== 0) sum++;
      return sum;
    case Infinity:
      for (let p = from; p < end; p += step) sum = Math.max(sum, Math.abs(x[p]!));
      return sum;
    case -Infinity:
      sum = Infinity;
      for (let p = from; p < end; p += step) sum = Math.min(sum, Math.abs(x[p]!));
      return sum;
    default:
      for (let p = from; p < end; p += step) sum += Math.abs(x[p]!) ** order;
      return sum ** (1 / order);
  }
}
