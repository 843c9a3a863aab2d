/**
 * @differentiable vjp
 * @wrt x, steps, unused
 */
export function power(x: number, steps: number, unused: number): number {
  let y = x;
  for (let i = 0; i < steps; i++) y *= x;
  return y;
}

/**
 * @differentiable vjp
 * @wrt x, bound
 */
export function capped(x: number): number {
  const bound: number = x > 2 ? 1 : 2;
  return Math.round(bound) * x;
}
