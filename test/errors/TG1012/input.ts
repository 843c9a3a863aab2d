/** @differentiable */
export function f(xs: Float64Array): Float64Array {
  return Float64Array.from(xs, (x, ...rest) => x * rest.length);
}
