/** What does not fit is said where it is written, in the words that the operation throws when it runs. */
import path from "node:path";
import { expect, test } from "vitest";
import { readProject } from "../../compiler/frontend/index.ts";
import * as tsgrad from "../../runtime/index.ts";
import { root } from "../support/load.ts";

const file = path.join(root, "test/tensors/mistaken.ts");

/** Expressions of tensors of the shapes in front of them; i is int32. */
const mistakes: readonly (readonly [shapes: Readonly<Record<string, readonly number[]>>, expression: string])[] = [
  [{ x: [32, 10], w: [5, 64] }, "matmul(x, w)"],
  [{ x: [32, 10], w: [5, 64] }, "x.matmul(w)"],
  [{ x: [32, 10], b: [32] }, "add(x, b)"],
  [{ x: [32, 10], b: [32] }, "x.mul(b)"],
  [{ x: [8], y: [7] }, "where(greater(x, 0), x, y)"],
  [{ x: [8, 2], y: [7] }, "clip(x, { min: y })"],
  [{ x: [32, 10], y: [32, 9] }, "concat([x, y])"],
  [{ x: [32], y: [31] }, "stack([x, y])"],
  [{ x: [32, 10] }, "reshape(x, [31, 10])"],
  [{ x: [3, 2] }, "permuteDims(x, [0, 0])"],
  [{ x: [3, 2] }, "squeeze(x, { axis: 0 })"],
  [{ x: [3] }, "expandDims(x, { axis: 3 })"],
  [{ x: [3] }, "stack([x], { axis: 2 })"],
  [{ x: [3] }, "broadcastTo(x, [3, 2])"],
  [{ a: [2, 3], b: [2, 3] }, 'einsum("ij,jk->ik", a, b)'],
  [{ x: [3, 4] }, "sum(x, { axis: 2 })"],
  [{ x: [3, 4] }, "mean(x, { axis: -3 })"],
  [{ x: [3, 4] }, "softmax(x, { axis: 2 })"],
  [{ x: [3, 4] }, "index(x, 3)"],
  [{ x: [3, 4] }, "index(x, -5, { axis: 1 })"],
  [{ x: [3, 4] }, "index(x, 0, { axis: 2 })"],
  [{ x: [3] }, "slice(x, [0, 0], [1, 1])"],
  [{ x: [3, 2], i: [2] }, "take(x, i, { axis: 2 })"],
  [{ x: [3, 3], i: [4] }, "takeAlongAxis(x, i)"],
  [{ x: [3], i: [2], u: [3] }, "scatterAdd(x, i, u)"],
  [{ x: [3], m: [2] }, "maskedFill(x, m, 0)"],
  [{ x: [3] }, "pad(x, [[1, 1], [0, 0]])"],
  [{ x: [3] }, "roll(x, 1, { axis: 1 })"],
  [{ x: [3] }, "repeat(x, 2, { axis: 1 })"],
  [{ x: [3], y: [5] }, "add(repeat(x, 2), y)"],
  [{ x: [3], y: [5] }, "add(tile(x, [2]), y)"],
  [{ x: [3] }, "topk(x, 4)"],
  [{ x: [5] }, "split(x, [2, 2])"],
  [{ x: [5] }, "unstack(x, { axis: 1 })"],
  [{ x: [3, 2] }, "meshgrid([x])"],
  [{ x: [3] }, "trace(x)"],
  [{ x: [3] }, "diagonal(x)"],
  [{ x: [3, 2] }, "x.item()"],
  [{ x: [3, 2], y: [2] }, "mul(moveaxis(x, 0, 1), y)"],
  [{ a: [3], b: [4] }, "dot(a, b)"],
  [{ a: [3, 2], b: [4] }, "outer(a, b)"],
  [{ a: [3, 2], b: [3, 3] }, "vecdot(a, b)"],
  [{ a: [8, 2], b: [8, 2] }, "cross(a, b)"],
  [{ a: [3, 2], b: [3, 2] }, "tensordot(a, b, 1)"],
  [{ a: [3, 2], b: [3, 2] }, "tensordot(a, b, 3)"],
  [{ x: [3, 4], y: [4] }, "cosineSimilarity(x, y)"],
  [{ x: [3, 4], y: [3, 3] }, "crossEntropy(x, y)"],
  [{ x: [3, 4] }, "reshape(x, [-1, -1])"],
  [{ a: [2, 3, 4], b: [3, 5, 4] }, "tensordot(a, b, [[1, 2], [0, 1]])"],
  [{ a: [2, 3], b: [3, 4] }, 'einsum("ij,jk,kl->il", a, b)'],
  [{ a: [2, 3], b: [3, 4, 5] }, 'einsum("ij,jk->ik", a, b)'],
  [{ a: [2, 3, 4], b: [3, 4, 2] }, "matmul(a, b)"],
  [{ x: [1, 3, 8, 8], w: [4, 3, 2, 2] }, "convTranspose2d(x, w)"],
  [{ x: [1, 4, 8], w: [6, 2, 3] }, "conv1d(x, w, { groups: 4 })"],
  [{ x: [3] }, 'pad(x, [[3, 0]], { mode: "reflect" })'],
  [{ x: [3, 4], i: [3], w: [3] }, "crossEntropy(x, i, { weight: w })"],
  [{ q: [2, 3, 2], k: [3, 4, 2] }, "scaledDotProductAttention(q, k, k)"],
  [{ a: [3, 4] }, "det(a)"],
  [{ a: [3, 4] }, "cholesky(a)"],
  [{ a: [3, 3], b: [4] }, "solve(a, b)"],
  [{ a: [3, 3], b: [4] }, "solveTriangular(a, b)"],
  [{ a: [3] }, "qr(a)"],
  [{ x: [32, 10], i: [31] }, "crossEntropy(x, i)"],
  [{ x: [8, 1], y: [8] }, "mseLoss(x, y)"],
  [{ x: [8, 3], w: [5, 4] }, "linear(x, w)"],
  [{ x: [8, 3], w: [5, 3], b: [3] }, "linear(x, w, b)"],
  [{ x: [3, 2], w: [3] }, "layerNorm(x, { axes: -1, weight: w })"],
  [{ x: [3, 2, 4], w: [3] }, "rmsNorm(x, { axes: [1, 2], weight: w })"],
  [{ x: [8, 4], m: [3] }, "batchNorm(x, { mean: m, variance: m })"],
  [{ x: [8, 3, 2], w: [2] }, "instanceNorm(x, { weight: w })"],
  [{ x: [8, 3, 2] }, "groupNorm(x, { groups: 2 })"],
  [{ x: [3, 2], m: [4] }, "dropout(x, m, { rate: 0.5 })"],
  [{ x: [8, 3] }, "glu(x)"],
  [{ q: [3, 2], k: [3, 4] }, "scaledDotProductAttention(q, k, k)"],
  [{ q: [3, 2], k: [4, 2], v: [5, 2] }, "scaledDotProductAttention(q, k, v)"],
  [{ x: [1, 3, 8, 8], w: [4, 2, 3, 3] }, "conv2d(x, w)"],
  [{ x: [1, 3, 8, 8], w: [4, 3, 9, 3] }, "conv2d(x, w)"],
  [{ x: [1, 3, 8, 8], w: [4, 3, 3, 3], b: [3] }, "conv2d(x, w, { bias: b })"],
  [{ x: [3, 8, 8], w: [4, 3, 3, 3] }, "conv2d(x, w)"],
  [{ x: [1, 1, 3, 3] }, "maxPool2d(x, { kernel: 4 })"],
  [{ x: [5] }, "avgPool1d(x, { kernel: 2 })"],
  [{ x: [1, 1, 4, 4], y: [1, 1, 9, 9] }, 'mul(interpolate(x, [8, 8], { mode: "nearest" }), y)'],
];

const used = Object.keys(tsgrad).filter((name) =>
  mistakes.some(([, text]) => new RegExp(`(?<!\\.)\\b${name}\\(`).test(text)),
);

const lines = mistakes.map(([shapes, expression], k) => {
  const parameters = Object.entries(shapes).map(([name, shape]) => `${name}: Tensor<[${shape.join(", ")}]>`);
  return `/** @differentiable */ export function f${String(k)}(${parameters.join(", ")}): unknown { return ${expression}; }`;
});

/** What a helper is given, and what it gives back, is known where it is called. */
const helpers = `
function doubled(x: Tensor): Tensor<[8, 4]> { return mul(x, 2); }
function moved<S extends Tensor>(x: S, y: Tensor): Tensor { return add(x, y); }
/** @differentiable */ export function withDoubled(x: Tensor<[8, 3]>): Tensor { return sum(doubled(x)); }
/** @differentiable */ export function withMoved(x: Tensor<[8, 3]>, y: Tensor<[3]>, z: Tensor<[4]>): Tensor {
  return add(sum(moved(x, y)), sum(moved(x, z)));
}
`;

function reportsOn(text: string): { readonly line: number; readonly at: string; readonly message: string }[] {
  const { reports } = readProject({ cwd: root, files: [file], overlay: new Map([[file, text]]) });
  return reports.flatMap(({ code, message, origin }) => {
    if (code !== "TG1040" || origin === undefined) return [];
    const line = text.slice(0, origin.start).split("\n").length - 1;
    return [{ line, at: text.slice(origin.start, origin.end), message }];
  });
}

/** What the expression throws when it runs. */
function thrownBy(shapes: Readonly<Record<string, readonly number[]>>, expression: string): string {
  const made = Object.entries(shapes).map(([name, shape]) => tsgrad.zeros(shape, name === "i" ? "int32" : "float64"));
  const run = new Function(...Object.keys(shapes), ...used, `return ${expression};`) as (...args: unknown[]) => unknown;
  try {
    run(...made, ...used.map((name) => tsgrad[name as keyof typeof tsgrad]));
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
}

test("each mistake is said once, in the words of the error that it would be", () => {
  const text = [`import { type Tensor, ${used.join(", ")} } from "tsgrad";`, ...lines].join("\n");
  const found = reportsOn(text);
  const said = mistakes.map(([, expression], k) => [
    expression,
    ...found.filter(({ line }) => line === k + 1).map(({ message }) => message),
  ]);
  // The compiler uses the short names of the array API's functions.
  const thrown = mistakes.map(([shapes, expression]) => [
    expression,
    `${thrownBy(shapes, expression).replace(/^multiply:/, "mul:")}.`,
  ]);
  expect(said).toEqual(thrown);
});

test("in functions that are called", () => {
  const found = reportsOn(`import { add, mul, sum, type Tensor } from "tsgrad";${helpers}`);
  expect(found.map(({ at, message }) => `${at}: ${message}`)).toEqual([
    "doubled(x): Shape [8, 4] is stated for what is given back, but here it has shape [8, 3].",
    "moved(x, z): add: shapes [8, 3] and [4] do not broadcast: 3 ≠ 4 at axis -1.",
  ]);
});
