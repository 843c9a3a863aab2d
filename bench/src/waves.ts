/** x² + sin x², element by element. */
function wave(x: number): number {
  const square = x * x;
  return square + Math.sin(square);
}

/**
 * The sum over an array.
 * @differentiable grad
 */
export function waveSum(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += wave(x[i]);
  return sum;
}

/**
 * The array of values.
 * @differentiable vjp
 */
export function waves(x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) y[i] = wave(x[i]);
  return y;
}
