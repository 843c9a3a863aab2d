/**
 * @differentiable vjp
 * @wrt y
 */
export function f(x: number): number {
  let y = x * x;
  y += 1;
  return Math.sin(y);
}
