/** Operations for derivatives: adjoints by ⟨v, L u⟩ = ⟨Lᵀ v, u⟩, and derivatives by differences. */
import { describe, expect, test } from "vitest";
import * as t from "../../runtime/index.ts";
import * as generated from "../../runtime/generated.ts";
import { along4, inner, maker, near } from "../support/tensors.ts";

type Linear = (x: t.Tensor) => t.Tensor;
const conv = { stride: 2, padding: 1, groups: 2 } as const;
const pool = { kernel: 3, stride: 2, padding: 1, countIncludePad: false } as const;
const { normal, ints } = maker("adjoints");
const places = ints(4, 2, 3);
const along = ints(4, 2, 6, 3);
const short = ints(4, 2, 6, 2);
const w = normal(4, 1, 3, 2);
const image = normal(2, 2, 7, 6);
const matrix = normal(4, 5);
const scan = normal(3, 4);

const pairs: readonly (readonly [name: string, shape: readonly number[], of: Linear, adjoint: Linear])[] = [
  ["sumTo", [3, 1], (x) => t.broadcastTo(x, [2, 3, 4]), (v) => generated.sumTo(v, [3, 1])],
  ["sumTo of a scalar", [], (x) => t.broadcastTo(x, [2, 3]), (v) => generated.sumTo(v, [])],
  ["sumTo with axes of length 1", [1], (x) => t.broadcastTo(x, [1, 1, 1]), (v) => generated.sumTo(v, [1])],
  [
    "unslice",
    [4, 5],
    (x) => t.slice(x, [1, 0], [4, 5], [2, 3]),
    (v) => generated.unslice(v, [4, 5], [1, 0], [4, 5], [2, 3]),
  ],
  [
    "untake",
    [3, 4, 2],
    (x) => t.take(x, places, { axis: 1 }),
    (v) => generated.untake(v, places, [3, 4, 2], { axis: 1 }),
  ],
  ["untake, flattened", [2, 3], (x) => t.take(x, places), (v) => generated.untake(v, places, [2, 3])],
  [
    "scatterAdd of takeAlongAxis",
    [2, 4, 3],
    (x) => t.takeAlongAxis(x, along, { axis: 1 }),
    (v) => t.scatterAdd(t.zeros([2, 4, 3]), along, v, { axis: 1 }),
  ],
  [
    "scatterAdd of gather",
    [3, 4, 3],
    (x) => generated.gather(x, short, { axis: 1 }),
    (v) => t.scatterAdd(t.zeros([3, 4, 3]), short, v, { axis: 1 }),
  ],
  [
    "padAdjoint",
    [3, 4],
    (x) =>
      t.pad(x, [
        [1, 2],
        [0, 3],
      ]),
    (v) =>
      generated.padAdjoint(
        v,
        [3, 4],
        [
          [1, 2],
          [0, 3],
        ],
      ),
  ],
  ...(["reflect", "edge", "wrap"] as const).map(
    (mode) =>
      [
        `padAdjoint, ${mode}`,
        [3, 4],
        (x: t.Tensor) =>
          t.pad(
            x,
            [
              [1, 2],
              [0, 3],
            ],
            { mode },
          ),
        (v: t.Tensor) =>
          generated.padAdjoint(
            v,
            [3, 4],
            [
              [1, 2],
              [0, 3],
            ],
            { mode },
          ),
      ] as const,
  ),
  ["tileAdjoint", [3, 4], (x) => t.tile(x, [2, 1, 3]), (v) => generated.tileAdjoint(v, [3, 4], [2, 1, 3])],
  [
    "repeatAdjoint",
    [3, 4],
    (x) => t.repeat(x, 2, { axis: 0 }),
    (v) => generated.repeatAdjoint(v, [3, 4], 2, { axis: 0 }),
  ],
  ["repeatAdjoint, flattened", [3, 4], (x) => t.repeat(x, 2), (v) => generated.repeatAdjoint(v, [3, 4], 2)],
  [
    "placeDiagonal",
    [2, 4, 5],
    (x) => t.diagonal(x, { offset: -1 }),
    (v) => generated.placeDiagonal(v, [2, 4, 5], { offset: -1 }),
  ],
  [
    "placeDiagonal above",
    [4, 5],
    (x) => t.diagonal(x, { offset: 2 }),
    (v) => generated.placeDiagonal(v, [4, 5], { offset: 2 }),
  ],
  ["shift", [3, 4], (x) => generated.shift(x, 2, { axis: 0 }), (v) => generated.shift(v, -2, { axis: 0 })],
  ["cumsum", [3, 4], (x) => t.cumsum(x, { axis: 0 }), (v) => t.cumsum(v, { axis: 0, reverse: true })],
  ["matmul towards a", [2, 3, 4], (x) => t.matmul(x, matrix), (v) => generated.matmulNT(v, matrix)],
  ["matmul towards b", [5, 2], (x) => t.matmul(matrix, x), (v) => generated.matmulTN(matrix, v)],
  ["matmulNT towards b", [2, 5], (x) => generated.matmulNT(matrix, x), (v) => generated.matmulTN(v, matrix)],
  ["matmulTN towards a", [4, 2], (x) => generated.matmulTN(x, matrix), (v) => generated.matmulNT(matrix, v)],
  ["convInput", [2, 2, 7, 6], (x) => generated.conv(x, w, conv), (v) => generated.convInput(v, w, [2, 2, 7, 6], conv)],
  [
    "convWeight",
    [4, 1, 3, 2],
    (x) => generated.conv(image, x, conv),
    (v) => generated.convWeight(image, v, [4, 1, 3, 2], conv),
  ],
  [
    "convInput of 1 × 1",
    [2, 4, 3],
    (x) => generated.conv(x, t.reshape(matrix, [5, 4, 1])),
    (v) => generated.convInput(v, t.reshape(matrix, [5, 4, 1]), [2, 4, 3]),
  ],
  [
    "avgPool2dAdjoint",
    [2, 3, 7, 6],
    (x) => t.avgPool2d(x, pool),
    (v) => generated.avgPool2dAdjoint(v, [2, 3, 7, 6], pool),
  ],
  [
    "avgPool1dAdjoint",
    [3, 7],
    (x) => t.avgPool1d(x, { kernel: 2 }),
    (v) => generated.avgPool1dAdjoint(v, [3, 7], { kernel: 2 }),
  ],
  ...(["nearest", "bilinear"] as const).map(
    (mode) =>
      [
        `interpolateAdjoint, ${mode}`,
        [2, 5, 3],
        (x: t.Tensor) => t.interpolate(x, [3, 7], { mode }),
        (v: t.Tensor) => generated.interpolateAdjoint(v, [5, 3], { mode }),
      ] as const,
  ),
  [
    "linearScan",
    [3, 4],
    (b) => generated.linearScan(scan, b, { axis: 0 }),
    (v) => generated.linearScan(generated.shift(scan, -1, { axis: 0 }), v, { axis: 0, reverse: true }),
  ],
  ["einsum with labels twice", [3, 3], (x) => t.einsum("ii->i", x), (v) => t.einsum("i->ii", v)],
  ["einsum with a label of its own", [2, 3], (x) => t.einsum("ij->i", x), (v) => t.einsum("i,j->ij", v, t.ones([3]))],
];

describe("the adjoint", () => {
  test.each(pairs.map(([name, ...rest]) => [name, rest] as const))("%s", (_, [shape, of, adjoint]) => {
    const u = normal(...shape);
    const image = of(u);
    const v = normal(...image.shape);
    expect(inner(v, image)).toBeCloseTo(inner(adjoint(v), u), 11);
    // The adjoint is linear too.
    const twice = t.add(adjoint(v), adjoint(v));
    near(adjoint(t.mul(v, 2)), twice, 1e-14);
  });
});

test("what convInput and convWeight are towards their operands", () => {
  const [x, v] = [image, generated.conv(image, w, conv)];
  const trilinear = inner(v, generated.conv(x, w, conv));
  near(t.tensor(inner(x, generated.convInput(v, w, x.shape, conv))), t.tensor(trilinear), 1e-13);
  near(t.tensor(inner(w, generated.convWeight(x, v, w.shape, conv))), t.tensor(trilinear), 1e-13);
});

describe("cofactors", () => {
  const regular = normal(2, 4, 4);
  const low = t.matmul(normal(4, 2), normal(2, 4));
  const direction = normal(4, 4);

  test("are det(a) a⁻ᵀ where a is regular", () => {
    const expected = t.mul(t.reshape(t.det(regular), [2, 1, 1]), t.transpose(t.inv(regular)));
    near(generated.cofactor(regular), expected, 1e-12);
  });

  test.each([
    ["a matrix of rank 3", t.matmul(normal(4, 3), normal(3, 4))],
    ["a matrix of rank 2", low],
    ["zeros", t.zeros([4, 4])],
    ["a single number", t.tensor([[3]])],
    [
      "2 × 2",
      t.tensor([
        [1, 2],
        [2, 4],
      ]),
    ],
    ["a diagonal with zeros", t.diag(t.tensor([0, 2, 0, 3]))],
  ])("and their derivative are those of the determinant at %s", (_, a) => {
    const n = a.shape[0]!;
    const e = t.slice(direction, [0, 0], [n, n]);
    const change = along4(t.det, a, e);
    expect(inner(generated.cofactor(a), e)).toBeCloseTo(change.item(), 9);
    near(t.add(generated.cofactorAlong(a, e), 1), t.add(along4(generated.cofactor, a, e), 1), 1e-9);
  });
});

describe("linear algebra", () => {
  test.each([1, 2, 3, 5, 8, 20])("of order %i", (n) => {
    const a = normal(2, n, n);
    const b = normal(2, n, 3);
    near(t.matmul(a, t.solve(a, b)), b, 1e-10);
    near(t.matmul(a, t.inv(a)), t.broadcastTo(t.eye(n), [2, n, n]), 1e-10);
    near(t.matmul(t.index(a, 0), t.solve(t.index(a, 0), t.ones([n]))), t.ones([n]), 1e-10);
    const [sign, logabsdet] = t.slogdet(a);
    near(t.mul(sign, t.exp(logabsdet)), t.det(a), 1e-12);
    near(t.det(t.matmul(a, a)), t.square(t.det(a)), 1e-9);
    const spd = t.add(generated.matmulNT(a, a), t.eye(n));
    const l = t.cholesky(spd);
    near(generated.matmulNT(l, l), spd, 1e-13);
    near(t.tril(l), l, 0);
    const [values, vectors] = generated.eigh(spd);
    near(t.matmul(spd, vectors), t.mul(vectors, t.expandDims(values, { axis: 1 })), 1e-12);
    near(generated.matmulTN(vectors, vectors), t.broadcastTo(t.eye(n), [2, n, n]), 1e-12);
    near(t.sort(values), values, 0);
    near(t.prod(values, { axis: 1 }), t.det(spd), 1e-10);
    near(t.matrixPower(spd, -2), t.inv(t.matmul(spd, spd)), 1e-9);
    near(t.matrixPower(spd, 5), t.matmul(t.matmul(t.matmul(spd, spd), t.matmul(spd, spd)), spd), 1e-12);
    near(t.matrixPower(a, 0), t.broadcastTo(t.eye(n), [2, n, n]), 0);
    for (const upper of [false, true])
      for (const transpose of [false, true])
        for (const unitDiagonal of [false, true]) {
          const tame = t.add(t.mul(a, 0.3), t.mul(t.eye(n), 2));
          const triangle = upper ? t.triu(tame) : t.tril(tame);
          const read = unitDiagonal ? t.where(t.astype(t.eye(n), "bool"), 1, triangle) : triangle;
          const x = t.solveTriangular(tame, b, { upper, transpose, unitDiagonal });
          near(t.matmul(transpose ? t.transpose(read) : read, x), b, 1e-11);
        }
  });

  test.each([
    [5, 3],
    [3, 5],
    [4, 4],
    [1, 4],
    [30, 7],
  ])("factors of %i × %i", (m, n) => {
    const a = normal(2, m, n);
    const k = Math.min(m, n);
    const [q, r] = t.qr(a);
    expect([q.shape, r.shape]).toEqual([
      [2, m, k],
      [2, k, n],
    ]);
    near(t.matmul(q, r), a, 1e-13);
    near(generated.matmulTN(q, q), t.broadcastTo(t.eye(k), [2, k, k]), 1e-13);
    near(t.triu(r), r, 0);
    const [u, s, v] = generated.svd(a);
    near(generated.matmulNT(t.mul(u, t.expandDims(s, { axis: 1 })), v), a, 1e-13);
    near(generated.matmulTN(u, u), t.broadcastTo(t.eye(k), [2, k, k]), 1e-13);
    near(generated.matmulTN(v, v), t.broadcastTo(t.eye(k), [2, k, k]), 1e-13);
    near(t.sort(s, { descending: true }), s, 0);
    near(t.svdvals(a), s, 0);
  });

  test("matrices with equal, zero and tiny values", () => {
    near(t.eigvalsh(t.eye(4)), t.ones([4]), 0);
    near(t.eigvalsh(t.zeros([3, 3])), t.zeros([3]), 0);
    near(
      t.eigvalsh(
        t.tensor([
          [2, 9, 9],
          [1, 2, 9],
          [0, 1, 2],
        ]),
      ),
      t.tensor([2 - Math.SQRT2, 2, 2 + Math.SQRT2]),
      1e-15,
    );
    near(t.svdvals(t.diag(t.tensor([1e-200, 3, 0]))), t.tensor([3, 1e-200, 0]), 0);
    const [u, s, v] = generated.svd(t.zeros([3, 2]));
    near(generated.matmulTN(u, u), t.eye(2), 0);
    near(generated.matmulTN(v, v), t.eye(2), 0);
    near(s, t.zeros([2]), 0);
    expect(t.det(t.zeros([0, 0])).item()).toBe(1);
  });
});

test("polygamma is the derivative of the one before", () => {
  const x = t.tensor([0.3, 1, 1.7, 4.2, 11, 25, -0.4, -2.6]);
  for (const order of [0, 1, 2, 3]) {
    const change = along4((y) => generated.polygamma(order, y), x, t.onesLike(x), 1e-4);
    near(t.div(generated.polygamma(order + 1, x), change), t.onesLike(x), 1e-7);
  }
  near(generated.polygamma(0, x), t.digamma(x), 0);
});
