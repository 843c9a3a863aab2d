/**
 * Softmax, along the last axis by default.
 *
 * Derivatives use the result y: of `softmax`, J u = y (u - Σ y u), which is symmetric, so JVP and VJP are alike; of
 * `logSoftmax`, ẏ = ẋ - Σ eʸ ẋ, and towards x it is v - eʸ Σ v.
 */
import { alongAxis, logSoftmax as logarithm, softmax as shares } from "../cpu/softmax.ts";
import { axisOf } from "../shape.ts";
import { type Tensor, fromDense } from "../tensor.ts";
import { requireTensor } from "../dtype.ts";

/** eˣ / Σ eˣ along an axis, without overflow. */
export function softmax(x: Tensor, { axis = -1 }: { readonly axis?: number | undefined } = {}): Tensor {
  requireTensor("softmax", x);
  return fromDense(alongAxis(shares, x, axisOf("softmax", axis, x.shape)));
}

/** x - log Σ eˣ along an axis: the logarithm of softmax, without underflow. */
export function logSoftmax(x: Tensor, { axis = -1 }: { readonly axis?: number | undefined } = {}): Tensor {
  requireTensor("logSoftmax", x);
  return fromDense(alongAxis(logarithm, x, axisOf("logSoftmax", axis, x.shape)));
}
