/** @differentiable vjp */
export function smooth(x: Float64Array, width: number): number {
  let sum = 0;
  for (let i = width; i < x.length - width; i++) sum += x[i - width]! * x[i + width]!;
  return sum;
}

/**
 * @differentiable vjp
 * @wrt x, bound
 */
export function capped(x: number, weights: Float64Array): number {
  const bound = Math.floor(x);
  return x > bound ? x * x : weights.length * x;
}

/** @differentiable vjp */
export function averaged(x: number, weights: Float64Array): number {
  return x / weights.length;
}
