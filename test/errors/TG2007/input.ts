import type { int } from "tsgrad";

/**
 * @differentiable
 * @wrt x, n
 */
export function f(x: number, n: int): number {
  return x * n;
}
