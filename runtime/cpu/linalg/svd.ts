/**
 * Singular values and vectors by one-sided Jacobi rotations (Hestenes 1958; Golub and Van Loan, _Matrix computations_, 4th
 * edition, 8.6.3): columns are turned until they stand at right angles. Small singular values come out with small relative
 * errors, and exactly singular matrices need no care.
 */
import { LinAlgError } from "./error.ts";

/** x = u diag(s) vᵀ with s descending: u is m × k, v is n × k, with k the lesser of m and n. */
export interface Svd {
  readonly u: Float64Array;
  readonly s: Float64Array;
  readonly v: Float64Array;
}

const maxSweeps = 60;

export function svd(x: Float64Array, m: number, n: number, operation = "svd"): Svd {
  if (m < n) {
    const { u, s, v } = svd(transposed(x, m, n), n, m, operation);
    return { u: v, s, v: u };
  }
  // Columns as rows, which stand together in memory.
  const a = transposed(x, m, n);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; turnAll(a, m, v, n); sweep++)
    if (sweep === maxSweeps)
      throw new LinAlgError(`${operation}: the rotations do not converge; does the matrix hold NaN?`);
  const lengths = Float64Array.from({ length: n }, (_, j) => lengthOf(a, j * m, m));
  const order = Int32Array.from({ length: n }, (_, j) => j).sort((i, j) => lengths[j]! - lengths[i]!);
  const s = Float64Array.from(order, (j) => lengths[j]!);
  const u = new Float64Array(m * n);
  const right = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const j = order[column]!;
    for (let i = 0; i < m; i++) u[i * n + column] = s[column] === 0 ? 0 : a[j * m + i]! / s[column]!;
    for (let i = 0; i < n; i++) right[i * n + column] = v[j * n + i]!;
  }
  for (let column = 0; column < n; column++) if (s[column] === 0) complete(u, m, n, column);
  return { u, s, v: right };
}

function transposed(x: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = x[i * n + j]!;
  return out;
}

function lengthOf(a: Float64Array, at: number, n: number): number {
  let length = 0;
  for (let i = at; i < at + n; i++) length = Math.hypot(length, a[i]!);
  return length;
}

/** One sweep over all pairs of rows of `a`; says whether any pair was turned. */
function turnAll(a: Float64Array, m: number, v: Float64Array, n: number): boolean {
  let turned = false;
  for (let i = 0; i + 1 < n; i++)
    for (let j = i + 1; j < n; j++) {
      let ii = 0;
      let jj = 0;
      let ij = 0;
      for (let k = 0; k < m; k++) {
        const [p, q] = [a[i * m + k]!, a[j * m + k]!];
        ii += p * p;
        jj += q * q;
        ij += p * q;
      }
      if (!(Math.abs(ij) > (m + 4) * Number.EPSILON * Math.sqrt(ii * jj)) && !Number.isNaN(ij)) continue;
      turned = true;
      const half = (jj - ii) / (2 * ij);
      const tangent = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(1, half));
      const cosine = 1 / Math.hypot(1, tangent);
      turn(a, i * m, j * m, m, cosine, tangent * cosine);
      turn(v, i * n, j * n, n, cosine, tangent * cosine);
    }
  return turned;
}

function turn(a: Float64Array, p: number, q: number, n: number, cosine: number, sine: number): void {
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p + k]!, a[q + k]!];
    a[p + k] = cosine * x - sine * y;
    a[q + k] = sine * x + cosine * y;
  }
}

/** Fills a column that is 0 with a unit vector at right angles to all others: the axis that is least in them, made so. */
function complete(u: Float64Array, m: number, n: number, column: number): void {
  let axis = 0;
  let least = Infinity;
  for (let i = 0; i < m; i++) {
    let inOthers = 0;
    for (let j = 0; j < n; j++) inOthers += u[i * n + j]! ** 2;
    if (inOthers < least) [axis, least] = [i, inOthers];
  }
  u[axis * n + column] = 1;
  // Twice, since the first time leaves what rounding left.
  for (let round = 0; round < 2; round++)
    for (let j = 0; j < n; j++) {
      if (j === column) continue;
      let dot = 0;
      for (let i = 0; i < m; i++) dot += u[i * n + j]! * u[i * n + column]!;
      for (let i = 0; i < m; i++) u[i * n + column]! -= dot * u[i * n + j]!;
    }
  let length = 0;
  for (let i = 0; i < m; i++) length = Math.hypot(length, u[i * n + column]!);
  for (let i = 0; i < m; i++) u[i * n + column]! /= length;
}
