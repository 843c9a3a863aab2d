import { grad } from "tsgrad";

export function g(x: number, y: number): number {
  return x * y;
}

const which: 0 | 1 = 1;

/** @differentiable */
export function f(x: number): number {
  return grad(g, { wrt: which })(x, x);
}
