/** @differentiable */
export function f(x: number): number {
  const g = x > 0 ? Math.sin : Math.cos;
  return g(x);
}
