/** QR factors by Householder reflections (Golub and Van Loan, _Matrix computations_, 4th edition, algorithm 5.2.1). */

/** The reduced factors of an m × n matrix: q is m × k, r is k × n, with k the lesser of m and n. */
export function qr(x: Float64Array, m: number, n: number): { q: Float64Array; r: Float64Array } {
  const k = Math.min(m, n);
  const a = x.slice();
  const scales = new Float64Array(k);
  for (let j = 0; j < k; j++) scales[j] = reflect(a, m, n, j);
  const r = new Float64Array(k * n);
  for (let i = 0; i < k; i++) for (let j = i; j < n; j++) r[i * n + j] = a[i * n + j]!;
  const q = new Float64Array(m * k);
  for (let i = 0; i < k; i++) q[i * k + i] = 1;
  // The reflections in the opposite order, applied to the first columns of the identity.
  for (let j = k - 1; j >= 0; j--)
    for (let column = j; column < k; column++) {
      let dot = q[j * k + column]!;
      for (let i = j + 1; i < m; i++) dot += a[i * n + j]! * q[i * k + column]!;
      dot *= scales[j]!;
      q[j * k + column]! -= dot;
      for (let i = j + 1; i < m; i++) q[i * k + column]! -= dot * a[i * n + j]!;
    }
  return { q, r };
}

/**
 * Makes column j zero below the diagonal by I - scale · u uᵀ, where u is 1 at the diagonal; the rest of u stays in the column.
 * Returns the scale.
 */
function reflect(a: Float64Array, m: number, n: number, j: number): number {
  let tail = 0;
  for (let i = j + 1; i < m; i++) tail = Math.hypot(tail, a[i * n + j]!);
  if (tail === 0) return 0;
  const head = a[j * n + j]!;
  const length = Math.hypot(head, tail);
  const image = head > 0 ? -length : length;
  const scale = (image - head) / image;
  for (let i = j + 1; i < m; i++) a[i * n + j]! /= head - image;
  a[j * n + j] = image;
  for (let column = j + 1; column < n; column++) {
    let dot = a[j * n + column]!;
    for (let i = j + 1; i < m; i++) dot += a[i * n + j]! * a[i * n + column]!;
    dot *= scale;
    a[j * n + column]! -= dot;
    for (let i = j + 1; i < m; i++) a[i * n + column]! -= dot * a[i * n + j]!;
  }
  return scale;
}
