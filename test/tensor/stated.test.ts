/** The derivatives that the comments of `runtime/ops` state in terms of operations, against differences. */
import { describe, expect, test } from "vitest";
import * as t from "../../runtime/index.ts";
import * as generated from "../../runtime/generated.ts";
import { along4, inner, maker, near } from "../support/tensors.ts";

const { normal } = maker("stated");
const { linearScan, shift } = generated;

/** ⟨v, J u⟩ by differences, and ⟨Jᵀ v, u⟩ as stated. */
function agree(f: (x: t.Tensor) => t.Tensor, x: t.Tensor, vjp: (v: t.Tensor) => t.Tensor, along = normal): void {
  for (let k = 0; k < 3; k++) {
    const u = along(...x.shape);
    const v = normal(...f(x).shape);
    expect(inner(vjp(v), u)).toBeCloseTo(inner(v, along4(f, x, u)), 8);
  }
}

const backward = { axis: 0, reverse: true } as const;
const forward = { axis: 0 } as const;
const zeros = t.tensor([
  [2, 0],
  [0, 3],
  [4, 0],
  [0, 5],
  [-1, 2],
]);

describe("running results", () => {
  test.each([
    ["somewhere", normal(5, 2)],
    ["with zeros", zeros],
  ])("%s", (_, x) => {
    const product = t.cumprod(x, forward);
    agree(
      (z) => t.cumprod(z, forward),
      x,
      (v) => t.mul(shift(product, 1, { axis: 0, fill: 1 }), linearScan(shift(x, -1, forward), v, backward)),
    );
    const others = t.mul(
      shift(product, 1, { axis: 0, fill: 1 }),
      shift(t.cumprod(x, backward), -1, { axis: 0, fill: 1 }),
    );
    agree(
      (z) => t.prod(z, forward),
      x,
      (v) => t.mul(others, v),
    );
    const sums = t.logcumsumexp(x, forward);
    const [p, q] = [t.exp(t.sub(shift(sums, 1, { axis: 0, fill: -Infinity }), sums)), t.exp(t.sub(x, sums))];
    agree(
      (z) => t.logcumsumexp(z, forward),
      x,
      (v) => t.mul(q, linearScan(shift(p, -1, forward), v, backward)),
    );
    const b = normal(5, 2);
    const h = linearScan(x, b, forward);
    agree(
      (z) => linearScan(z, b, forward),
      x,
      (v) => t.mul(linearScan(shift(x, -1, forward), v, backward), shift(h, 1, forward)),
    );
    const u = normal(5, 2);
    near(
      along4((z) => linearScan(z, b, forward), x, u),
      linearScan(x, t.mul(u, shift(h, 1, forward)), forward),
      1e-9,
    );
  });
});

test("reductions", () => {
  const x = normal(3, 4);
  const keep = { axis: 1, keepdims: true } as const;
  const centred = t.sub(x, t.mean(x, keep));
  agree(
    (z) => t.variance(z, { ...keep, correction: 1 }),
    x,
    (v) => t.mul(centred, t.div(t.mul(v, 2), 3)),
  );
  agree(
    (z) => t.std(z, keep),
    x,
    (v) => t.mul(centred, t.div(v, t.mul(t.std(x, keep), 4))),
  );
  agree(
    (z) => t.logsumexp(z, keep),
    x,
    (v) => t.mul(v, t.exp(t.sub(x, t.logsumexp(x, keep)))),
  );
  for (const ord of [1, 2, 3, 1.5])
    agree(
      (z) => t.norm(z, { ...keep, ord }),
      x,
      (v) => {
        const share = t.pow(t.div(t.abs(x), t.norm(x, { ...keep, ord })), ord - 1);
        return t.mul(v, t.mul(t.sign(x), share));
      },
    );
  const y = t.softmax(x);
  agree(t.softmax, x, (v) => t.mul(y, t.sub(v, t.sum(t.mul(y, v), keep))));
  agree(t.logSoftmax, x, (v) => t.sub(v, t.mul(y, t.sum(v, keep))));
});

describe("linear algebra", () => {
  const symmetric = (...shape: number[]): t.Tensor => {
    const a = normal(...shape);
    return t.add(a, t.transpose(a));
  };
  const halved = (x: t.Tensor): t.Tensor => t.sub(t.tril(x), t.mul(t.mul(x, t.eye(x.shape[0]!)), 0.5));
  const square = t.add(normal(4, 4), t.mul(t.eye(4), 3));
  const positive = t.add(generated.matmulNT(square, square), t.eye(4));

  test("solve, inv, slogdet", () => {
    const b = normal(4, 2);
    const back = (v: t.Tensor): t.Tensor => t.solve(t.transpose(square), v);
    agree((z) => t.solve(square, z), b, back);
    agree(
      (z) => t.solve(z, b),
      square,
      (v) => t.neg(generated.matmulNT(back(v), t.solve(square, b))),
    );
    const y = t.transpose(t.inv(square));
    agree(t.inv, square, (v) => t.neg(t.matmul(t.matmul(y, v), y)));
    agree(
      (z) => t.slogdet(z)[1],
      square,
      (v) => t.mul(v, y),
    );
  });

  test("cholesky", () => {
    const l = t.cholesky(positive);
    agree(
      t.cholesky,
      positive,
      (v) => {
        const left = t.solveTriangular(l, halved(generated.matmulTN(l, v)), { transpose: true });
        const s = t.transpose(t.solveTriangular(l, t.transpose(left), { transpose: true }));
        return t.mul(t.add(s, t.transpose(s)), 0.5);
      },
      symmetric,
    );
    const u = symmetric(4, 4);
    const inside = t.transpose(t.solveTriangular(l, t.transpose(t.solveTriangular(l, u))));
    near(along4(t.cholesky, positive, u), t.matmul(l, halved(inside)), 1e-9);
  });

  test("solveTriangular", () => {
    const b = normal(4, 2);
    for (const upper of [false, true])
      for (const transpose of [false, true])
        for (const unitDiagonal of [false, true]) {
          const options = { upper, transpose, unitDiagonal };
          const x = t.solveTriangular(square, b, options);
          agree(
            (z) => t.solveTriangular(z, b, options),
            square,
            (v) => {
              const g = t.solveTriangular(square, v, { ...options, transpose: !transpose });
              const full = t.neg(transpose ? generated.matmulNT(x, g) : generated.matmulNT(g, x));
              const k = unitDiagonal ? 1 : 0;
              return upper ? t.triu(full, { k }) : t.tril(full, { k: -k });
            },
          );
        }
  });

  test.each([
    [4, 4],
    [6, 3],
  ])("qr of %i × %i", (m, n) => {
    const a = normal(m, n);
    const [q, r] = t.qr(a);
    const [vq, vr] = [normal(m, n), t.triu(normal(n, n))];
    const f = (z: t.Tensor): t.Tensor => {
      const [left, right] = t.qr(z);
      return t.add(t.sum(t.mul(left, vq)), t.sum(t.mul(right, vr)));
    };
    agree(f, a, (v) => {
      const mixed = t.sub(generated.matmulNT(r, vr), generated.matmulTN(vq, q));
      const mirrored = t.add(t.tril(mixed), t.transpose(t.tril(mixed, { k: -1 })));
      const left = t.add(vq, t.matmul(q, mirrored));
      return t.mul(t.transpose(t.solveTriangular(r, t.transpose(left), { upper: true })), v);
    });
  });

  test("eigenvalues and singular values", () => {
    const [values, q] = generated.eigh(positive);
    agree(t.eigvalsh, positive, (v) => t.matmul(t.mul(q, v), t.transpose(q)), symmetric);
    const u = symmetric(4, 4);
    const turned = t.matmul(generated.matmulTN(q, u), q);
    near(along4(t.eigvalsh, positive, u), t.diagonal(turned), 1e-9);
    const gaps = t.sub(t.expandDims(values, { axis: 0 }), t.expandDims(values, { axis: 1 }));
    const f = t.where(t.equal(gaps, 0), 0, t.div(1, t.where(t.equal(gaps, 0), 1, gaps)));
    // Signs are free: squares of the elements are not.
    const squares = (z: t.Tensor): t.Tensor => t.square(generated.eigh(z)[1]);
    near(along4(squares, positive, u), t.mul(t.mul(q, 2), t.matmul(q, t.mul(f, turned))), 1e-7);
    const a = normal(5, 3);
    const [left, , right] = generated.svd(a);
    agree(t.svdvals, a, (v) => generated.matmulNT(t.mul(left, v), right));
  });
});

describe("losses of labels", () => {
  const labels = t.tensor(
    [
      [2, 0, -1],
      [3, 3, 1],
    ],
    [2, 3],
    "int32",
  );
  const logits = normal(2, 4, 3);
  const weight = t.tensor([0.5, 1, 2, 0.25]);
  const chosen = t.moveaxis(t.oneHot(t.maximum(labels, 0), 4), -1, 1);
  const counted = t.expandDims(t.notEqual(labels, -1), { axis: 1 });
  const along = { axis: 1, keepdims: true } as const;

  test.each([
    { reduction: "mean" },
    { reduction: "sum", labelSmoothing: 0.1 },
    { reduction: "none", weight },
    { reduction: "mean", weight, labelSmoothing: 0.3 },
  ] as const)("%o", (options) => {
    const given = { ...options, ignoreIndex: -1 };
    const { labelSmoothing, reduction, weight: own } = { weight: t.ones([4]), labelSmoothing: 0, ...options };
    const scale = t.where(counted, t.reshape(own, [4, 1]), 0);
    const targets = t.mul(t.add(t.mul(chosen, 1 - labelSmoothing), labelSmoothing / 4), scale);
    const total = t.sum(t.mul(chosen, scale));
    const expected = reduction === "mean" ? t.div(targets, total) : targets;
    const a = generated.labelTargets(logits, labels, given);
    near(a, expected, 1e-15);
    const losses = t.neg(t.sum(t.mul(a, t.logSoftmax(logits, { axis: 1 })), { axis: 1 }));
    near(t.crossEntropy(logits, labels, given), reduction === "none" ? losses : t.sum(losses), 1e-14);
    agree(
      (z) => t.crossEntropy(z, labels, given),
      logits,
      (v) => {
        const cotangent = reduction === "none" ? t.expandDims(v, { axis: 1 }) : v;
        return t.mul(cotangent, t.sub(t.mul(t.softmax(logits, { axis: 1 }), t.sum(a, along)), a));
      },
    );
  });
});
