/** Classic dense linear algebra, in place wherever the textbook is. Matrices are row-major. */
import type { int } from "tsgrad";

/**
 * LU with partial pivoting; `pivots[k]` is the row that row k changed places with.
 * @differentiable vjp jvp pullback vjpInto
 * @wrt a
 */
export function luFactor(a: Float64Array, pivots: Int32Array, n: int): void {
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(a[i * n + k]) > Math.abs(a[p * n + k])) p = i;
    }
    pivots[k] = p;
    if (p !== k) {
      for (let j = 0; j < n; j++) {
        const kept = a[k * n + j];
        a[k * n + j] = a[p * n + j];
        a[p * n + j] = kept;
      }
    }
    const pivot = a[k * n + k];
    if (pivot === 0) throw new Error("singular matrix");
    for (let i = k + 1; i < n; i++) {
      a[i * n + k] /= pivot;
      for (let j = k + 1; j < n; j++) a[i * n + j] -= a[i * n + k] * a[k * n + j];
    }
  }
}

/**
 * The determinant through LU.
 * @differentiable grad vjp jvp hvp hessian
 */
export function determinant(a: Float64Array, n: int): number {
  const lu = a.slice();
  const pivots = new Int32Array(n);
  luFactor(lu, pivots, n);
  let product = 1;
  for (let k = 0; k < n; k++) {
    product *= lu[k * n + k];
    if (pivots[k] !== k) product = -product;
  }
  return product;
}

/**
 * The determinant of a list of rows, which change places by reference and are eliminated in place.
 * @differentiable vjp jvp pullback
 * @wrt rows
 * @of return
 */
export function determinantOfRows(rows: number[][]): number {
  const n = rows.length;
  let product = 1;
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[p][k])) p = i;
    if (p !== k) {
      [rows[k], rows[p]] = [rows[p], rows[k]];
      product = -product;
    }
    const pivotRow = rows[k];
    product *= pivotRow[k];
    for (let i = k + 1; i < n; i++) {
      const row = rows[i];
      const factor = row[k] / pivotRow[k];
      for (let j = k; j < n; j++) row[j] -= factor * pivotRow[j];
    }
  }
  return product;
}

/**
 * Solves A x = b by LU.
 * @differentiable vjp jvp jacobian pullback
 */
export function solve(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const lu = new Float64Array(a);
  const x = b.slice();
  const pivots = new Int32Array(n);
  luFactor(lu, pivots, n);
  for (let k = 0; k < n; k++) {
    const p = pivots[k];
    [x[k], x[p]] = [x[p], x[k]];
  }
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) x[i] -= lu[i * n + j] * x[j];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= lu[i * n + j] * x[j];
    x[i] /= lu[i * n + i];
  }
  return x;
}

/**
 * The Cholesky factor in place of the lower triangle.
 * @differentiable vjp jvp
 * @wrt a
 */
export function cholesky(a: Float64Array, n: int): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      if (i > j) {
        a[i * n + j] = sum / a[j * n + j];
        continue;
      }
      if (sum <= 0) throw new RangeError("not positive definite");
      a[j * n + j] = Math.sqrt(sum);
    }
  }
}

/**
 * The logarithm of the determinant of a positive definite matrix, of which the lower triangle is read.
 * @differentiable grad vjp jvp hvp
 */
export function logDeterminant(a: Float64Array, n: int): number {
  const factor = a.slice();
  cholesky(factor, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(factor[i * n + i]);
  return 2 * sum;
}

/**
 * Solves L x = b in place of b, with L lower triangular.
 * @differentiable vjp jvp
 * @wrt l, b
 */
export function forwardSubstitute(l: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    const row = l.subarray(i * n, i * n + n);
    for (let j = 0; j < i; j++) b[i] -= row[j] * b[j];
    b[i] /= row[i];
  }
}

/**
 * The Thomas algorithm on copies.
 * @differentiable vjp jvp pullback vjpInto
 */
export function thomas(
  lower: Float64Array,
  diagonal: Float64Array,
  upper: Float64Array,
  rhs: Float64Array,
): Float64Array {
  const n = rhs.length;
  const d = diagonal.slice();
  const x = rhs.slice();
  for (let i = 1; i < n; i++) {
    const w = lower[i - 1] / d[i - 1];
    d[i] -= w * upper[i - 1];
    x[i] -= w * x[i - 1];
  }
  x[n - 1] /= d[n - 1];
  for (let i = n - 2; i >= 0; i--) x[i] = (x[i] - upper[i] * x[i + 1]) / d[i];
  return x;
}

/**
 * Radix-2 fast Fourier transform in place.
 * @differentiable vjp jvp pullback
 * @wrt re, im
 */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  reorder(re, im);
  for (let size = 2; size <= n; size *= 2) {
    const half = size >> 1;
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < half; k++) butterfly(re, im, start + k, start + k + half, (-2 * Math.PI * k) / size);
    }
  }
}

/** Bit reversal. */
function reorder(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  let j = 0;
  for (let i = 0; i < n - 1; i++) {
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
    let bit = n >> 1;
    while (bit >= 1 && (j & bit) !== 0) {
      j -= bit;
      bit >>= 1;
    }
    j += bit;
  }
}

function butterfly(re: Float64Array, im: Float64Array, p: int, q: int, angle: number): void {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const x = c * re[q] - s * im[q];
  const y = s * re[q] + c * im[q];
  re[q] = re[p] - x;
  im[q] = im[p] - y;
  re[p] += x;
  im[p] += y;
}

/**
 * The least-squares solution of A x = b, with m rows and n columns, by Householder's QR on copies.
 * @differentiable vjp jvp
 */
export function leastSquares(a: Float64Array, b: Float64Array, n: int): Float64Array {
  const m = b.length;
  const r = a.slice();
  const y = b.slice();
  const v = new Float64Array(m);
  for (let k = 0; k < n; k++) {
    let square = 0;
    for (let i = k; i < m; i++) {
      v[i] = r[i * n + k];
      square += v[i] * v[i];
    }
    v[k] += v[k] > 0 ? Math.sqrt(square) : -Math.sqrt(square);
    let size = 0;
    for (let i = k; i < m; i++) size += v[i] * v[i];
    for (let j = k; j < n; j++) {
      let dot = 0;
      for (let i = k; i < m; i++) dot += v[i] * r[i * n + j];
      for (let i = k; i < m; i++) r[i * n + j] -= ((2 * dot) / size) * v[i];
    }
    let dot = 0;
    for (let i = k; i < m; i++) dot += v[i] * y[i];
    for (let i = k; i < m; i++) y[i] -= ((2 * dot) / size) * v[i];
  }
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i];
    for (let j = i + 1; j < n; j++) sum -= r[i * n + j] * x[j];
    x[i] = sum / r[i * n + i];
  }
  return x;
}
