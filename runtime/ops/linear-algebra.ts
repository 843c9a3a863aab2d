/**
 * Linear algebra over the last two axes, batched over the others. float32 is computed in float64 and rounded at the end.
 *
 * VJPs, with the cotangent v of the result (all in terms of operations that are exported; T is the transpose):
 * - `x = solve(a, b)`: towards b it is g = solve(aT, v), towards a it is -g xT.
 * - `y = inv(a)`: -yT v yT.
 * - `det(a)`: v cofactor(a), which holds at singular matrices too. `cofactor` is symmetric in its derivative: JVP and VJP in the
 *   direction e are `cofactorAlong(a, e)` (both of `tsgrad/runtime`), which is linear in e and for regular a equals
 *   det(a) (tr(a⁻¹ e) a⁻ᵀ - (a⁻¹ e a⁻¹)ᵀ), where higher orders can be had.
 * - `slogdet(a)`: v inv(aT) for the logarithm, 0 for the sign.
 * - `l = cholesky(a)`: with p = tril(lT v) whose diagonal is halved, s = l⁻T p l⁻¹ (two `solveTriangular`), and (s + sT) / 2.
 *   JVP: l · half(l⁻¹ ȧ l⁻T), half being tril with the diagonal halved.
 * - `x = solveTriangular(a, b)`: g = solveTriangular(a, v, transpose), and -g xT kept to the triangle that is read (-x gT
 *   where `transpose` is given); without the diagonal for `unitDiagonal`.
 * - `[q, r] = qr(a)` for m ≥ n: with M = r vrT - vqT q, (vq + q copyltu(M)) r⁻T, where copyltu takes tril and mirrors it.
 *   Of a wide matrix q is that of the first m columns b: with the tangent of b alone as above, ṙ = qT (ȧ - q̇ r).
 * - `eigvalsh(a)`: q diag(v) qT, with the vectors of `eigh` (of `tsgrad/runtime`), whose JVP is q̇ = q (f ∘ qT ȧ q) with
 *   f = 1 / (λj - λi) off the diagonal, and λ̇ the diagonal of qT ȧ q.
 * - `svdvals(a)`: u diag(v) wT, with the factors of `svd` (of `tsgrad/runtime`).
 * - `matrixPower` is composed of `matmul` and `inv`.
 */
import { LinAlgError } from "../cpu/linalg/error.ts";
import { factor, solveFactored, solveTriangular as substitute } from "../cpu/linalg/lu.ts";
import { type Matrices, gathered, matricesOf, matrixAt, squaresOf } from "../cpu/linalg/batches.ts";
import { cholesky as factorSymmetric } from "../cpu/linalg/cholesky.ts";
import { cofactors, cofactorsAlong } from "../cpu/linalg/cofactors.ts";
import { symmetricEigen } from "../cpu/linalg/eigen.ts";
import { qr as factorOrthogonal } from "../cpu/linalg/qr.ts";
import { svd as factorSingular } from "../cpu/linalg/svd.ts";
import { broadcastTo, reshaped } from "../cpu/layout.ts";
import { cast, promote, requireTensor } from "../dtype.ts";
import { type Dense, type Shape, ShapeError, broadcastShapes, sameShape, showShape, sizeOf } from "../shape.ts";
import { Tensor, fromDense } from "../tensor.ts";
import { eye } from "./creation.ts";
import { matmul } from "./products.ts";

export { LinAlgError };

function singular(operation: string, matrices: Matrices, k: number): LinAlgError {
  return new LinAlgError(`${operation}: ${nameOf(matrices, k)} is singular`);
}

function nameOf({ batch, rows, columns }: Matrices, k: number): string {
  const shape = showShape([...batch, rows, columns]);
  return batch.length === 0 ? `the matrix of shape ${shape}` : `matrix ${k} of the batch of shape ${shape}`;
}

/**
 * The x with a x = b, for square matrices, by LU factors. `b` is a vector where it has one axis, else columns over its last two
 * axes; batches are broadcast.
 * @throws LinAlgError if a matrix is singular
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  requireTensor("solve", a);
  requireTensor("solve", b);
  const solveOne = (matrices: Matrices, k: number, x: Float64Array, columns: number): void => {
    const lu = matrixAt(matrices, k);
    const pivots = new Int32Array(matrices.rows);
    if (factor(lu, matrices.rows, pivots) === 0) throw singular("solve", matrices, k);
    solveFactored(lu, matrices.rows, pivots, x, columns);
  };
  return solveEach("solve", a, b, solveOne);
}

export interface SolveTriangularOptions {
  /** The upper triangle of `a` is read, instead of the lower one. */
  readonly upper?: boolean | undefined;
  /** aᵀ x = b is solved. */
  readonly transpose?: boolean | undefined;
  /** The diagonal of `a` counts as 1, and is not read. */
  readonly unitDiagonal?: boolean | undefined;
}

/**
 * The x with a x = b, where only one triangle of `a` is read. Shapes are as for `solve`.
 * @throws LinAlgError if there is a 0 on a diagonal
 */
export function solveTriangular(a: Tensor, b: Tensor, options: SolveTriangularOptions = {}): Tensor {
  requireTensor("solveTriangular", a);
  requireTensor("solveTriangular", b);
  const { upper = false, transpose = false, unitDiagonal = false } = options;
  const solveOne = (matrices: Matrices, k: number, x: Float64Array, columns: number): void => {
    const matrix = matrixAt(matrices, k);
    const n = matrices.rows;
    if (!unitDiagonal)
      for (let i = 0; i < n; i++) if (matrix[i * n + i] === 0) throw singular("solveTriangular", matrices, k);
    substitute(matrix, n, x, columns, { upper, transpose, unitDiagonal });
  };
  return solveEach("solveTriangular", a, b, solveOne);
}

function solveEach(
  operation: string,
  a: Tensor,
  b: Tensor,
  solveOne: (matrices: Matrices, k: number, x: Float64Array, columns: number) => void,
): Tensor {
  const n = squaresOf(operation, a).rows;
  const isVector = b.ndim === 1;
  const right = isVector ? reshaped(b, [b.size, 1]) : matricesShaped(operation, a, b);
  if (right.shape.at(-2) !== n)
    throw new ShapeError(
      `${operation}: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not align: ${n} ≠ ${right.shape.at(-2)!}`,
    );
  const batch = broadcastShapes(operation, a.shape.slice(0, -2), right.shape.slice(0, -2));
  const columns = right.shape.at(-1)!;
  const matrices = squaresOf(operation, stretched(a, [...batch, n, n]));
  const sides = matricesOf(operation, stretched(right, [...batch, n, columns]));
  const out = new Float64Array(sizeOf(batch) * n * columns);
  for (let k = 0; k < matrices.count; k++) {
    const x = matrixAt(sides, k);
    solveOne(matrices, k, x, columns);
    out.set(x, k * n * columns);
  }
  const dtype = promote(matrices.dtype, sides.dtype) === "float32" ? "float32" : "float64";
  return new Tensor(cast(out, dtype), isVector ? [...batch, n] : [...batch, n, columns]);
}

function matricesShaped(operation: string, a: Tensor, b: Tensor): Dense {
  if (b.ndim === 0)
    throw new ShapeError(
      `${operation}: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not align: b has no axes`,
    );
  return b;
}

const stretched = (x: Dense, shape: Shape): Dense => (sameShape(x.shape, shape) ? x : broadcastTo(x, shape));

/**
 * The inverse matrix, by LU factors.
 * @throws LinAlgError if a matrix is singular
 */
export function inv(a: Tensor): Tensor {
  requireTensor("inv", a);
  return inverse("inv", a);
}

function inverse(operation: string, a: Tensor): Tensor {
  const matrices = squaresOf(operation, a);
  const n = matrices.rows;
  const out = new Float64Array(a.size);
  const pivots = new Int32Array(n);
  for (let k = 0; k < matrices.count; k++) {
    const lu = matrixAt(matrices, k);
    if (factor(lu, n, pivots) === 0) throw singular(operation, matrices, k);
    const x = out.subarray(k * n * n, (k + 1) * n * n);
    for (let i = 0; i < n; i++) x[i * n + i] = 1;
    solveFactored(lu, n, pivots, x, n);
  }
  return fromDense(gathered(out, a.shape, matrices.dtype));
}

/** The determinant, by LU factors; 0 of a singular matrix. */
export function det(a: Tensor): Tensor {
  requireTensor("det", a);
  const matrices = squaresOf("det", a);
  const out = new Float64Array(matrices.count);
  for (let k = 0; k < matrices.count; k++) {
    const { sign, diagonal } = pivotsOf(matrices, k);
    out[k] = diagonal.reduce((product, pivot) => product * pivot, sign);
  }
  return fromDense(gathered(out, matrices.batch, matrices.dtype));
}

/** The sign of the determinant and the logarithm of its absolute value; 0 and -Infinity of a singular matrix. */
export function slogdet(a: Tensor): [sign: Tensor, logabsdet: Tensor] {
  requireTensor("slogdet", a);
  const matrices = squaresOf("slogdet", a);
  const signs = new Float64Array(matrices.count);
  const logarithms = new Float64Array(matrices.count);
  for (let k = 0; k < matrices.count; k++) {
    const { sign, diagonal } = pivotsOf(matrices, k);
    signs[k] = diagonal.reduce((product, pivot) => product * Math.sign(pivot), sign);
    logarithms[k] = diagonal.reduce((sum, pivot) => sum + Math.log(Math.abs(pivot)), 0);
  }
  const { batch, dtype } = matrices;
  return [fromDense(gathered(signs, batch, dtype)), fromDense(gathered(logarithms, batch, dtype))];
}

function pivotsOf(matrices: Matrices, k: number): { sign: number; diagonal: Float64Array } {
  const n = matrices.rows;
  const lu = matrixAt(matrices, k);
  const sign = factor(lu, n, new Int32Array(n));
  return { sign, diagonal: Float64Array.from({ length: n }, (_, i) => lu[i * n + i]!) };
}

/** The matrix of cofactors, the derivative of `det`: det(a) a⁻ᵀ where a is regular, and a polynomial everywhere. */
export function cofactor(a: Tensor): Tensor {
  const matrices = squaresOf("cofactor", a);
  const n = matrices.rows;
  const out = new Float64Array(a.size);
  for (let k = 0; k < matrices.count; k++) out.set(cofactors(matrixAt(matrices, k), n), k * n * n);
  return fromDense(gathered(out, a.shape, matrices.dtype));
}

/** How `cofactor(a)` changes in the direction `e`: linear in e, and its own adjoint. `a` and `e` have one shape. */
export function cofactorAlong(a: Tensor, e: Tensor): Tensor {
  const matrices = squaresOf("cofactorAlong", a);
  if (!sameShape(a.shape, e.shape))
    throw new ShapeError(`cofactorAlong: shapes ${showShape(a.shape)} and ${showShape(e.shape)} differ`);
  const directions = matricesOf("cofactorAlong", e);
  const n = matrices.rows;
  const out = new Float64Array(a.size);
  for (let k = 0; k < matrices.count; k++)
    out.set(cofactorsAlong(matrixAt(matrices, k), matrixAt(directions, k), n), k * n * n);
  return fromDense(gathered(out, a.shape, matrices.dtype));
}

/**
 * The lower triangle l with l lᵀ = a, for symmetric positive definite matrices, of which the lower triangle is read.
 * @throws LinAlgError if a matrix is not positive definite
 */
export function cholesky(a: Tensor): Tensor {
  requireTensor("cholesky", a);
  const matrices = squaresOf("cholesky", a);
  const n = matrices.rows;
  const out = new Float64Array(a.size);
  for (let k = 0; k < matrices.count; k++) {
    const l = matrixAt(matrices, k);
    const done = factorSymmetric(l, n);
    if (done < n)
      throw new LinAlgError(
        `cholesky: ${nameOf(matrices, k)} is not positive definite: its leading minor of order ${done + 1} is not positive`,
      );
    out.set(l, k * n * n);
  }
  return fromDense(gathered(out, a.shape, matrices.dtype));
}

/**
 * The matrix multiplied by itself `n` times, by squaring; of negative `n`, its inverse.
 * @throws LinAlgError if `n` is negative and a matrix is singular
 */
export function matrixPower(a: Tensor, n: number): Tensor {
  requireTensor("matrixPower", a);
  const { rows } = squaresOf("matrixPower", a);
  if (!Number.isInteger(n)) throw new RangeError(`matrixPower: ${n} is no whole number`);
  let square = n < 0 ? inverse("matrixPower", a) : a;
  let power: Tensor | undefined;
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = power === undefined ? square : matmul(power, square);
    if (rest > 1) square = matmul(square, square);
  }
  return fromDense(broadcastTo(power ?? eye(rows, a.dtype), a.shape));
}

/** The reduced factors of m × n matrices, by Householder reflections: q `[m, k]`, r `[k, n]` upper, k the lesser of m and n. */
export function qr(a: Tensor): [q: Tensor, r: Tensor] {
  requireTensor("qr", a);
  const matrices = matricesOf("qr", a);
  const { rows, columns, batch, count, dtype } = matrices;
  const k = Math.min(rows, columns);
  const qs = new Float64Array(count * rows * k);
  const rs = new Float64Array(count * k * columns);
  for (let each = 0; each < count; each++) {
    const { q, r } = factorOrthogonal(matrixAt(matrices, each), rows, columns);
    qs.set(q, each * q.length);
    rs.set(r, each * r.length);
  }
  return [fromDense(gathered(qs, [...batch, rows, k], dtype)), fromDense(gathered(rs, [...batch, k, columns], dtype))];
}

/** The eigenvalues of symmetric matrices in ascending order, by the QL algorithm; the lower triangle is read. */
export function eigvalsh(a: Tensor): Tensor {
  requireTensor("eigvalsh", a);
  return eigh(a)[0];
}

/** The eigenvalues of symmetric matrices in ascending order, and the eigenvectors as columns. Signs of vectors are free. */
export function eigh(a: Tensor): [values: Tensor, vectors: Tensor] {
  const matrices = squaresOf("eigvalsh", a);
  const { rows: n, batch, count, dtype } = matrices;
  const values = new Float64Array(count * n);
  const vectors = new Float64Array(a.size);
  for (let k = 0; k < count; k++) {
    const found = symmetricEigen(matrixAt(matrices, k), n);
    values.set(found.values, k * n);
    vectors.set(found.vectors, k * n * n);
  }
  return [fromDense(gathered(values, [...batch, n], dtype)), fromDense(gathered(vectors, a.shape, dtype))];
}

/** The singular values in descending order, by one-sided Jacobi rotations. */
export function svdvals(a: Tensor): Tensor {
  requireTensor("svdvals", a);
  return svd(a, "svdvals")[1];
}

/** a = u diag(s) wᵀ with s descending: u `[m, k]`, s `[k]`, w `[n, k]`, k the lesser of m and n. Signs of vectors are free. */
export function svd(a: Tensor, operation = "svd"): [u: Tensor, s: Tensor, w: Tensor] {
  const matrices = matricesOf(operation, a);
  const { rows, columns, batch, count, dtype } = matrices;
  const k = Math.min(rows, columns);
  const us = new Float64Array(count * rows * k);
  const ss = new Float64Array(count * k);
  const ws = new Float64Array(count * columns * k);
  for (let each = 0; each < count; each++) {
    const { u, s, v } = factorSingular(matrixAt(matrices, each), rows, columns, operation);
    us.set(u, each * u.length);
    ss.set(s, each * k);
    ws.set(v, each * v.length);
  }
  return [
    fromDense(gathered(us, [...batch, rows, k], dtype)),
    fromDense(gathered(ss, [...batch, k], dtype)),
    fromDense(gathered(ws, [...batch, columns, k], dtype)),
  ];
}
