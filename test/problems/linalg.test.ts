import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildModule, type BuiltModule } from "../support/build.ts";
import { checkModule, type Sample } from "../support/check-module.ts";
import { mismatch } from "../support/differences.ts";
import { root } from "../support/load.ts";
import { seeded } from "../support/random.ts";
import { numbersIn } from "../support/values.ts";
import * as linalg from "./linalg.ts";

type Matrix = number[][];

const file = path.join(root, "test/problems/linalg.ts");
const random = seeded(20);
const vector = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
const rowsOf = (a: ArrayLike<number>, n: number): Matrix =>
  Array.from({ length: a.length / n }, (_, i) => Array.from({ length: n }, (_, j) => a[i * n + j]));
const transposed = (a: Matrix): Matrix => a[0].map((_, j) => a.map((row) => row[j]));
const times = (a: Matrix, x: ArrayLike<number>): number[] =>
  a.map((row) => row.reduce((sum, entry, j) => sum + entry * x[j], 0));
const outer = (x: ArrayLike<number>, y: ArrayLike<number>): number[] =>
  Array.from(x).flatMap((a) => Array.from(y, (b) => a * b));

/** Gauss-Jordan without pivoting: good enough for the matrices here. */
function inverse(matrix: Matrix): Matrix {
  const n = matrix.length;
  const a = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    a[k] = a[k].map((entry) => entry / a[k][k]);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      a[i] = a[i].map((entry, j) => entry - a[i][k] * a[k][j]);
    }
  }
  return a.map((row) => row.slice(n));
}

const n = 4;
const a = vector(n * n);
const inverseA = inverse(rowsOf(a, n));
// B Bᵀ + I is positive definite.
const root4 = rowsOf(vector(n * n), n);
const positive = Float64Array.from(
  root4.flatMap((row, i) => times(root4, row).map((entry, j) => entry + (i === j ? 1 : 0))),
);
const triangle = Float64Array.from({ length: n * n }, (_, k) => (k % n > Math.floor(k / n) ? 0 : 1 + random.uniform()));
const b = vector(n);
const tall = vector(6 * 3);
const bands = [vector(5), vector(6).map((t) => 4 + t), vector(5), vector(6)];
const signal = [vector(8), vector(8)];

const samples: Record<string, Sample> = {
  luFactor: { args: () => [a.slice(), new Int32Array(n), n] },
  determinant: { args: () => [a.slice(), n] },
  determinantOfRows: { args: () => [rowsOf(a, n)] },
  solve: { args: () => [a.slice(), b.slice()] },
  cholesky: { args: () => [positive.slice(), n] },
  logDeterminant: { args: () => [positive.slice(), n] },
  forwardSubstitute: { args: () => [triangle.slice(), b.slice()] },
  thomas: { args: () => bands.map((band) => band.slice()) },
  fft: { args: () => signal.map((part) => part.slice()) },
  leastSquares: { args: () => [tall.slice(), bands[3].slice(), 3] },
};

const outputs = {
  luFactor: ["a"],
  determinantOfRows: ["return", "rows"],
  cholesky: ["a"],
  forwardSubstitute: ["b"],
  fft: ["re", "im"],
};

test("the primals are right", () => {
  const x = linalg.solve(a.slice(), b.slice());
  expect(mismatch(times(inverseA, b), [...x], 1e-12, "x")).toBeUndefined();
  expect(linalg.determinantOfRows(rowsOf(a, n))).toBeCloseTo(linalg.determinant(a, n), 12);
  expect(linalg.logDeterminant(positive, n)).toBeCloseTo(Math.log(linalg.determinant(positive, n)), 10);
  const [re, im] = signal.map((part) => part.slice());
  linalg.fft(re, im);
  const [real, imaginary] = transform(signal[0], signal[1]);
  expect(mismatch([...re, ...im], [...real, ...imaginary], 1e-12, "spectrum")).toBeUndefined();
});

/** The discrete Fourier transform by its definition. */
function transform(re: ArrayLike<number>, im: ArrayLike<number>): [number[], number[]] {
  const size = re.length;
  const at = (k: number, part: (c: number, s: number, j: number) => number): number =>
    Array.from({ length: size }, (_, j) => {
      const angle = (-2 * Math.PI * j * k) / size;
      return part(Math.cos(angle), Math.sin(angle), j);
    }).reduce((sum, term) => sum + term, 0);
  const every = Array.from({ length: size }, (_, k) => k);
  return [
    every.map((k) => at(k, (c, s, j) => re[j] * c - im[j] * s)),
    every.map((k) => at(k, (c, s, j) => re[j] * s + im[j] * c)),
  ];
}

describe("generated derivatives", () => {
  let built: BuiltModule<Record<string, unknown>>;
  let failures: Map<string, string[]>;
  beforeAll(async () => {
    built = await buildModule(file, path.join(root, "test/problems/tsconfig.json"));
    failures = await checkModule(file, built, samples, { outputs });
  }, 60_000);

  test("compile without errors", () => {
    expect(built.errors).toEqual([]);
  });

  test.each(Object.keys(samples))("of %s pass the numeric checks", (name) => {
    expect(failures.get(name)).toEqual([]);
  });

  const gradients = (name: string, ...args: unknown[]): number[][] => {
    const result = (built.generated[name](...args) as unknown[])[1];
    return (Array.isArray(result) ? result : [result]).map(numbersIn);
  };
  const agree = (actual: readonly number[], expected: readonly number[]): void => {
    expect(mismatch(actual, expected, 1e-10, "gradient")).toBeUndefined();
  };

  test("Jacobi's formula: the gradient of det A is det A · A⁻ᵀ", () => {
    const det = linalg.determinant(a, n);
    const expected = transposed(inverseA)
      .flat()
      .map((entry) => det * entry);
    agree(gradients("determinantVjp", a.slice(), n, 1)[0], expected);
    const [rows] = gradients("determinantOfRowsVjp", rowsOf(a, n), 1);
    agree(rows, expected.slice(0, rows.length));
    agree(numbersIn(built.generated.determinantGrad(a.slice(), n)), expected);
  });

  test("the gradient of log det A is A⁻¹, by its lower triangle", () => {
    const inversePositive = inverse(rowsOf(positive, n));
    const expected = inversePositive.flatMap((row, i) =>
      row.map((entry, j) => (j > i ? 0 : j === i ? entry : 2 * entry)),
    );
    agree(numbersIn(built.generated.logDeterminantGrad(positive.slice(), n)), expected);
  });

  test("the adjoint of a solution is a solution with the transposed matrix", () => {
    const v = vector(n);
    const x = linalg.solve(a, b);
    const bBar = times(transposed(inverseA), v);
    const [aGrad, bGrad] = gradients("solveVjp", a.slice(), b.slice(), v);
    agree(bGrad, bBar);
    agree(
      aGrad,
      outer(bBar, x).map((entry) => -entry),
    );
  });

  test("triangular solve: L̄ is the lower triangle of -b̄ xᵀ", () => {
    const v = vector(n);
    const x = b.slice();
    linalg.forwardSubstitute(triangle, x);
    const bBar = times(transposed(inverse(rowsOf(triangle, n))), v);
    const [lGrad, bGrad] = gradients("forwardSubstituteVjp", triangle.slice(), b.slice(), v);
    agree(bGrad, bBar);
    agree(
      lGrad,
      outer(bBar, x).map((entry, k) => (k % n > Math.floor(k / n) ? 0 : -entry)),
    );
  });

  test("Thomas: the bands of -b̄ xᵀ", () => {
    const v = vector(6);
    const x = linalg.thomas(bands[0], bands[1], bands[2], bands[3]);
    const bBar = linalg.thomas(bands[2], bands[1], bands[0], v);
    const made = gradients("thomasVjp", ...bands.map((band) => band.slice()), v);
    agree(made[3], [...bBar]);
    agree(
      made[1],
      [...x].map((t, i) => -bBar[i] * t),
    );
    agree(
      made[0],
      [...bands[0]].map((_, i) => -bBar[i + 1] * x[i]),
    );
    agree(
      made[2],
      [...bands[0]].map((_, i) => -bBar[i] * x[i + 1]),
    );
  });

  test("the adjoint of the Fourier transform is the transform with conjugates before and after", () => {
    const v = [vector(8), vector(8)];
    const [re, im] = transform(
      v[0],
      v[1].map((t) => -t),
    );
    const [reGrad, imGrad] = gradients("fftVjp", signal[0].slice(), signal[1].slice(), v);
    agree(reGrad, re);
    agree(
      imGrad,
      im.map((t) => -t),
    );
  });

  test("least squares: w = (AᵀA)⁻¹ v, b̄ = A w, Ā = r wᵀ - A w xᵀ", () => {
    const v = vector(3);
    const rhs = bands[3];
    const matrix = rowsOf(tall, 3);
    const gram = transposed(matrix).map((column) => times(transposed(matrix), column));
    const x = linalg.leastSquares(tall, rhs, 3);
    const w = times(inverse(gram), v);
    const bBar = times(matrix, w);
    const r = times(matrix, x).map((entry, i) => rhs[i] - entry);
    const minus = outer(bBar, x);
    const [aGrad, bGrad] = gradients("leastSquaresVjp", tall.slice(), rhs.slice(), 3, v);
    agree(bGrad, bBar);
    agree(
      aGrad,
      outer(r, w).map((entry, k) => entry - minus[k]),
    );
  });
});
