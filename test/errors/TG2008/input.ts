import { vjp, type int } from "tsgrad";

/** @differentiable */
export function f(n: int): number {
  return n * 2;
}

/** @differentiable */
export function double(x: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] *= 2;
}

function count(n: int): number {
  return 2 * n;
}

/** @differentiable */
export function inside(x: number): number {
  const [value] = vjp(count)(3, 1);
  return value * x;
}
