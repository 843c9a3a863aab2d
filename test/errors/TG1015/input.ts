/** @differentiable */
export function f(x: number[]): number {
  return x[0] * x.lastIndexOf(1);
}
