/** @differentiable */
export function f(x: number[]): number {
  return x[0] * x.indexOf(1);
}
