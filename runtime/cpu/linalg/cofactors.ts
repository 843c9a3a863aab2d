/**
 * Cofactors, which are the derivative of the determinant, and their derivative: polynomials, also where the matrix is
 * singular. By singular values: cof(u s vᵀ) = det(u) det(v) u cof(s) vᵀ, and cofactors of a diagonal matrix are products.
 */
import { factor } from "./lu.ts";
import { svd } from "./svd.ts";

function determinant(x: Float64Array, n: number): number {
  const lu = x.slice();
  let product = factor(lu, n, new Int32Array(n));
  for (let i = 0; i < n; i++) product *= lu[i * n + i]!;
  return product;
}

/** The product of all but the elements at `i` and `j`. */
function productWithout(s: Float64Array, i: number, j: number): number {
  let product = 1;
  for (let k = 0; k < s.length; k++) if (k !== i && k !== j) product *= s[k]!;
  return product;
}

/** a b, a bᵀ or aᵀ b for n × n matrices. */
function multiply(n: number, a: Float64Array, b: Float64Array, transposeA: boolean, transposeB: boolean): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++)
        sum += a[transposeA ? k * n + i : i * n + k]! * b[transposeB ? j * n + k : k * n + j]!;
      out[i * n + j] = sum;
    }
  return out;
}

/** The matrix of cofactors of an n × n matrix. */
export function cofactors(x: Float64Array, n: number): Float64Array {
  const { u, s, v } = svd(x, n, n);
  const sign = Math.sign(determinant(u, n) * determinant(v, n));
  const scaled = u.slice();
  for (let j = 0; j < n; j++) {
    const product = sign * productWithout(s, j, j);
    for (let i = 0; i < n; i++) scaled[i * n + j]! *= product;
  }
  return multiply(n, scaled, v, false, true);
}

/**
 * How the cofactors change in the direction `e`. In the bases of the singular vectors, with the diagonal s and the direction
 * f = uᵀ e v: at (i, i) the sum of f[l, l] times all of s but i and l, and at (i, j) it is -f[j, i] times all but i and j.
 */
export function cofactorsAlong(x: Float64Array, e: Float64Array, n: number): Float64Array {
  const { u, s, v } = svd(x, n, n);
  const sign = Math.sign(determinant(u, n) * determinant(v, n));
  const f = multiply(n, multiply(n, u, e, true, false), v, false, false);
  const change = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const product = sign * productWithout(s, i, j);
      change[i * n + i]! += f[j * n + j]! * product;
      change[i * n + j] = -f[j * n + i]! * product;
    }
  return multiply(n, multiply(n, u, change, false, false), v, false, true);
}
