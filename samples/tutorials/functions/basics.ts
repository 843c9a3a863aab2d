/** Vector-Jacobian products, as PyTorch's tutorial introduces them: the functions that it differentiates. */
import { type Tensor, add, index, type int, matmul, mul, pow, sin, stack, sum, transpose } from "tsgrad";

/**
 * A loss is a tensor of shape `[]`, so its gradient needs no cotangent.
 * @differentiable grad valueAndGrad
 */
export function scalarLoss(x: Tensor): Tensor {
  return sum(pow(x, 2));
}

/**
 * A vector as output: its VJP takes a cotangent.
 * @differentiable vjp jvp jacobian
 */
export function sine(x: Tensor): Tensor {
  return sin(x);
}

/** @differentiable vjp */
export function sineAndTotal(x: Tensor): [sine: Tensor, total: Tensor] {
  return [sin(x), sum(x)];
}

/** @differentiable vjp */
export function sineOfFirst(x: Tensor): Tensor {
  return sin(x.slice([0], [1]));
}

/** @differentiable vjp jvp */
export function product(A: Tensor, x: Tensor): Tensor {
  return matmul(A, x);
}

/**
 * The Jacobian of a product towards the vector is the matrix.
 * @differentiable jacobian
 * @wrt x
 */
export function productOf(A: Tensor, x: Tensor): Tensor {
  return matmul(A, x);
}

/** @differentiable vjp jvp jacobian */
export function twoOfThree(x: Tensor): Tensor {
  const [x0, x1, x2] = [index(x, 0), index(x, 1), index(x, 2)];
  return stack([add(mul(x0, x1), x2), add(sin(x0), pow(x1, 2))]);
}

/**
 * @differentiable hvp
 * @wrt x
 */
export function weightedTwoOfThree(x: Tensor, v: Tensor): Tensor {
  return sum(mul(v, twoOfThree(x)));
}

/** @differentiable pullback jvp jacobian */
export function monomials(x: Tensor): Tensor {
  const [x0, x1] = [index(x, 0), index(x, 1)];
  return stack([pow(x0, 2), mul(x0, x1), pow(x1, 2)]);
}

/**
 * One of the monomials, whose Hessian is one of three.
 * @differentiable hessian
 * @wrt x
 */
export function monomial(x: Tensor, k: int): Tensor {
  return index(monomials(x), k);
}

/**
 * A row for each sample.
 * @differentiable vjp jvp
 */
export function batchedLinear(A: Tensor, x: Tensor): Tensor {
  return matmul(x, transpose(A));
}

/** @differentiable vjp hvp */
export function sineTotal(x: Tensor): Tensor {
  return sum(sin(x));
}

/**
 * An input that is not used has a gradient too: zeros.
 * @differentiable vjp
 */
// tsgrad-ignore TG3102
export function sineWithUnused(x: Tensor, _unused: Tensor): Tensor {
  return sin(x);
}
