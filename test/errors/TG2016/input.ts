/**
 * @differentiable vjp jvp
 * @wrt y
 */
export function f(x: number): number {
  const y = x * x;
  return Math.sin(y);
}
