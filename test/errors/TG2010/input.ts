/**
 * @differentiable
 * @of out
 */
export function f(x: Float64Array, out: Float64Array): number {
  return x[0] + out[0];
}
