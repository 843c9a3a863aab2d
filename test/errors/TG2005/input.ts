/** @differentiable Grad, derivative */
export function f(x: number): number {
  return x * x;
}
