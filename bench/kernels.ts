/**
 * The tensor kernels against plain loops that do the same.
 *   npm run bench:kernels                    a table
 *   npm run bench:kernels -- --json          the same as data
 *   npm run bench:kernels -- --only matmul   the kernels whose name has this in it
 */
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { type DType, Tensor, astype, conv2d, exp, matmul, mul, softmax, sum } from "../runtime/index.ts";
import { matmulNT, matmulTN } from "../runtime/generated.ts";
import { seeded } from "../test/support/random.ts";
import { alternate, ratio, spread } from "./measure.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    rounds: { type: "string", default: "21" },
  },
});

type Floats = Float64Array | Float32Array;

interface Kernel {
  readonly name: string;
  /** Additions and multiplications, or elements where there are none to count. */
  readonly operations: number;
  readonly run: () => Tensor;
  readonly plain: () => Floats;
}

const random = seeded(1);

function normal(shape: readonly number[], dtype: DType): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return astype(new Tensor(Float64Array.from({ length: size }, random.normal), shape), dtype);
}

function plainProduct(a: Floats, b: Floats, c: Floats, m: number, k: number, n: number): Floats {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let total = 0;
      for (let l = 0; l < k; l++) total += a[i * k + l]! * b[l * n + j]!;
      c[i * n + j] = total;
    }
  return c;
}

const likewise = (x: Floats, size: number): Floats =>
  x instanceof Float64Array ? new Float64Array(size) : new Float32Array(size);

function products(m: number, k: number, n: number, dtype: DType): readonly Kernel[] {
  const [a, b] = [normal([m, k], dtype), normal([k, n], dtype)];
  const [at, bt] = [a.transpose(), b.transpose()];
  const plain = (): Floats =>
    plainProduct(a.data as Floats, b.data as Floats, likewise(a.data as Floats, m * n), m, k, n);
  const named = (name: string, run: () => Tensor): Kernel => ({
    name: `${name} ${String(m)} × ${String(k)} × ${String(n)}, ${dtype}`,
    operations: 2 * m * k * n,
    run,
    plain,
  });
  return [
    named("matmul", () => matmul(a, b)),
    named("matmulNT", () => matmulNT(a, bt)),
    named("matmulTN", () => matmulTN(at, b)),
  ];
}

function convolution(batch: number, inputs: number, outputs: number, size: number, dtype: DType): Kernel {
  const [x, w] = [normal([batch, inputs, size, size], dtype), normal([outputs, inputs, 3, 3], dtype)];
  const plain = (): Floats => {
    const y = likewise(x.data as Floats, batch * outputs * size * size);
    let q = 0;
    for (let n = 0; n < batch; n++)
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            let total = 0;
            for (let c = 0; c < inputs; c++)
              for (let di = Math.max(0, 1 - i); di < Math.min(3, size + 1 - i); di++)
                for (let dj = Math.max(0, 1 - j); dj < Math.min(3, size + 1 - j); dj++)
                  total +=
                    x.data[((n * inputs + c) * size + i + di - 1) * size + j + dj - 1]! *
                    w.data[((o * inputs + c) * 3 + di) * 3 + dj]!;
            y[q++] = total;
          }
    return y;
  };
  return {
    name: `conv2d 3 × 3 [${String([batch, inputs, size, size])}] to ${String(outputs)}, ${dtype}`,
    operations: 2 * batch * outputs * size * size * inputs * 9,
    run: () => conv2d(x, w, { padding: 1 }),
    plain,
  };
}

function elementwise(size: number): readonly Kernel[] {
  const [x, y] = [normal([size], "float64"), normal([size], "float64")];
  const rows = normal([size / 10, 10], "float64");
  const product = (): Floats => {
    const out = new Float64Array(size);
    for (let i = 0; i < size; i++) out[i] = x.data[i]! * y.data[i]!;
    return out;
  };
  const exponential = (): Floats => {
    const out = new Float64Array(size);
    for (let i = 0; i < size; i++) out[i] = Math.exp(x.data[i]!);
    return out;
  };
  const total = (): Floats => {
    let of = 0;
    for (let i = 0; i < size; i++) of += x.data[i]!;
    return Float64Array.of(of);
  };
  const softmaxOf = (data: Floats): Floats => {
    const out = new Float64Array(size);
    for (let row = 0; row < size; row += 10) {
      let greatest = -Infinity;
      for (let j = row; j < row + 10; j++) greatest = Math.max(greatest, data[j]!);
      let total = 0;
      for (let j = row; j < row + 10; j++) total += out[j] = Math.exp(data[j]! - greatest);
      for (let j = row; j < row + 10; j++) out[j]! /= total;
    }
    return out;
  };
  const of = (name: string, run: () => Tensor, plain: () => Floats): Kernel => ({
    name: `${name} ${String(size)}`,
    operations: size,
    run,
    plain,
  });
  return [
    of("mul", () => mul(x, y), product),
    of("exp", () => exp(x), exponential),
    of("sum", () => sum(x), total),
    of(
      "softmax over 10",
      () => softmax(rows),
      () => softmaxOf(rows.data as Floats),
    ),
  ];
}

const kernels = [
  ...products(32, 10, 64, "float64"),
  ...products(128, 128, 128, "float64"),
  ...products(512, 512, 512, "float64"),
  ...products(512, 512, 512, "float32"),
  ...products(128, 784, 256, "float64"),
  ...products(512, 512, 1, "float64"),
  convolution(8, 16, 32, 32, "float64"),
  convolution(8, 16, 32, 32, "float32"),
  ...elementwise(1_000),
  ...elementwise(1_000_000),
];

function agree(kernel: Kernel): boolean {
  const [actual, expected] = [kernel.run().data, kernel.plain()];
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const within = expected instanceof Float64Array ? 1e-12 : 1e-5;
  return (
    actual.length === expected.length &&
    Array.from(expected).every((value, i) => Math.abs(value - actual[i]!) <= within * scale)
  );
}

const rows = [];
for (const kernel of kernels) {
  if (!kernel.name.includes(values.only)) continue;
  if (!values.json) process.stderr.write(`${kernel.name} …\n`);
  if (!agree(kernel)) {
    console.error(`${kernel.name}: the kernel and the plain loop disagree`);
    process.exitCode = 1;
    continue;
  }
  const [ours, plain] = alternate([kernel.run, kernel.plain], { rounds: Number(values.rounds), sampleMs: 5 });
  const { median, low } = spread(ours!);
  // The rate is that of the fastest tenth: what else runs on the machine is not the kernel's doing.
  rows.push({ name: kernel.name, median, low, rate: kernel.operations / low / 1e6, toPlain: ratio(ours!, plain!) });
}

if (values.json) console.log(JSON.stringify({ node: process.version, rows }, undefined, 2));
else {
  const table = new Table({ head: ["kernel", "ms", "GFLOP/s, or elements/ns", "time / plain loop"] });
  for (const { name, median, rate, toPlain } of rows)
    table.push([
      name,
      median.toPrecision(3),
      rate.toFixed(2),
      `${toPlain.median.toFixed(2)} (${toPlain.low.toFixed(2)} to ${toPlain.high.toFixed(2)})`,
    ]);
  console.log(table.toString());
}
