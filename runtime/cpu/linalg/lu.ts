/** LU factors with partial pivoting (Golub and Van Loan, _Matrix computations_, 4th edition, algorithm 3.4.1). */

/**
 * Factors an n × n matrix in place: unit lower and upper triangle. `pivots[k]` is the row that was exchanged with row k.
 * Returns the sign of the permutation, and 0 if a pivot is exactly 0; what can be factored is factored all the same.
 */
export function factor(a: Float64Array, n: number, pivots: Int32Array): number {
  let sign = 1;
  let isSingular = false;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i;
    pivots[k] = pivot;
    if (pivot !== k) {
      sign = -sign;
      exchangeRows(a, n, k, pivot);
    }
    const diagonal = a[k * n + k]!;
    if (diagonal === 0) {
      isSingular = true;
      continue;
    }
    for (let i = k + 1; i < n; i++) {
      const multiplier = (a[i * n + k]! /= diagonal);
      if (multiplier === 0) continue;
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= multiplier * a[k * n + j]!;
    }
  }
  return isSingular ? 0 : sign;
}

function exchangeRows(a: Float64Array, width: number, i: number, k: number): void {
  for (let j = 0; j < width; j++) {
    const value = a[i * width + j]!;
    a[i * width + j] = a[k * width + j]!;
    a[k * width + j] = value;
  }
}

/** Solves for `columns` right sides in place, by factors that `factor` made. */
export function solveFactored(lu: Float64Array, n: number, pivots: Int32Array, b: Float64Array, columns: number): void {
  for (let k = 0; k < n; k++) if (pivots[k] !== k) exchangeRows(b, columns, k, pivots[k]!);
  solveTriangular(lu, n, b, columns, { upper: false, transpose: false, unitDiagonal: true });
  solveTriangular(lu, n, b, columns, { upper: true, transpose: false, unitDiagonal: false });
}

export interface Triangle {
  /** Which triangle of `a` is read. */
  readonly upper: boolean;
  /** Whether aᵀ x = b is solved. */
  readonly transpose: boolean;
  /** Whether the diagonal counts as 1, and is not read. */
  readonly unitDiagonal: boolean;
}

/** Substitution in place, for all right sides at once. Reads one triangle; divides by 0 where the diagonal is 0. */
export function solveTriangular(
  a: Float64Array,
  n: number,
  b: Float64Array,
  columns: number,
  triangle: Triangle,
): void {
  const { upper, transpose, unitDiagonal } = triangle;
  const rowStride = transpose ? 1 : n;
  const columnStride = transpose ? n : 1;
  // The transpose of an upper triangle is solved from the top, as a lower one is.
  const fromTop = upper === transpose;
  for (let step = 0; step < n; step++) {
    const i = fromTop ? step : n - 1 - step;
    for (let k = fromTop ? 0 : i + 1; k < (fromTop ? i : n); k++) {
      const multiplier = a[i * rowStride + k * columnStride]!;
      if (multiplier === 0) continue;
      for (let j = 0; j < columns; j++) b[i * columns + j]! -= multiplier * b[k * columns + j]!;
    }
    if (unitDiagonal) continue;
    const diagonal = a[i * n + i]!;
    for (let j = 0; j < columns; j++) b[i * columns + j]! /= diagonal;
  }
}
