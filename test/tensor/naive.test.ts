/** Kernels against plain loops, on random tensors of odd shapes. */
import { describe, expect, test } from "vitest";
import * as t from "../../runtime/index.ts";
import * as generated from "../../runtime/generated.ts";
import { at, build, maker, near, sameBits } from "../support/tensors.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const total = (n: number, f: (i: number) => number): number => range(n).reduce((sum, i) => sum + f(i), 0);

describe("matmul", () => {
  const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17];
  const shapes = sizes.flatMap((m) => sizes.map((n) => [m, ((m * 7 + n * 3) % 19) + 1, n] as const));
  test.each([...shapes, [33, 70, 65], [130, 300, 131], [4, 5000, 9], [3, 0, 2]] as const)("%i × %i × %i", (m, k, n) => {
    const { normal } = maker(`matmul ${String([m, k, n])}`);
    const [a, b] = [normal(m, k), normal(k, n)];
    const expected = build([m, n], (i, j) => total(k, (l) => at(a, i, l) * at(b, l, j)));
    // Each element is added up in order, so the bits are the same.
    expect(sameBits(t.matmul(a, b), expected)).toBe(true);
    expect(sameBits(generated.matmulNT(a, t.transpose(b)), expected)).toBe(true);
    expect(sameBits(generated.matmulTN(t.transpose(a), b), expected)).toBe(true);
    const mixed = t.matmul(t.astype(a, "float32"), b);
    expect(sameBits(mixed, t.matmul(t.astype(t.astype(a, "float32"), "float64"), b))).toBe(true);
  });

  test.each([
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    [
      [3, 4],
      [5, 4, 2],
    ],
    [
      [1, 3, 4],
      [5, 4, 2],
    ],
    [
      [2, 3, 4],
      [1, 1, 4, 2],
    ],
    [[4], [3, 4, 2]],
    [[3, 2, 4], [4]],
    [
      [0, 2, 3],
      [3, 2],
    ],
  ] as const)("batches of shapes %j and %j", (left, right) => {
    const { normal } = maker(`batches ${String([left, right])}`);
    const [a, b] = [normal(...left), normal(...right)];
    const a2 = a.ndim === 1 ? t.expandDims(a, { axis: 0 }) : a;
    const b2 = b.ndim === 1 ? t.expandDims(b, { axis: 1 }) : b;
    const product = t.matmul(a, b);
    const batch = product.shape.slice(0, product.ndim - (a.ndim > 1 ? 1 : 0) - (b.ndim > 1 ? 1 : 0));
    const expected = build([...batch, a2.shape.at(-2)!, b2.shape.at(-1)!], (...index) => {
      const [i, j] = index.slice(-2) as [number, number];
      const outer = index.slice(0, -2);
      const inBatch = (x: t.Tensor): number[] => outer.slice(Math.max(0, outer.length - x.ndim + 2));
      return total(a2.shape.at(-1)!, (l) => at(a2, ...inBatch(a2), i, l) * at(b2, ...inBatch(b2), l, j));
    });
    near(product, t.reshape(expected, product.shape));
    if (a.ndim > 1 && b.ndim > 1) {
      near(generated.matmulNT(a, t.transpose(b)), product);
      near(generated.matmulTN(t.transpose(a), b), product);
    }
  });
});

describe("broadcasting", () => {
  test.each([
    [[3], [2, 1, 3]],
    [
      [2, 1, 4],
      [3, 1],
    ],
    [[1], [1, 1, 1]],
    [[], [2, 3]],
    [
      [2, 3, 4, 5],
      [3, 1, 5],
    ],
    [
      [5, 1, 3, 1, 2],
      [4, 1, 6, 2],
    ],
    [
      [0, 3],
      [1, 3],
    ],
  ] as const)("of shapes %j and %j", (left, right) => {
    const { normal } = maker(`broadcast ${String([left, right])}`);
    const [x, y] = [normal(...left), normal(...right)];
    const { shape } = t.add(x, y);
    near(
      t.subtract(x, y),
      build(shape, (...i) => at(x, ...i) - at(y, ...i)),
      0,
    );
    near(
      t.where(t.greater(x, 0), x, y),
      build(shape, (...i) => (at(x, ...i) > 0 ? at(x, ...i) : at(y, ...i))),
      0,
    );
    const bounded = build(shape, (...i) => Math.min(Math.max(at(y, ...i), at(x, ...i)), 0.5));
    near(t.clip(t.broadcastTo(y, shape), { min: x, max: 0.5 }), bounded, 0);
  });
});

describe("reductions", () => {
  const x = maker("reductions").normal(3, 1, 4, 5);
  const axes = [undefined, 0, 1, 2, 3, -1, [0, 1], [0, 2], [1, 2], [0, 3], [2, 3], [0, 1, 3], [], [3, 0, 2, 1]];
  test.each(axes.map((axis) => [JSON.stringify(axis) ?? "all", axis] as const))("over axes %s", (_, axis) => {
    const over = axis === undefined ? range(4) : typeof axis === "number" ? [(axis + 4) % 4] : axis;
    const shape = x.shape.map((length, k) => (over.includes(k) ? 1 : length));
    const values = (...index: number[]): number[] => {
      const found: number[] = [];
      build(x.shape, (...i) => {
        if (index.every((place, k) => over.includes(k) || place === i[k])) found.push(at(x, ...i));
        return 0;
      });
      return found;
    };
    const reduce = (f: (values: number[]) => number): t.Tensor => build(shape, (...i) => f(values(...i)));
    const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
    const mean = (list: number[]): number => sum(list) / list.length;
    const keep = { axis, keepdims: true };
    near(t.sum(x, keep), reduce(sum), 1e-14);
    near(
      t.sum(x, { axis }),
      t.reshape(
        reduce(sum),
        x.shape.filter((_, k) => !over.includes(k)),
      ),
      1e-14,
    );
    near(t.mean(x, keep), reduce(mean), 1e-14);
    near(
      t.prod(x, keep),
      reduce((list) => list.reduce((a, b) => a * b, 1)),
      1e-14,
    );
    near(
      t.max(x, keep),
      reduce((list) => Math.max(...list)),
      0,
    );
    near(
      t.min(x, keep),
      reduce((list) => Math.min(...list)),
      0,
    );
    near(
      t.variance(x, keep),
      reduce((list) => mean(list.map((v) => (v - mean(list)) ** 2))),
      1e-14,
    );
    near(
      t.logsumexp(x, keep),
      reduce((list) => Math.log(sum(list.map(Math.exp)))),
      1e-14,
    );
    near(
      t.norm(x, { ...keep, ord: 3 }),
      reduce((list) => Math.cbrt(sum(list.map((v) => Math.abs(v) ** 3)))),
      1e-14,
    );
    near(
      t.median(x, keep),
      reduce((list) => list.sort((a, b) => a - b)[(list.length - 1) >> 1]!),
      0,
    );
    near(
      t.countNonzero(t.greater(x, 0), keep),
      reduce((list) => list.filter((v) => v > 0).length),
      0,
    );
    near(
      t.any(t.greater(x, 1), keep),
      reduce((list) => Number(list.some((v) => v > 1))),
      0,
    );
    near(
      t.all(t.greater(x, -1), keep),
      reduce((list) => Number(list.every((v) => v > -1))),
      0,
    );
    if (axis === undefined || typeof axis === "number") {
      near(
        t.argmax(x, { axis, keepdims: true }),
        reduce((list) => list.indexOf(Math.max(...list))),
        0,
      );
      near(
        t.argmin(x, { axis, keepdims: true }),
        reduce((list) => list.indexOf(Math.min(...list))),
        0,
      );
      const middle = (list: number[]): number => list.indexOf([...list].sort((a, b) => a - b)[(list.length - 1) >> 1]!);
      near(generated.argmedian(x, { axis, keepdims: true }), reduce(middle), 0);
    }
  });
});

describe("along an axis", () => {
  const { normal, ints } = maker("along");
  const x = normal(3, 4, 5);
  test.each([0, 1, 2, -1])("%i", (axis) => {
    const k = (axis + 3) % 3;
    const n = x.shape[k]!;
    const row = (index: number[]): number[] => range(n).map((i) => at(x, ...index.with(k, i)));
    const scanned = (f: (values: number[]) => number): t.Tensor =>
      build(x.shape, (...i) => f(row(i).slice(0, i[k]! + 1)));
    const product = (list: number[]): number => list.reduce((a, b) => a * b, 1);
    const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
    near(t.cumsum(x, { axis }), scanned(sum), 1e-14);
    near(
      t.cumsum(x, { axis, reverse: true }),
      build(x.shape, (...i) => sum(row(i).slice(i[k]!))),
      1e-14,
    );
    near(t.cumprod(x, { axis }), scanned(product), 1e-14);
    near(
      t.logcumsumexp(x, { axis }),
      scanned((list) => Math.log(sum(list.map(Math.exp)))),
      1e-14,
    );
    const compare = (a: number, b: number): number => a - b;
    near(
      t.sort(x, { axis }),
      build(x.shape, (...i) => row(i).sort(compare)[i[k]!]!),
      0,
    );
    near(
      t.sort(x, { axis, descending: true }),
      build(x.shape, (...i) => row(i).sort(compare)[n - 1 - i[k]!]!),
      0,
    );
    near(t.takeAlongAxis(x, t.argsort(x, { axis }), { axis }), t.sort(x, { axis }), 0);
    const [values, indices] = t.topk(x, 2, { axis });
    near(
      values,
      build(x.shape.with(k, 2), (...i) => row(i).sort(compare)[n - 1 - i[k]!]!),
      0,
    );
    near(t.takeAlongAxis(x, indices, { axis }), values, 0);
    const soft = build(x.shape, (...i) => Math.exp(at(x, ...i)) / sum(row(i).map(Math.exp)));
    near(t.softmax(x, { axis }), soft, 1e-14);
    near(t.logSoftmax(x, { axis }), t.log(soft), 1e-14);
    near(
      t.flip(x, { axis }),
      build(x.shape, (...i) => at(x, ...i.with(k, n - 1 - i[k]!))),
      0,
    );
    near(
      t.roll(x, 2, { axis }),
      build(x.shape, (...i) => at(x, ...i.with(k, (i[k]! + n - 2) % n))),
      0,
    );
    near(
      t.repeat(x, 3, { axis }),
      build(x.shape.with(k, 3 * n), (...i) => at(x, ...i.with(k, Math.floor(i[k]! / 3)))),
      0,
    );
    near(
      generated.shift(x, 1, { axis, fill: 7 }),
      build(x.shape, (...i) => (i[k] === 0 ? 7 : at(x, ...i.with(k, i[k]! - 1)))),
      0,
    );
    near(
      generated.shift(x, -1, { axis }),
      build(x.shape, (...i) => (i[k] === n - 1 ? 0 : at(x, ...i.with(k, i[k]! + 1)))),
      0,
    );
    const places = ints(n, 2, 3);
    const taken = build([...x.shape.slice(0, k), 2, 3, ...x.shape.slice(k + 1)], (...i) =>
      at(x, ...i.slice(0, k), at(places, ...i.slice(k, k + 2)), ...i.slice(k + 2)),
    );
    near(t.take(x, places, { axis }), taken, 0);
    const chosen = ints(n, ...x.shape.with(k, 6));
    near(
      t.takeAlongAxis(x, chosen, { axis }),
      build(chosen.shape, (...i) => at(x, ...i.with(k, at(chosen, ...i)))),
      0,
    );
    const updates = normal(...chosen.shape);
    const added = build(
      x.shape,
      (...i) =>
        total(6, (p) => (at(chosen, ...i.with(k, p)) === i[k] ? at(updates, ...i.with(k, p)) : 0)) + at(x, ...i),
    );
    near(t.scatterAdd(x, chosen, updates, { axis }), added, 1e-14);
    const scan = generated.linearScan(x, t.exp(x), { axis });
    near(
      scan,
      build(x.shape, (...i) =>
        row(i)
          .slice(0, i[k]! + 1)
          .reduce((h, a) => a * h + Math.exp(a), 0),
      ),
      1e-13,
    );
    near(
      generated.linearScan(x, t.exp(x), { axis, reverse: true }),
      build(x.shape, (...i) =>
        row(i)
          .slice(i[k]!)
          .reduceRight((h, a) => a * h + Math.exp(a), 0),
      ),
      1e-13,
    );
  });

  test("equal elements keep their order, and NaN counts as the greatest", () => {
    const y = t.tensor([2, NaN, 0, 2, -0, 0, NaN, 1]);
    expect(t.argsort(y).toArray()).toEqual([2, 4, 5, 7, 0, 3, 1, 6]);
    expect(t.argsort(y, { descending: true }).toArray()).toEqual([1, 6, 0, 3, 7, 2, 4, 5]);
    expect(t.sort(y).toArray()).toEqual([0, -0, 0, 1, 2, 2, NaN, NaN]);
    expect(t.sort(y, { descending: true }).toArray()).toEqual([NaN, NaN, 2, 2, 1, 0, -0, 0]);
    expect(t.argmin(t.tensor([3, NaN, 1])).item()).toBe(1);
    expect(t.median(t.tensor([3, NaN, 1])).item()).toBeNaN();
  });
});

describe("shapes", () => {
  const { normal } = maker("shapes");
  const x = normal(3, 4, 5);
  const matrix = normal(20, 37);

  test("orders of axes", () => {
    near(
      t.permuteDims(x, [2, 0, 1]),
      build([5, 3, 4], (k, i, j) => at(x, i, j, k)),
      0,
    );
    near(
      t.transpose(x),
      build([3, 5, 4], (i, k, j) => at(x, i, j, k)),
      0,
    );
    near(
      t.transpose(matrix),
      build([37, 20], (j, i) => at(matrix, i, j)),
      0,
    );
    near(
      t.swapaxes(x, 0, -1),
      build([5, 4, 3], (k, j, i) => at(x, i, j, k)),
      0,
    );
    near(
      t.moveaxis(x, [0, 1], [-1, 0]),
      build([4, 5, 3], (j, k, i) => at(x, i, j, k)),
      0,
    );
  });

  test("parts", () => {
    near(
      t.slice(x, [1, 0, 1], [3, 4, 5], [1, 3, 2]),
      build([2, 2, 2], (i, j, k) => at(x, i + 1, 3 * j, 2 * k + 1)),
      0,
    );
    near(
      t.slice(x, [-1], [99]),
      build([1, 4, 5], (_, j, k) => at(x, 2, j, k)),
      0,
    );
    near(
      t.index(x, -1, { axis: 1 }),
      build([3, 5], (i, k) => at(x, i, 3, k)),
      0,
    );
    expect(t.slice(x, [2], [1]).shape).toEqual([0, 4, 5]);
    near(t.concat(t.split(x, [1, 3], { axis: 1 }), { axis: 1 }), x, 0);
    near(t.stack(t.unstack(x, { axis: 2 }), { axis: 2 }), x, 0);
    near(
      t.tril(x, { k: 1 }),
      build([3, 4, 5], (i, j, k) => (k <= j + 1 ? at(x, i, j, k) : 0)),
      0,
    );
    near(
      t.triu(x, { k: -1 }),
      build([3, 4, 5], (i, j, k) => (k >= j - 1 ? at(x, i, j, k) : 0)),
      0,
    );
    near(
      t.diagonal(x, { offset: -2 }),
      build([3, 2], (i, j) => at(x, i, j + 2, j)),
      0,
    );
    near(
      t.diagonal(x, { offset: 3 }),
      build([3, 2], (i, j) => at(x, i, j, j + 3)),
      0,
    );
    expect(t.diagonal(x, { offset: 9 }).shape).toEqual([3, 0]);
  });

  test("more elements", () => {
    near(
      t.tile(x, [2, 1, 1, 3]),
      build([2, 3, 4, 15], (_, i, j, k) => at(x, i, j, k % 5)),
      0,
    );
    near(
      t.tile(x, [2]),
      build([3, 4, 10], (i, j, k) => at(x, i, j, k % 5)),
      0,
    );
    const clamp = (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1);
    near(
      t.pad(
        x,
        [
          [0, 0],
          [2, 1],
        ],
        { mode: "edge" },
      ),
      build([3, 7, 5], (i, j, k) => at(x, i, clamp(j - 2, 4), k)),
      0,
    );
    near(
      t.pad(
        x,
        [
          [0, 0],
          [5, 1],
        ],
        { mode: "wrap" },
      ),
      build([3, 10, 5], (i, j, k) => at(x, i, (j + 3) % 4, k)),
      0,
    );
    near(
      t.pad(x, [[1, 0]], { value: 7 }),
      build([4, 4, 5], (i, j, k) => (i === 0 ? 7 : at(x, i - 1, j, k))),
      0,
    );
    near(
      t.roll(x, [1, -1], { axis: [0, 2] }),
      build([3, 4, 5], (i, j, k) => at(x, (i + 2) % 3, j, (k + 1) % 5)),
      0,
    );
    const [a, b] = t.meshgrid([t.arange(0, 2), t.arange(0, 3)]);
    expect([a!.shape, b!.toArray()]).toEqual([
      [3, 2],
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    ]);
  });

  test("results share no memory with their operand", () => {
    const one = normal(1, 2);
    const same = [
      t.reshape(one, [1, 2]),
      t.flatten(one),
      t.squeeze(one),
      t.expandDims(one, { axis: 0 }),
      t.permuteDims(one, [0, 1]),
      t.broadcastTo(one, [1, 2]),
      t.slice(one, [], []),
      t.concat([one]),
      t.tile(one, []),
      t.roll(one, 0),
      t.astype(one, "float64"),
      t.einsum("ij", one),
      t.matrixPower(t.eye(1), 1),
    ];
    for (const y of same) expect(y.data.buffer).not.toBe(one.data.buffer);
  });
});

describe("einsum", () => {
  const { normal } = maker("einsum");
  const letters = (text: string): string[] => Array.from(text);

  /** Loops over all labels. */
  function plain(equation: string, operands: readonly t.Tensor[]): t.Tensor {
    const [left, right] = equation.split("->") as [string, string];
    const texts = left.split(",");
    const lengths = new Map(
      texts.flatMap((text, k) => letters(text).map((label, axis) => [label, operands[k]!.shape[axis]!] as const)),
    );
    const labels = [...lengths.keys()];
    const shape = letters(right).map((label) => lengths.get(label)!);
    const sums = new Map<string, number>();
    build([...lengths.values()], (...index) => {
      const of = (text: string): number[] => letters(text).map((label) => index[labels.indexOf(label)]!);
      const key = String(of(right));
      sums.set(
        key,
        (sums.get(key) ?? 0) + texts.reduce((product, text, k) => product * at(operands[k]!, ...of(text)), 1),
      );
      return 0;
    });
    return build(shape, (...index) => sums.get(String(index)) ?? 0);
  }

  test.each([
    [
      "ij,jk->ik",
      [
        [3, 4],
        [4, 5],
      ],
    ],
    [
      "bij,bjk->bik",
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
    ],
    [
      "bij,bjk->ki",
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
    ],
    ["ijk,k->ji", [[2, 3, 4], [4]]],
    [
      "ijk,jil->kl",
      [
        [2, 3, 4],
        [3, 2, 5],
      ],
    ],
    ["i,j,k->kij", [[2], [3], [4]]],
    ["iij->ij", [[3, 3, 2]]],
    [
      "iij,ik->kj",
      [
        [3, 3, 2],
        [3, 4],
      ],
    ],
    ["i->ii", [[3]]],
    ["ij->iji", [[3, 2]]],
    [
      "ab,cd->",
      [
        [2, 3],
        [4, 5],
      ],
    ],
    ["abc->cab", [[2, 3, 4]]],
    [
      "ij,ij,ij->i",
      [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
    ],
  ] as const)("%s", (equation, shapes) => {
    const operands = shapes.map((shape) => normal(...shape));
    near(t.einsum(equation, ...operands), plain(equation, operands), 1e-14);
  });

  test("axes that are not named, and outputs that are not", () => {
    const [a, b] = [normal(2, 1, 3, 4), normal(5, 4, 6)];
    near(t.einsum("...ij,...jk->...ik", a, b), t.matmul(a, b), 1e-14);
    near(t.einsum("i...->...", a), t.sum(a, { axis: 0 }), 1e-14);
    near(t.einsum("...ij,jk", a, t.index(b, 0)), t.einsum("...ij,jk->...ik", a, t.index(b, 0)), 0);
    near(t.einsum("ba", t.index(b, 0)), t.transpose(t.index(b, 0)), 0);
    near(t.einsum("ii", t.eye(3)), t.tensor(3), 0);
  });
});

describe("products", () => {
  const { normal } = maker("products");
  test("of vectors and matrices", () => {
    const [a, b] = [normal(2, 3), normal(4, 5)];
    near(
      t.kron(a, b),
      build([8, 15], (i, j) => at(a, Math.floor(i / 4), Math.floor(j / 5)) * at(b, i % 4, j % 5)),
      0,
    );
    expect(t.kron(normal(2), normal(2, 2)).shape).toEqual([2, 4]);
    const [u, v] = [normal(3, 4, 5), normal(4, 3, 2)];
    near(
      t.tensordot(u, v, [
        [0, 1],
        [1, 0],
      ]),
      t.einsum("ijk,jil->kl", u, v),
      1e-14,
    );
    expect(t.tensordot(normal(2, 3), normal(4), 0).shape).toEqual([2, 3, 4]);
    const rows = normal(2, 5);
    near(t.inner(u, rows), t.einsum("ijk,lk->ijl", u, rows), 1e-14);
    const [p, q] = [normal(3, 2), normal(3)];
    const expected = build([3, 2], (i, j) => {
      const [k, l] = [(i + 1) % 3, (i + 2) % 3];
      return at(p, k, j) * q.data[l]! - at(p, l, j) * q.data[k]!;
    });
    near(t.cross(p, t.reshape(q, [3, 1]), { axis: 0 }), expected, 0);
    near(
      t.trace(v, { offset: 1 }),
      build([4], (i) => at(v, i, 0, 1)),
      0,
    );
  });
});

describe("convolution", () => {
  const options = [
    { x: [2, 3, 7, 6], w: [4, 3, 3, 2], options: {} },
    { x: [1, 4, 8, 7], w: [6, 2, 3, 3], options: { stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2 } },
    { x: [2, 3, 5, 5], w: [3, 1, 2, 2], options: { groups: 3, stride: 3 } },
    { x: [2, 3, 4, 5], w: [5, 3, 1, 1], options: {} },
    { x: [2, 3, 4, 5], w: [5, 3, 1, 1], options: { stride: 2 } },
    { x: [1, 2, 9], w: [3, 2, 4], options: { padding: 3, stride: 2 } },
    { x: [1, 2, 4, 5, 3], w: [2, 2, 2, 3, 2], options: { padding: [1, 0, 1], stride: [1, 2, 1] } },
  ] as const;

  test.each(options)("of $x with $w, $options", ({ x: shapeX, w: shapeW, options: given }) => {
    const { normal } = maker(`conv ${JSON.stringify([shapeX, shapeW, given])}`);
    const [x, w] = [normal(...shapeX), normal(...shapeW)];
    const y = generated.conv(x, w, given);
    const { stride, padding, dilation, groups } = { stride: 1, padding: 0, dilation: 1, groups: 1, ...given };
    const on = (value: number | readonly number[], k: number): number =>
      typeof value === "number" ? value : value[k]!;
    const [inputs, outputs] = [shapeW[1], shapeW[0] / groups];
    const expected = build(y.shape, (...index) => {
      const [n, o] = index as [number, number];
      let sum = 0;
      build(shapeW.slice(1), (...k) => {
        const place = shapeX.slice(2).map((length, axis) => {
          const i = index[axis + 2]! * on(stride, axis) - on(padding, axis) + k[axis + 1]! * on(dilation, axis);
          return i >= 0 && i < length ? i : -1;
        });
        if (!place.includes(-1)) sum += at(w, o, ...k) * at(x, n, Math.floor(o / outputs) * inputs + k[0]!, ...place);
        return 0;
      });
      return sum;
    });
    near(y, expected, 1e-14);
  });
});

test("pools see what their windows cover", () => {
  const x = maker("pools").normal(2, 3, 7, 6);
  const options = { kernel: [3, 2], stride: [2, 1], padding: [1, 1] } as const;
  const seen = (n: number, c: number, i: number, j: number): number[] =>
    range(3)
      .flatMap((a) => range(2).map((b) => [2 * i - 1 + a, j - 1 + b] as const))
      .filter(([y, z]) => y >= 0 && y < 7 && z >= 0 && z < 6)
      .map(([y, z]) => at(x, n, c, y, z));
  const shape = [2, 3, 4, 7];
  const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
  near(
    t.maxPool2d(x, options),
    build(shape, (...i) => Math.max(...seen(...(i as [number, number, number, number])))),
    0,
  );
  near(
    t.avgPool2d(x, options),
    build(shape, (...i) => sum(seen(...(i as [number, number, number, number]))) / 6),
    1e-14,
  );
  const shared = build(shape, (...i) => {
    const list = seen(...(i as [number, number, number, number]));
    return sum(list) / list.length;
  });
  near(t.avgPool2d(x, { ...options, countIncludePad: false }), shared, 1e-14);
  const flat = t.reshape(x, [2, 3, 42]);
  const places = t.reshape(generated.maxPool2dIndices(x, options), [2, 3, 28]);
  near(t.reshape(generated.gather(flat, places), shape), t.maxPool2d(x, options), 0);
  near(
    t.maxPool1d(x, { kernel: 2 }),
    build([2, 3, 7, 3], (n, c, i, j) => Math.max(at(x, n, c, i, 2 * j), at(x, n, c, i, 2 * j + 1))),
    0,
  );
});
