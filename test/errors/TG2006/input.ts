/**
 * @differentiable
 * @wrt x, y
 */
export function f(x: number, k: number): number {
  return k * x;
}
