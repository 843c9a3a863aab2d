/** Cholesky factors (Golub and Van Loan, _Matrix computations_, 4th edition, 4.2.5). */

/**
 * The lower factor of a symmetric matrix, of which the lower triangle is read, in place; the upper triangle becomes 0. Returns
 * how many leading rows could be factored: n where the matrix is positive definite.
 */
export function cholesky(a: Float64Array, n: number): number {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let rest = a[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= a[i * n + k]! * a[j * n + k]!;
      if (i === j) {
        if (!(rest > 0)) return j;
        a[j * n + j] = Math.sqrt(rest);
      } else a[i * n + j] = rest / a[j * n + j]!;
    }
    for (let i = 0; i < j; i++) a[i * n + j] = 0;
  }
  return n;
}
