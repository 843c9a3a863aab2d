/**
 * Eigenvalues and eigenvectors of symmetric matrices: Householder reduction to tridiagonal form, then the QL algorithm with
 * implicit shifts (Golub and Van Loan, _Matrix computations_, 4th edition, 8.3; Wilkinson and Reinsch, _Handbook for
 * automatic computation_ 2, 1971, II/2 to II/4).
 */
import { LinAlgError } from "./error.ts";

/** Ascending eigenvalues of an n × n matrix, whose lower triangle is read, and the eigenvectors as columns. */
export function symmetricEigen(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = a.slice();
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) vectors[i * n + j] = a[j * n + i]!;
  const values = new Float64Array(n);
  const beside = new Float64Array(n);
  tridiagonalize(vectors, n, values, beside);
  diagonalize(vectors, n, values, beside);
  return ordered(values, vectors, n);
}

/** qᵀ a q is tridiagonal: `diagonal`, and `beside[i]` between i and i + 1. `a` becomes q. */
function tridiagonalize(a: Float64Array, n: number, diagonal: Float64Array, beside: Float64Array): void {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  const u = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k + 2 < n; k++) {
    let tail = 0;
    for (let i = k + 2; i < n; i++) tail = Math.hypot(tail, a[i * n + k]!);
    if (tail === 0) continue;
    const head = a[(k + 1) * n + k]!;
    const length = Math.hypot(head, tail);
    const image = head > 0 ? -length : length;
    const scale = (image - head) / image;
    u.fill(0, 0, k + 1);
    u[k + 1] = 1;
    for (let i = k + 2; i < n; i++) u[i] = a[i * n + k]! / (head - image);
    // a - u wᵀ - w uᵀ with w = p - (scale / 2) (uᵀ p) u and p = scale · a u
    let along = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * u[j]!;
      p[i] = scale * sum;
      along += p[i]! * u[i]!;
    }
    for (let i = k + 1; i < n; i++) p[i]! -= 0.5 * scale * along * u[i]!;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) a[i * n + j]! -= u[i]! * p[j]! + p[i]! * u[j]!;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += q[i * n + j]! * u[j]!;
      sum *= scale;
      for (let j = k + 1; j < n; j++) q[i * n + j]! -= sum * u[j]!;
    }
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i]!;
  for (let i = 0; i + 1 < n; i++) beside[i] = a[(i + 1) * n + i]!;
  a.set(q);
}

/** Turns the tridiagonal matrix into a diagonal one, and the columns of `q` along with it. */
function diagonalize(q: Float64Array, n: number, d: Float64Array, e: Float64Array): void {
  for (let first = 0; first < n; first++) {
    for (let round = 0; ; round++) {
      let last = first;
      for (; last + 1 < n; last++)
        if (Math.abs(e[last]!) <= Number.EPSILON * (Math.abs(d[last]!) + Math.abs(d[last + 1]!))) break;
      if (last === first) break;
      if (round === 60)
        throw new LinAlgError("eigvalsh: the QL algorithm does not converge; does the matrix hold NaN?");
      qlStep(q, n, d, e, first, last);
    }
  }
}

/** One implicit QL step on rows `first` to `last`, with Wilkinson's shift. */
function qlStep(q: Float64Array, n: number, d: Float64Array, e: Float64Array, first: number, last: number): void {
  const half = (d[first + 1]! - d[first]!) / (2 * e[first]!);
  const root = Math.hypot(half, 1);
  let g = d[last]! - d[first]! + e[first]! / (half + (half < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The matrix falls apart here; the rest is met again.
      d[i + 1]! -= shift;
      e[last] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - shift;
    const s = (d[i]! - g) * sine + 2 * cosine * b;
    shift = sine * s;
    d[i + 1] = g + shift;
    g = cosine * s - b;
    for (let row = 0; row < n; row++) {
      const right = q[row * n + i + 1]!;
      const left = q[row * n + i]!;
      q[row * n + i + 1] = sine * left + cosine * right;
      q[row * n + i] = cosine * left - sine * right;
    }
  }
  d[first]! -= shift;
  e[first] = g;
  e[last] = 0;
}

function ordered(d: Float64Array, q: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((i, j) => d[i]! - d[j]!);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[i * n + j] = q[i * n + order[j]!]!;
  return { values: Float64Array.from(order, (i) => d[i]!), vectors };
}
