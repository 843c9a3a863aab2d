/**
 * Solves a tridiagonal system by Thomas's algorithm. Row i is
 * `lower[i] x[i - 1] + diagonal[i] x[i] + upper[i] x[i + 1] = right[i]`.
 * @differentiable vjp
 */
export function thomas(
  lower: Float64Array,
  diagonal: Float64Array,
  upper: Float64Array,
  right: Float64Array,
): Float64Array {
  const n = diagonal.length;
  const c = new Float64Array(n);
  const x = new Float64Array(n);
  c[0] = upper[0] / diagonal[0];
  x[0] = right[0] / diagonal[0];
  for (let i = 1; i < n; i++) {
    const pivot = diagonal[i] - lower[i] * c[i - 1];
    c[i] = upper[i] / pivot;
    x[i] = (right[i] - lower[i] * x[i - 1]) / pivot;
  }
  for (let i = n - 2; i >= 0; i--) x[i] -= c[i] * x[i + 1];
  return x;
}
