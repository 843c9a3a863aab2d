/**
 * @differentiable
 * @of return
 */
export function f(x: number, out: Float64Array): boolean {
  out[0] = x;
  return x > 0;
}
