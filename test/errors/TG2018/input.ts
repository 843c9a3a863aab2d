/**
 * @differentiable
 * @wrt p.k
 */
export function f(p: { k: number; m: number }): number {
  return p.k * p.m;
}
