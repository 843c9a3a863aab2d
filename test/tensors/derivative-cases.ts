/** Expressions over tensors and numbers, to be differentiated towards some of them. */
import type { DType } from "../../runtime/dtype.ts";

export interface Case {
  readonly expr: string;
  /** Shapes, in the order of the parameters. */
  readonly inputs: Readonly<Record<string, readonly number[] | "number">>;
  readonly wrt: readonly string[];
  /** What is not made up at random. */
  readonly fixed?: Readonly<
    Record<string, { readonly data: number[]; readonly shape: number[]; readonly dtype: DType }>
  >;
  /** From where to where the others are; -1 to 1 by default. */
  readonly range?: readonly [low: number, high: number];
}

type Inputs = Case["inputs"];

/** All inputs that have no fixed values are differentiated. */
const of = (expr: string, inputs: Inputs, rest: Partial<Case> = {}): Case => ({
  expr,
  inputs,
  wrt: Object.keys(inputs).filter((name) => rest.fixed?.[name] === undefined),
  ...rest,
});
const ints = (data: number[], shape: number[] = [data.length]) => ({ data, shape, dtype: "int32" as const });
const bools = (data: number[], shape: number[] = [data.length]) => ({ data, shape, dtype: "bool" as const });

const x = [2, 3];

export const cases: readonly Case[] = [
  // Made of numbers.
  of("full([2, 3], c)", { c: "number" }),
  of("linspace(c, d, 4)", { c: "number", d: "number" }),
  of("arange(c, c + 4.5)", { c: "number" }),
  of("mul(tensor([c, d, c * d]), x)", { c: "number", d: "number", x: [3] }),
  of("mul(x, Math.sin(c))", { x, c: "number" }),
  of("pow(x, c)", { x, c: "number" }, { range: [0.5, 2] }),
  of("pow(c, x)", { x, c: "number" }, { range: [0.5, 2] }),
  of("where(greater(x, 0), x, c)", { x, c: "number" }),
  // Elementwise.
  of("exp2(x)", { x }),
  of("log2(x)", { x }, { range: [0.5, 2] }),
  of("tan(x)", { x }),
  of("mish(x)", { x }),
  of("hardsigmoid(mul(x, 2))", { x }),
  of("selu(x)", { x }),
  of("erfinv(x)", { x }, { range: [-0.8, 0.8] }),
  of("logit(x)", { x }, { range: [0.2, 0.8] }),
  of("sinc(add(x, 0))", { x }, { range: [0.0001, 0.001] }),
  of("sinc(x)", { x }, { range: [-9, 9] }),
  of("softplus(x, { beta: c })", { x, c: "number" }, { range: [0.5, 2] }),
  of("leakyRelu(x, { negativeSlope: c })", { x, c: "number" }),
  of("elu(x, { alpha: c })", { x, c: "number" }),
  of("celu(x, { alpha: c + 2 })", { x, c: "number" }),
  of("clip(mul(x, 3), { min: c - 1, max: d + 1 })", { x, c: "number", d: "number" }, { range: [-0.4, 0.4] }),
  of("clip(x, { max: y })", { x, y: [3] }),
  of(
    "nanToNum(x, { nan: c, posinf: d })",
    { x: [4], c: "number", d: "number" },
    {
      fixed: { x: { data: [1, NaN, Infinity, -2], shape: [4], dtype: "float64" } },
    },
  ),
  of("maskedFill(x, m, c)", { x, m: [3], c: "number" }, { fixed: { m: bools([1, 0, 1]) } }),
  of("dropout(x, m, { rate: c })", { x, m: x, c: "number" }, { range: [0.2, 0.6] }),
  of("remainder(x, y)", { x, y: [3] }, { range: [0.4, 3] }),
  of("where(m, exp(x), log(x))", { x: [3], m: [3] }, { fixed: { m: bools([1, 0, 1]) }, range: [0.5, 2] }),
  // Reductions.
  of("prod(x, { axis: [0, 2] })", { x: [2, 2, 3] }),
  of("prod(x, { axis: [0, 2], keepdims: true })", { x: [2, 2, 3] }),
  of("max(x, { axis: [0, 2], keepdims: true })", { x: [2, 2, 3] }),
  of("std(x, { axis: [0, 2] })", { x: [2, 2, 3] }),
  of("variance(x, { axis: -1, keepdims: true, correction: 1 })", { x: [2, 2, 3] }),
  of("logsumexp(x, { axis: [0, 2], keepdims: true })", { x: [2, 2, 3] }),
  of("norm(x, { ord: 3, axis: [0, 2] })", { x: [2, 2, 3] }),
  of("norm(x, { ord: -Infinity, axis: 1 })", { x: [2, 2, 3] }),
  of("median(x)", { x: [5] }),
  of("median(x, { axis: 1 })", { x: [2, 4, 3] }),
  of("median(x, { axis: [0, 2], keepdims: true })", { x: [2, 4, 3] }),
  of("cumsum(x)", { x: [2, 3] }),
  of("cumprod(x)", { x: [2, 4] }),
  of("logcumsumexp(x, { axis: 0 })", { x: [4, 2] }),
  of("logcumsumexp(flip(x))", { x: [4, 2] }),
  of("sort(x, { axis: 0, descending: true })", { x: [4, 2] }),
  of("topk(x, 2, { axis: 0 })[0]", { x: [4, 2] }),
  // Shapes.
  of("add(unstack(x, { axis: 1 })[0]!, unstack(x, { axis: 1 })[2]!)", { x }),
  of("split(x, [1, 1, 2])[2]!", { x: [4, 2] }),
  of("swapaxes(x, 0, -1)", { x: [2, 3, 2] }),
  of("moveaxis(x, [0, 1], [-1, 0])", { x: [2, 3, 4] }),
  of("permuteDims(x, [-1, 0, 1])", { x: [2, 3, 4] }),
  of("concat([x, y, x], { axis: -1 })", { x, y: [2, 1] }),
  of("stack([x, y], { axis: -1 })", { x, y: x }),
  of("slice(x, [0, -2], [2, 9], [1, 2])", { x: [3, 4] }),
  of("index(x, -1, { axis: -1 })", { x }),
  of("take(x, i, { axis: 1 })", { x, i: [2, 2] }, { fixed: { i: ints([0, 2, 2, 1], [2, 2]) } }),
  of("takeAlongAxis(x, i, { axis: 1 })", { x: [1, 3], i: [2, 2] }, { fixed: { i: ints([0, 2, 2, 2], [2, 2]) } }),
  of("scatterAdd(x, i, y)", { x, i: [1, 2], y: [1, 2] }, { fixed: { i: ints([1, 1], [1, 2]) } }),
  of("pad(x, [[1, 0], [0, 2]], { value: c })", { x, c: "number" }),
  of('pad(x, [[1, 0], [0, 2]], { mode: "edge" })', { x }),
  of('pad(x, [[1, 0], [4, 2]], { mode: "wrap" })', { x }),
  of("roll(x, 4)", { x }),
  of("roll(x, [1, -1], { axis: [0, 1] })", { x }),
  of("tile(x, [2, 1, 2])", { x }),
  of("repeat(x, 2)", { x }),
  of("triu(x, { k: -1 })", { x: [2, 3, 3] }),
  of("diag(x)", { x: [3, 2] }),
  of("diagonal(x, { offset: -1 })", { x: [2, 3, 3] }),
  of("trace(x)", { x: [2, 3, 3] }),
  of("meshgrid([x, y, z])[1]!", { x: [2], y: [3], z: [2] }),
  of("expandDims(x, { axis: [0, -1] })", { x }),
  of("squeeze(x)", { x: [1, 3, 1] }),
  // Products.
  of("outer(x, y)", { x: [2], y: [3] }),
  of("matmul(x, y)", { x: [3, 1, 2, 2], y: [2, 2, 3] }),
  of("vecdot(x, y, { axis: 0 })", { x: [3, 2], y: [3, 1] }),
  of("cross(x, y, { axis: 0 })", { x: [3, 2], y: [3, 1] }),
  of("inner(x, y)", { x: [2, 2, 3], y: [3] }),
  of("inner(x, y)", { x: [], y: [2, 3] }),
  of("kron(x, y)", { x: [2], y: [3, 2] }),
  of("tensordot(x, y, 2)", { x: [2, 3, 2], y: [3, 2, 2] }),
  of("tensordot(x, y, 0)", { x: [2], y: [3] }),
  of("tensordot(x, y, [[2, 0], [0, -1]])", { x: [2, 3, 4], y: [4, 3, 2] }),
  of('einsum("bij,bjk->bik", x, y)', { x: [2, 2, 3], y: [2, 3, 2] }),
  of('einsum("...i,ij->...j", x, y)', { x: [2, 2, 3], y: [3, 2] }),
  of('einsum("ij,kj", x, y)', { x: [2, 3], y: [2, 3] }),
  of('einsum("ii->i", x)', { x: [3, 3] }),
  of('einsum("ijk,l->k", x, y)', { x: [2, 3, 2], y: [2] }),
  of('einsum("ij,j,ik->k", x, y, z)', { x: [2, 3], y: [3], z: [2, 2] }),
  of("linear(x, w)", { x: [2, 2, 3], w: [2, 3] }),
  of("linear(x, w, b)", { x: [3], w: [2, 3], b: [2] }),
  // Linear algebra.
  of("solve(add(a, mul(3, eye(2))), b)", { a: [3, 2, 2], b: [2] }),
  of("solve(add(a, mul(3, eye(2))), b)", { a: [2, 2], b: [3, 2, 2] }),
  of("inv(add(a, mul(3, eye(2))))", { a: [2, 2, 2] }),
  of("det(a)", { a: [2, 4, 4] }),
  of("slogdet(add(a, mul(3, eye(3))))[1]", { a: [2, 3, 3] }),
  of("cholesky(add(matmul(a, transpose(a)), eye(3)))", { a: [2, 3, 3] }),
  of("cholesky(add(add(a, transpose(a)), mul(6, eye(3))))", { a: [3, 3] }),
  of("solveTriangular(add(a, mul(3, eye(3))), b, { upper: true })", { a: [3, 3], b: [3] }),
  of("solveTriangular(add(a, mul(3, eye(3))), b, { transpose: true })", { a: [3, 3], b: [3, 2] }),
  of("solveTriangular(a, b, { upper: true, transpose: true, unitDiagonal: true })", { a: [2, 3, 3], b: [3, 2] }),
  of("matrixPower(a, 5)", { a: [2, 2, 2] }),
  of("matrixPower(add(a, mul(3, eye(2))), -2)", { a: [2, 2] }),
  of("matrixPower(a, 0)", { a: [2, 2] }),
  of("qr(add(a, mul(3, eye(3))))[0]", { a: [3, 3] }),
  of("matmul(qr(a)[0], cos(qr(a)[1]))", { a: [2, 4, 2] }),
  of("matmul(qr(a)[0], cos(qr(a)[1]))", { a: [2, 2, 4] }),
  of("eigvalsh(add(a, transpose(a)))", { a: [2, 3, 3] }),
  of("svdvals(a)", { a: [3, 2] }),
  of("svdvals(a)", { a: [2, 2, 3] }),
  // Networks.
  of("softmax(x, { axis: 0 })", { x }),
  of("glu(x, { axis: 0 })", { x: [4, 2] }),
  of(
    "instanceNorm(x, { weight: w, bias: b, eps: c })",
    { x: [2, 3, 4], w: [3], b: [3], c: "number" },
    { range: [0.1, 1] },
  ),
  of(
    "layerNorm(x, { axes: [1, 2], weight: w, eps: c })",
    { x: [2, 3, 2], w: [3, 2], c: "number" },
    { range: [0.1, 1] },
  ),
  of("groupNorm(x, { groups: 2, weight: w })", { x: [2, 4], w: [4] }),
  of("rmsNorm(x, { axes: -1 })", { x }),
  of("batchNorm(x, { axis: -1, bias: b })", { x: [3, 2], b: [2] }),
  of("scaledDotProductAttention(q, k, v, { causal: true })", { q: [2, 3, 2], k: [2, 3, 2], v: [2, 3, 2] }),
  of(
    "scaledDotProductAttention(q, k, v, { mask: m })",
    { q: [2, 2], k: [3, 2], v: [3, 2], m: [2, 3] },
    {
      fixed: { m: bools([1, 0, 1, 1, 1, 0], [2, 3]) },
    },
  ),
  of("conv2d(x, w, { bias: b, stride: [2, 1], padding: [0, 1], dilation: 2, groups: 2 })", {
    x: [1, 2, 5, 4],
    w: [4, 1, 2, 2],
    b: [4],
  }),
  of("convTranspose2d(x, w, { bias: b, stride: 2, padding: 1, dilation: 2, groups: 2, outputPadding: 1 })", {
    x: [1, 2, 2, 2],
    w: [2, 1, 2, 2],
    b: [2],
  }),
  of("maxPool1d(x, { kernel: 3, stride: 2, padding: 1 })", { x: [1, 2, 5] }),
  of("avgPool1d(x, { kernel: 3, stride: 2, padding: 1, countIncludePad: false })", { x: [2, 5] }),
  of('interpolate(x, [5], { mode: "nearest" })', { x: [2, 3] }),
  of("embedding(w, i)", { w: [3, 2], i: [2, 2] }, { fixed: { i: ints([0, 2, 2, 2], [2, 2]) } }),
  // Losses.
  of('smoothL1Loss(x, y, { reduction: "sum", beta: c })', { x, y: x, c: "number" }, { range: [0.2, 2] }),
  of('huberLoss(x, y, { reduction: "none", delta: c })', { x, y: x, c: "number" }, { range: [0.2, 2] }),
  of("binaryCrossEntropy(x, y)", { x, y: x }, { range: [0.2, 0.8] }),
  of("klDiv(x, y)", { x, y: x }, { range: [0.2, 0.8] }),
  of("cosineSimilarity(x, y, { axis: 0 })", { x: [3, 2], y: [3, 2] }),
  of("crossEntropy(x, y, { weight: w })", { x: [3, 2], y: [3], w: [2] }, { fixed: { y: ints([1, 0, 1]) } }),
  of(
    'crossEntropy(x, y, { weight: w, labelSmoothing: 0.2, reduction: "sum", ignoreIndex: 1 })',
    { x: [3, 2], y: [3], w: [2] },
    {
      fixed: { y: ints([1, 0, 0]) },
    },
  ),
  of(
    'crossEntropy(x, y, { reduction: "none", labelSmoothing: 0.1 })',
    { x: [2, 3, 2], y: [2, 2] },
    {
      fixed: { y: ints([2, 0, 1, 1], [2, 2]) },
    },
  ),
  of("crossEntropy(x, y, { weight: w, labelSmoothing: 0.1 })", { x: [2, 3], y: [2, 3], w: [3] }, { range: [0.1, 1] }),
  of("crossEntropy(x, y)", { x: [3], y: [] }, { fixed: { y: ints([2], []) } }),
  of("nllLoss(x, y, { weight: w, ignoreIndex: 1 })", { x: [3, 2], y: [3], w: [2] }, { fixed: { y: ints([1, 0, 0]) } }),
];
