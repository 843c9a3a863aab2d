import { mul, type Tensor } from "tsgrad";

/** @differentiable grad */
export function f(x: number): [number, number] {
  return [x, x * x];
}

/** @differentiable valueAndGrad */
export function g(x: Float64Array): Float64Array {
  return x.map((each) => each * each);
}

/** @differentiable hessian */
export function h(x: number, out: Float64Array): number {
  out[0] = x * x;
  return x * x * x;
}

/** @differentiable grad */
export function k(x: Tensor<[2, 3]>): Tensor<[2, 3]> {
  return mul(x, x);
}
