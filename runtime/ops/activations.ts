/**
 * Activation functions, elementwise; see `elementwise.ts`. Conventions at kinks are PyTorch's. Their derivatives are made of
 * elementwise functions, comparisons and `where`.
 */
import * as loops from "../cpu/activation-loops.ts";
import { mapFloat, mapNumeric } from "../cpu/unary.ts";
import { type Tensor, fromDense } from "../tensor.ts";
import { requireTensor } from "../dtype.ts";

/** 1 / (1 + e⁻ˣ). Derivative: result (1 - result). */
export function sigmoid(x: Tensor): Tensor {
  requireTensor("sigmoid", x);
  return fromDense(mapFloat(loops.sigmoid, x));
}

/** log(x / (1 - x)), the inverse of sigmoid. Derivative: 1 / (x (1 - x)). */
export function logit(x: Tensor): Tensor {
  requireTensor("logit", x);
  return fromDense(mapFloat(loops.logit, x));
}

/** log(sigmoid(x)), without underflow. Derivative: sigmoid(-x). */
export function logSigmoid(x: Tensor): Tensor {
  requireTensor("logSigmoid", x);
  return fromDense(mapFloat(loops.logSigmoid, x));
}

/** x where it is positive, else 0. Derivative at 0: 0. */
export function relu(x: Tensor): Tensor {
  requireTensor("relu", x);
  return fromDense(mapNumeric(loops.relu, x));
}

/** x kept between 0 and 6. Derivative at both: 0. */
export function relu6(x: Tensor): Tensor {
  requireTensor("relu6", x);
  return fromDense(mapNumeric(loops.relu6, x));
}

/** The self-normalizing exponential linear unit (Klambauer and others 2017). The left slope holds at 0. */
export function selu(x: Tensor): Tensor {
  requireTensor("selu", x);
  return fromDense(mapFloat(loops.selu, x));
}

/** x sigmoid(x), also called swish. */
export function silu(x: Tensor): Tensor {
  requireTensor("silu", x);
  return fromDense(mapFloat(loops.silu, x));
}

/** x tanh(softplus(x)). */
export function mish(x: Tensor): Tensor {
  requireTensor("mish", x);
  return fromDense(mapFloat(loops.mish, x));
}

/** (x + 3) / 6 kept between 0 and 1. Derivative at -3 and 3: 0. */
export function hardsigmoid(x: Tensor): Tensor {
  requireTensor("hardsigmoid", x);
  return fromDense(mapFloat(loops.hardsigmoid, x));
}

/** x hardsigmoid(x). Its derivative at -3 and 3 is PyTorch's: 0 and 1.5. */
export function hardswish(x: Tensor): Tensor {
  requireTensor("hardswish", x);
  return fromDense(mapFloat(loops.hardswish, x));
}

/** x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  requireTensor("softsign", x);
  return fromDense(mapFloat(loops.softsign, x));
}

/** x - tanh(x). Derivative: tanh(x)². */
export function tanhshrink(x: Tensor): Tensor {
  requireTensor("tanhshrink", x);
  return fromDense(mapFloat(loops.tanhshrink, x));
}

/** x kept between -1 and 1. Derivative at both: 0. */
export function hardtanh(x: Tensor): Tensor {
  requireTensor("hardtanh", x);
  return fromDense(mapNumeric(loops.hardtanh, x));
}

/** log(1 + exp(beta x)) / beta, without overflow. Derivative: sigmoid(beta x). */
export function softplus(x: Tensor, { beta = 1 }: { readonly beta?: number | undefined } = {}): Tensor {
  requireTensor("softplus", x);
  return fromDense(mapFloat(loops.softplus, x, beta));
}

/**
 * x Φ(x), where Φ is the normal distribution (Hendrycks and Gimpel 2016), or its approximation by tanh.
 * Derivative: Φ(x) + x φ(x).
 */
export function gelu(
  x: Tensor,
  { approximate = "none" }: { readonly approximate?: "none" | "tanh" | undefined } = {},
): Tensor {
  requireTensor("gelu", x);
  if (approximate !== "none" && approximate !== "tanh")
    throw new RangeError(`gelu: approximate "${String(approximate)}" is neither "none" nor "tanh"`);
  return fromDense(mapFloat(approximate === "tanh" ? loops.geluTanh : loops.gelu, x));
}

/** x where it is positive, else `negativeSlope` x. The left slope holds at 0. */
export function leakyRelu(
  x: Tensor,
  { negativeSlope = 0.01 }: { readonly negativeSlope?: number | undefined } = {},
): Tensor {
  requireTensor("leakyRelu", x);
  return fromDense(mapFloat(loops.leakyRelu, x, negativeSlope));
}

/** x where it is positive, else alpha (eˣ - 1). The left slope holds at 0. */
export function elu(x: Tensor, { alpha = 1 }: { readonly alpha?: number | undefined } = {}): Tensor {
  requireTensor("elu", x);
  return fromDense(mapFloat(loops.elu, x, alpha));
}

/** x where it is positive, else alpha (exp(x / alpha) - 1). */
export function celu(x: Tensor, { alpha = 1 }: { readonly alpha?: number | undefined } = {}): Tensor {
  requireTensor("celu", x);
  return fromDense(mapFloat(loops.celu, x, alpha));
}
