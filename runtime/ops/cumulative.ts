/**
 * Running results along an axis, the last one by default; `reverse` runs from the end.
 *
 * Derivatives: the adjoint of `cumsum` is `cumsum` in the other direction. The others are linear recurrences, which
 * `linearScan` (of `tsgrad/runtime`) solves without dividing:
 * - `y = cumprod(x)`: ẏ = linearScan(x, before · ẋ), where before is y moved on by one place with 1 in front; towards x
 *   it is before · g, where g = linearScan(after, v, reverse), and after is x moved back by one place.
 * - `y = logcumsumexp(x)`: ẏ = linearScan(p, q · ẋ) with p = exp(y one place before - y) and q = exp(x - y), both at most 1
 *   (0 where y is -Infinity); towards x it is q · linearScan(p one place after, v, reverse).
 * - `h = linearScan(a, b)`: ḣ = linearScan(a, ȧ · (h one place before) + ḃ); with g = linearScan(a one place after, v, in the
 *   other direction), towards b it is g, and towards a it is g · (h one place before). It is closed under differentiation.
 */
import * as loops from "../cpu/scan.ts";
import { axisOf } from "../shape.ts";
import { type Tensor, fromDense } from "../tensor.ts";
import { requireTensor } from "../dtype.ts";

export interface ScanOptions {
  readonly axis?: number | undefined;
  readonly reverse?: boolean | undefined;
}

/** Sums of the elements up to each place. */
export function cumsum(x: Tensor, { axis = -1, reverse = false }: ScanOptions = {}): Tensor {
  requireTensor("cumsum", x);
  return fromDense(loops.scan(loops.cumsum, x, axisOf("cumsum", axis, x.shape), reverse));
}

/** Products of the elements up to each place. */
export function cumprod(x: Tensor, { axis = -1, reverse = false }: ScanOptions = {}): Tensor {
  requireTensor("cumprod", x);
  return fromDense(loops.scan(loops.cumprod, x, axisOf("cumprod", axis, x.shape), reverse));
}

/** log Σ eˣ of the elements up to each place, without overflow. Of int32 and bool in float64. */
export function logcumsumexp(x: Tensor, { axis = -1, reverse = false }: ScanOptions = {}): Tensor {
  requireTensor("logcumsumexp", x);
  return fromDense(loops.scanFloat(loops.logcumsumexp, x, axisOf("logcumsumexp", axis, x.shape), reverse));
}

/**
 * The linear recurrence h[i] = a[i] h[i - 1] + b[i] along the axis, from h = 0 on; in reverse h[i] = a[i] h[i + 1] + b[i]. `a`
 * and `b` have one shape.
 */
export function linearScan(a: Tensor, b: Tensor, { axis = -1, reverse = false }: ScanOptions = {}): Tensor {
  return fromDense(loops.linearScan(a, b, axisOf("linearScan", axis, a.shape), reverse));
}
