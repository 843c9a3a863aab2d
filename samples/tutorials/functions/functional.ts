/** Functions over many points at once, differentiated as with `torch.autograd.functional`. */
import { type Tensor, add, exp, index, mul, pow, sin, stack, sub, sum } from "tsgrad";

/** @differentiable vjp jvp */
export function wave(x: Tensor): Tensor {
  return add(pow(x, 2), sin(pow(x, 2)));
}

/**
 * @differentiable hvp
 * @wrt x
 */
export function weightedWave(x: Tensor, v: Tensor): Tensor {
  return sum(mul(v, wave(x)));
}

/**
 * Samples `[N, 2]` to values `[N]`.
 * @differentiable vjp jvp
 */
export function perSample(x: Tensor): Tensor {
  const [x0, x1] = [index(x, 0, { axis: 1 }), index(x, 1, { axis: 1 })];
  return add(mul(x0, x1), sin(mul(x0, pow(x1, 2))));
}

/**
 * @differentiable hvp
 * @wrt x
 */
export function weightedPerSample(x: Tensor, v: Tensor): Tensor {
  return sum(mul(v, perSample(x)));
}

/** @differentiable vjp jvp */
export function ofTwo(x: Tensor, y: Tensor): Tensor {
  return add(mul(x, y), sin(mul(x, pow(y, 2))));
}

/**
 * @differentiable hvp
 * @wrt x y
 */
export function weightedOfTwo(x: Tensor, y: Tensor, v: Tensor): Tensor {
  return sum(mul(v, ofTwo(x, y)));
}

/**
 * Three values for each sample of two inputs: `[N]` and `[N]` to `[N, 3]`.
 * @differentiable pullback vjp jvp
 */
export function threeOfTwo(x: Tensor, y: Tensor): Tensor {
  return stack([mul(x, y), sin(add(x, pow(y, 2))), sub(pow(x, 2), mul(3, y))], { axis: 1 });
}

/**
 * @differentiable hvp
 * @wrt x y
 */
export function weightedThreeOfTwo(x: Tensor, y: Tensor, v: Tensor): Tensor {
  return sum(mul(v, threeOfTwo(x, y)));
}

/**
 * The same of one input with two columns: `[N, 2]` to `[N, 3]`.
 * @differentiable pullback vjp jvp
 */
export function threePerSample(x: Tensor): Tensor {
  return threeOfTwo(index(x, 0, { axis: 1 }), index(x, 1, { axis: 1 }));
}

/**
 * @differentiable hvp
 * @wrt x
 */
export function weightedThreePerSample(x: Tensor, v: Tensor): Tensor {
  return sum(mul(v, threePerSample(x)));
}

/** @differentiable vjp jvp jacobian */
export function expReducer(x: Tensor): Tensor {
  return sum(exp(x), { axis: 1 });
}

/** @differentiable vjp jacobian */
export function adder(x: Tensor, y: Tensor): Tensor {
  return add(mul(2, exp(x)), mul(3, y));
}

/** @differentiable hessian hvp vjp */
export function powReducer(x: Tensor): Tensor {
  return sum(pow(x, 3));
}

/** @differentiable hessian hvp */
export function powAdder(x: Tensor, y: Tensor): Tensor {
  return sum(add(mul(2, pow(x, 2)), mul(mul(3, pow(y, 2)), x)));
}
