/** @differentiable vjp jacobian */
export function f(x: number): number | undefined {
  return x > 0 ? Math.log(x) : undefined;
}
