import type { int } from "tsgrad";

/** @differentiable */
export function f(n: int): number {
  return n * 2;
}

/** @differentiable */
export function double(x: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] *= 2;
}
