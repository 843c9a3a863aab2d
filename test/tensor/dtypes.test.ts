/** Element types: what comes out, and what it is computed in. */
import { describe, expect, test } from "vitest";
import * as t from "../../runtime/index.ts";

const types = ["bool", "int32", "float32", "float64"] as const;
const of = (dtype: t.DType): t.Tensor => t.tensor([1, 0], [2], dtype);

describe("two types meet in", () => {
  const common = (a: t.DType, b: t.DType): t.DType => types[Math.max(types.indexOf(a), types.indexOf(b))]!;
  const pairs = types.flatMap((a) => types.map((b) => [a, b] as const));
  test.each(pairs)("%s and %s", (a, b) => {
    const wide = common(a, b);
    expect(t.add(of(a), of(b)).dtype).toBe(wide === "bool" ? "int32" : wide);
    expect(t.divide(of(a), of(b)).dtype).toBe(wide === "float32" ? "float32" : "float64");
    expect(t.where(of("bool"), of(a), of(b)).dtype).toBe(wide);
    expect(t.less(of(a), of(b)).dtype).toBe("bool");
    expect(t.concat([of(a), of(b)]).dtype).toBe(wide);
    expect(t.matmul(of(a), of(b)).dtype).toBe(wide === "bool" ? "int32" : wide);
  });
});

test("a number takes the type of the tensor beside it", () => {
  expect(t.add(of("float32"), 0.1).dtype).toBe("float32");
  expect(t.multiply(2, of("float32")).dtype).toBe("float32");
  expect(t.add(of("int32"), 1).dtype).toBe("int32");
  expect(t.add(of("int32"), 0.5).dtype).toBe("float64");
  expect(t.add(of("bool"), 1).dtype).toBe("int32");
  expect(t.clip(of("int32"), { min: 0 }).dtype).toBe("int32");
  expect(t.add(1, 2).toArray()).toBe(3);
});

test("float32 is rounded once, at the end", () => {
  const x = t.tensor(Float32Array.of(0.1, 0.2, 0.3));
  expect(x.dtype).toBe("float32");
  const [a, b, c] = x.data as unknown as [number, number, number];
  expect(t.sum(x).item()).toBe(Math.fround(a + b + c));
  expect(t.dot(x, x).item()).toBe(Math.fround(a * a + b * b + c * c));
  expect(t.cumsum(x).data).toEqual(Float32Array.of(a, a + b, a + b + c));
  expect(t.exp(x).data).toEqual(Float32Array.of(Math.exp(a), Math.exp(b), Math.exp(c)));
});

test("functions that are not whole give floats, others keep whole numbers", () => {
  const x = t.tensor([-3, 2], [2], "int32");
  expect(t.exp(x).dtype).toBe("float64");
  expect(t.mean(x).dtype).toBe("float64");
  expect(t.softmax(x).dtype).toBe("float64");
  expect(t.sum(of("bool")).dtype).toBe("int32");
  expect(t.max(of("bool")).dtype).toBe("bool");
  for (const f of [t.abs, t.negative, t.square, t.sign, t.relu, t.floor]) expect(f(x).dtype).toBe("int32");
  expect(t.remainder(x, 2).toArray()).toEqual([1, 0]);
  expect(t.floorDivide(x, 2).toArray()).toEqual([-2, 1]);
  expect(t.pow(x, 2).toArray()).toEqual([9, 4]);
  expect(t.astype(t.tensor([1.9, -1.9, 0]), "int32").toArray()).toEqual([1, -1, 0]);
  expect(t.astype(t.tensor([0.5, 0, NaN]), "bool").toArray()).toEqual([1, 0, 1]);
});

test("a tensor is a copy of what it is made of, and knows its type", () => {
  const data = Float64Array.of(1, 2);
  const x = t.tensor(data);
  data[0] = 5;
  expect(x.toArray()).toEqual([1, 2]);
  expect(t.tensor(new Uint8Array([1, 0])).dtype).toBe("bool");
  expect(
    t.tensor(
      [
        [1, 2],
        [3, 4],
      ],
      undefined,
      "float32",
    ).data,
  ).toEqual(Float32Array.of(1, 2, 3, 4));
  expect(t.tensor(3).shape).toEqual([]);
  expect(t.tensor([]).shape).toEqual([0]);
  expect(t.tensor([[], []]).shape).toEqual([2, 0]);
  expect(t.tensor([1, 2, 3, 4], [2, 2]).toArray()).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("read gives a copy, and toString shows shape and type", async () => {
  const x = t.tensor([
    [1, -0],
    [NaN, 2],
  ]);
  const data = await x.read();
  expect(data).toEqual(x.data);
  expect(data).not.toBe(x.data);
  expect(String(x)).toBe("Tensor([[1,-0],[NaN,2]], shape [2, 2], float64)");
  expect(String(t.zeros([2000], "int32"))).toBe("Tensor([0,0,0,…,0,0,0], shape [2000], int32)");
  expect(x.to("cpu")).toBe(x);
});

test("creation", () => {
  expect(t.arange(1, 2, 0.25).toArray()).toEqual([1, 1.25, 1.5, 1.75]);
  expect(t.arange(3, 0, -1).toArray()).toEqual([3, 2, 1]);
  expect(t.linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(t.linspace(2, 5, 1).toArray()).toEqual([2]);
  expect(t.eye(2).toArray()).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(t.full([2], 7, "int32").toArray()).toEqual([7, 7]);
  expect(t.full([1], 7, "bool").toArray()).toEqual([1]);
  expect(t.onesLike(t.zeros([2], "float32")).data).toEqual(Float32Array.of(1, 1));
});
