/**
 * What the elementwise operations do with one number, where `Math` has no function for it. Fused loops of generated
 * code call these too, so that fused and unfused code give the same bits.
 */
import { erfc } from "./special.ts";

/** Halves go to the even neighbour. */
export function round(x: number): number {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function logit(x: number): number {
  return Math.log(x / (1 - x));
}

/** log(1 + exp(beta · x)) / beta, without overflow. */
export function softplus(x: number, beta: number): number {
  const scaled = beta * x;
  return (Math.max(scaled, 0) + Math.log1p(Math.exp(-Math.abs(scaled)))) / beta;
}

export function logSigmoid(x: number): number {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}

/** 0 for all that is not positive; NaN stays. */
export function relu(x: number): number {
  return x <= 0 ? 0 : x;
}

export function relu6(x: number): number {
  return clip(x, 0, 6);
}

/** A bound that is NaN has no effect; NaN stays. The upper bound wins where they cross. */
export function clip(x: number, min: number, max: number): number {
  const raised = x < min ? min : x;
  return raised > max ? max : raised;
}

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** Klambauer and others, Self-normalizing neural networks, 2017. */
export function selu(x: number): number {
  return x > 0 ? seluScale * x : seluScale * seluAlpha * Math.expm1(x);
}

/** x Φ(x), with the tail of Φ to full precision. Hendrycks and Gimpel, Gaussian error linear units, 2016. */
export function gelu(x: number): number {
  return 0.5 * x * erfc(-x * Math.SQRT1_2);
}

const geluScale = Math.sqrt(2 / Math.PI);

export function geluTanh(x: number): number {
  return 0.5 * x * (1 + Math.tanh(geluScale * (x + 0.044715 * x * x * x)));
}

export function silu(x: number): number {
  return x * sigmoid(x);
}

export function mish(x: number): number {
  return x * Math.tanh(softplus(x, 1));
}

export function hardsigmoid(x: number): number {
  return clip(x + 3, 0, 6) / 6;
}

export function hardswish(x: number): number {
  return (x * clip(x + 3, 0, 6)) / 6;
}

/** @throws RangeError if the number is not from 0 to 1 */
export function probability(value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new RangeError(
    `binaryCrossEntropy: ${value} is no probability; for logits there is binaryCrossEntropyWithLogits`,
  );
}

export function softsign(x: number): number {
  return x / (1 + Math.abs(x));
}

export function leakyRelu(x: number, negativeSlope: number): number {
  return x > 0 ? x : negativeSlope * x;
}

export function elu(x: number, alpha: number): number {
  return x > 0 ? x : alpha * Math.expm1(x);
}

export function celu(x: number, alpha: number): number {
  return x > 0 ? x : alpha * Math.expm1(x / alpha);
}

/** sin(πx) / (πx), and 1 at 0. */
export function sinc(x: number): number {
  const angle = Math.PI * x;
  return angle === 0 ? 1 : Math.sin(angle) / angle;
}

/**
 * Squares and cubes are products, as in PyTorch, which is faster. Where JavaScript's power is NaN and C's is not, it is C's: 1 to
 * any power, and -1 to an infinite one.
 */
export function pow(x: number, y: number): number {
  if (y === 2) return x * x;
  if (y === 3) return x * x * x;
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

/** The remainder with the sign of the divisor. */
export function remainder(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

export function copysign(x: number, y: number): number {
  const magnitude = Math.abs(x);
  return y < 0 || Object.is(y, -0) ? -magnitude : magnitude;
}

/** log(eˣ + eʸ), without overflow. */
export function logaddexp(x: number, y: number): number {
  // Infinities of the same sign: their difference is NaN.
  return x === y ? x + Math.LN2 : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}

/** x log(y), and 0 where x is 0 unless y is NaN. */
export function xlogy(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y);
}

export { digamma, erf, erfc, erfinv, lgamma, polygamma } from "./special.ts";
