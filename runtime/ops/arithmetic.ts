/**
 * Elementwise functions of two operands, each a tensor or a number. Shapes are broadcast: aligned at the last axis, and axes
 * of length 1 repeated. Types are promoted as `dtype.ts` says.
 *
 * The VJP of each towards an operand is elementwise in the broadcast shape, then `sumTo(…, operand.shape)` (of
 * `tsgrad/runtime`), whose own adjoint is `broadcastTo`.
 *
 * All throw a ShapeError if the shapes do not broadcast.
 */
import * as loops from "../cpu/binary-loops.ts";
import { binaryDivision, binaryFloat, binaryNumeric, compare } from "../cpu/binary.ts";
import { clip as clipped, where as selected } from "../cpu/select.ts";
import { type R, type Tensor, fromDense } from "../tensor.ts";
import { requireOperands, requireTensor } from "../dtype.ts";

/** x + y. */
export function add(x: R, y: R): Tensor {
  return fromDense(binaryNumeric("add", loops.add, x, y));
}

/** x - y. */
export function subtract(x: R, y: R): Tensor {
  return fromDense(binaryNumeric("subtract", loops.subtract, x, y));
}

/** x · y. No 0 · ∞ is left out: it is NaN. */
export function multiply(x: R, y: R): Tensor {
  return fromDense(binaryNumeric("multiply", loops.multiply, x, y));
}

/** x / y, by IEEE 754: ±Infinity and NaN by zero. */
export function divide(x: R, y: R): Tensor {
  return fromDense(binaryFloat("divide", loops.divide, x, y));
}

/** x to the power y; int32 gives float64. 0⁰ is 1 with derivative 0 towards x, and a negative x has NaN towards y. */
export function pow(x: R, y: R): Tensor {
  return fromDense(binaryFloat("pow", loops.pow, x, y));
}

/** The angle in radians of the point (y, x), from -π to π: the first operand is the ordinate. */
export function atan2(x: R, y: R): Tensor {
  return fromDense(binaryFloat("atan2", loops.atan2, x, y));
}

/** √(x² + y²), without overflow. Gradient 0 at the origin. */
export function hypot(x: R, y: R): Tensor {
  return fromDense(binaryFloat("hypot", loops.hypot, x, y));
}

/** The greater one; NaN wins. Where they are equal, each has half of the gradient. */
export function maximum(x: R, y: R): Tensor {
  return fromDense(binaryNumeric("maximum", loops.maximum, x, y));
}

/** The lesser one; NaN wins. Where they are equal, each has half of the gradient. */
export function minimum(x: R, y: R): Tensor {
  return fromDense(binaryNumeric("minimum", loops.minimum, x, y));
}

/**
 * x - trunc(x / y) y: the remainder with the sign of x. Partial derivatives: 1 and -trunc(x / y).
 * @throws RangeError for int32 by zero
 */
export function fmod(x: R, y: R): Tensor {
  return fromDense(binaryDivision("fmod", loops.fmod, x, y));
}

/**
 * x - floor(x / y) y: the remainder with the sign of y. Partial derivatives: 1 and -floor(x / y).
 * @throws RangeError for int32 by zero
 */
export function remainder(x: R, y: R): Tensor {
  return fromDense(binaryDivision("remainder", loops.remainder, x, y));
}

/** |x| with the sign of y, also of -0. */
export function copysign(x: R, y: R): Tensor {
  return fromDense(binaryFloat("copysign", loops.copysign, x, y));
}

/** log(eˣ + eʸ), without overflow. Partial derivatives: exp(x - result) and exp(y - result). */
export function logaddexp(x: R, y: R): Tensor {
  return fromDense(binaryFloat("logaddexp", loops.logaddexp, x, y));
}

/** x log(y), and 0 where x is 0 unless y is NaN. */
export function xlogy(x: R, y: R): Tensor {
  return fromDense(binaryFloat("xlogy", loops.xlogy, x, y));
}

/**
 * floor(x / y). Derivative: 0.
 * @throws RangeError for int32 by zero
 */
export function floorDivide(x: R, y: R): Tensor {
  return fromDense(binaryDivision("floorDivide", loops.floorDivide, x, y));
}

/** Short form of `subtract`. */
export function sub(x: R, y: R): Tensor {
  return subtract(x, y);
}

/** Short form of `multiply`. */
export function mul(x: R, y: R): Tensor {
  return multiply(x, y);
}

/** Short form of `divide`. */
export function div(x: R, y: R): Tensor {
  return divide(x, y);
}

/** Where x > y, as bool. */
export function greater(x: R, y: R): Tensor {
  return fromDense(compare("greater", loops.greater, x, y));
}

/** Where x ≥ y, as bool. */
export function greaterEqual(x: R, y: R): Tensor {
  return fromDense(compare("greaterEqual", loops.greaterEqual, x, y));
}

/** Where x < y, as bool. */
export function less(x: R, y: R): Tensor {
  return fromDense(compare("less", loops.less, x, y));
}

/** Where x ≤ y, as bool. */
export function lessEqual(x: R, y: R): Tensor {
  return fromDense(compare("lessEqual", loops.lessEqual, x, y));
}

/** Where x = y; NaN equals nothing, as bool. */
export function equal(x: R, y: R): Tensor {
  return fromDense(compare("equal", loops.equal, x, y));
}

/** Where x ≠ y; NaN differs from all, as bool. */
export function notEqual(x: R, y: R): Tensor {
  return fromDense(compare("notEqual", loops.notEqual, x, y));
}

/**
 * `x` where the condition is true (not 0), else `y`; all three are broadcast. What is not selected has no influence: no NaN
 * leaks from it, neither into the value nor into derivatives.
 */
export function where(condition: Tensor, x: R, y: R): Tensor {
  requireTensor("where", condition);
  requireOperands("where", x, y);
  return fromDense(selected(condition, x, y));
}

/** x kept between bounds, each a tensor, a number or absent. NaN stays; where they cross, `max` wins. Derivative 1 at both. */
export function clip(
  x: Tensor,
  { min = -Infinity, max = Infinity }: { readonly min?: R | undefined; readonly max?: R | undefined },
): Tensor {
  requireTensor("clip", x);
  return fromDense(clipped(x, min, max));
}
