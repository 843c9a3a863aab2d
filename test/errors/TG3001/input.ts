import { grad, type int } from "tsgrad";

function power(x: number, n: int): number {
  return n === 0 ? 1 : x * power(x, n - 1);
}

/** @differentiable jvp vjp */
export function slope(x: number): number {
  return grad(power)(x, 3);
}
