/** Misuse: what is thrown, and that the message names the operation and what does not fit. */
import { describe, expect, test } from "vitest";
import * as t from "../../runtime/index.ts";
import * as generated from "../../runtime/generated.ts";

const zeros = (...shape: number[]): t.Tensor => t.zeros(shape);
const ints = (values: readonly number[], shape = [values.length]): t.Tensor => t.tensor([...values], shape, "int32");

type Thrown = new (message: string) => Error;
const cases: readonly (readonly [what: string, () => unknown, Thrown, message: string])[] = [
  [
    "a product that does not align",
    () => t.matmul(zeros(2, 3), zeros(4, 5)),
    t.ShapeError,
    "matmul: shapes [2, 3] and [4, 5] do not align: 3 ≠ 4",
  ],
  [
    "a product of batches",
    () => t.matmul(zeros(2, 2, 3), zeros(3, 3, 5)),
    t.ShapeError,
    "matmul: shapes [2, 2, 3] and [3, 3, 5] do not align: their batches [2] and [3] do not broadcast",
  ],
  [
    "a product with a number",
    () => t.matmul(zeros(2, 2), zeros()),
    t.ShapeError,
    "matmul: shapes [2, 2] and []: a tensor of shape [] is no matrix; use multiply",
  ],
  [
    "a method",
    () => zeros(2, 3).matmul(zeros(2, 3)),
    t.ShapeError,
    "matmul: shapes [2, 3] and [2, 3] do not align: 3 ≠ 2",
  ],
  [
    "a transposed product",
    () => generated.matmulNT(zeros(2, 3), zeros(3, 2)),
    t.ShapeError,
    "matmul: shapes [2, 3] and [2, 3] do not align: 3 ≠ 2",
  ],
  [
    "broadcasting",
    () => t.add(zeros(2, 3), zeros(4, 3)),
    t.ShapeError,
    "add: shapes [2, 3] and [4, 3] do not broadcast: 2 ≠ 4 at axis -2",
  ],
  [
    "broadcasting three",
    () => t.where(zeros(2), zeros(3), 0),
    t.ShapeError,
    "where: shapes [3] and [2] do not broadcast: 3 ≠ 2 at axis -1",
  ],
  [
    "an axis",
    () => t.sum(zeros(2, 3), { axis: -3 }),
    t.ShapeError,
    "sum: axis -3 is out of range for shape [2, 3]: axes go from -2 to 1",
  ],
  [
    "an axis of nothing",
    () => t.softmax(zeros()),
    t.ShapeError,
    "softmax: axis -1 is out of range for shape [], which has no axes",
  ],
  [
    "an axis twice",
    () => t.mean(zeros(2, 3), { axis: [0, -2] }),
    t.ShapeError,
    "mean: axis 0 of shape [2, 3] is named twice",
  ],
  [
    "the greatest of nothing",
    () => t.max(zeros(0, 2), { axis: 0 }),
    t.ShapeError,
    "max: shape [0, 2] has no elements along axes [0]",
  ],
  [
    "reshape",
    () => t.reshape(zeros(2, 3), [4]),
    t.ShapeError,
    "reshape: shape [2, 3] has 6 elements, which do not fit [4]",
  ],
  [
    "reshape with an unknown",
    () => t.reshape(zeros(2, 3), [4, -1]),
    t.ShapeError,
    "reshape: shape [2, 3] has 6 elements, which do not fit [4, -1]",
  ],
  [
    "reshape with two unknowns",
    () => t.reshape(zeros(2, 3), [-1, -1]),
    t.ShapeError,
    "reshape: [1, -1] is no shape: -1 is not a whole number from 0 on",
  ],
  [
    "data",
    () => new t.Tensor(new Float64Array(3), [2]),
    t.ShapeError,
    "Tensor: shape [2] has 2 elements, but data has 3",
  ],
  [
    "ragged arrays",
    () => t.tensor([[1, 2], [3]]),
    t.ShapeError,
    "tensor: the nested arrays are ragged: not all of them fit shape [2, 2]",
  ],
  ["NaN as an int32", () => t.tensor([1, NaN], [2], "int32"), t.DTypeError, "tensor: NaN is no int32"],
  [
    "a negative length",
    () => t.zeros([2, -1]),
    t.ShapeError,
    "zeros: [2, -1] is no shape: -1 is not a whole number from 0 on",
  ],
  ["no single element", () => zeros(2).item(), t.ShapeError, "item: a tensor of shape [2] has 2 elements, not one"],
  [
    "concat",
    () => t.concat([zeros(2, 3), zeros(2, 4)]),
    t.ShapeError,
    "concat: shapes [2, 3] and [2, 4] differ beside axis 0",
  ],
  [
    "stack on an axis that is not there",
    () => t.stack([zeros(2)], { axis: 2 }),
    t.ShapeError,
    "stack: axis 2 is out of range for shape [2]: new axes go from -2 to 1",
  ],
  [
    "a mask of dropout",
    () => t.dropout(zeros(2), zeros(3), { rate: 0.5 }),
    t.ShapeError,
    "dropout: shapes [2] and [3] do not broadcast: 2 ≠ 3 at axis -1",
  ],
  [
    "queries and keys",
    () => t.scaledDotProductAttention(zeros(2, 3), zeros(2, 4), zeros(2, 3)),
    t.ShapeError,
    "scaledDotProductAttention: queries and keys of shapes [2, 3] and [2, 4] do not align: 3 ≠ 4",
  ],
  [
    "keys and values",
    () => t.scaledDotProductAttention(zeros(2, 3), zeros(2, 3), zeros(4, 3)),
    t.ShapeError,
    "scaledDotProductAttention: keys and values of shapes [2, 3] and [4, 3] do not align: 2 ≠ 4",
  ],
  [
    "batches of keys",
    () => t.scaledDotProductAttention(zeros(2, 2, 3), zeros(3, 2, 3), zeros(3, 2, 3)),
    t.ShapeError,
    "scaledDotProductAttention: shapes [2, 2, 3] and [3, 2, 3] do not align: their batches [2] and [3] do not broadcast",
  ],
  [
    "a mask of attention",
    () => t.scaledDotProductAttention(zeros(2, 3), zeros(2, 3), zeros(2, 3), { mask: zeros(3, 3) }),
    t.ShapeError,
    "scaledDotProductAttention: shapes [2, 2] and [3, 3] do not broadcast: 2 ≠ 3 at axis -2",
  ],
  ["trace of a vector", () => t.trace(zeros(2)), t.ShapeError, "trace: shape [2] has no two axes"],
  [
    "a power of a singular matrix",
    () => t.matrixPower(zeros(2, 2), -1),
    t.LinAlgError,
    "matrixPower: the matrix of shape [2, 2] is singular",
  ],
  ["singular values of a vector", () => t.svdvals(zeros(2)), t.ShapeError, "svdvals: shape [2] has no two axes"],
  [
    "singular values of NaN",
    () => t.svdvals(t.full([2, 2], NaN)),
    Error,
    "svdvals: the rotations do not converge; does the matrix hold NaN?",
  ],
  [
    "a diagonal between others",
    () => t.diagonal(zeros(2, 2), { offset: 0.5 }),
    RangeError,
    "diagonal: offset 0.5 is no whole number",
  ],
  ["a triangle between others", () => t.triu(zeros(2, 2), { k: 0.5 }), RangeError, "triu: k 0.5 is no whole number"],
  [
    "negative parts",
    () => t.split(zeros(5), [6, -1]),
    t.ShapeError,
    "split: [6, -1] is no shape: -1 is not a whole number from 0 on",
  ],
  [
    "a reduction that there is not",
    () => t.mseLoss(zeros(2), zeros(2), { reduction: "avg" as never }),
    RangeError,
    'mseLoss: reduction "avg" is none of "mean", "sum" and "none"',
  ],
  [
    "a mode of pad that there is not",
    () => t.pad(zeros(2), [[1, 1]], { mode: "other" as never }),
    RangeError,
    'pad: mode "other" is none of "constant", "reflect", "edge" and "wrap"',
  ],
  [
    "a mode of interpolate that there is not",
    () => t.interpolate(zeros(1, 1, 2, 2), [3, 3], { mode: "cubic" as never }),
    RangeError,
    'interpolate: mode "cubic" is neither "nearest" nor "bilinear"',
  ],
  [
    "a norm that there is not",
    () => t.norm(zeros(2, 2), { ord: "nuc" as never }),
    RangeError,
    "norm: nuc is no order of a vector norm",
  ],
  [
    "a kind of gelu that there is not",
    () => t.gelu(zeros(2), { approximate: "fast" as never }),
    RangeError,
    'gelu: approximate "fast" is neither "none" nor "tanh"',
  ],
  ["stack", () => t.stack([zeros(2), zeros(3)]), t.ShapeError, "stack: shapes [2] and [3] differ"],
  [
    "split",
    () => t.split(zeros(5), [2, 2]),
    t.ShapeError,
    "split: sizes [2, 2] do not add up to axis 0 of shape [5]: 4 ≠ 5",
  ],
  [
    "squeeze",
    () => t.squeeze(zeros(2, 1), { axis: 0 }),
    t.ShapeError,
    "squeeze: axis 0 of shape [2, 1] has length 2, not 1",
  ],
  [
    "permuteDims",
    () => t.permuteDims(zeros(2, 3), [0, 0]),
    t.ShapeError,
    "permuteDims: axes [0, 0] are no order of the axes of shape [2, 3]",
  ],
  [
    "broadcastTo",
    () => t.broadcastTo(zeros(2), [3, 1]),
    t.ShapeError,
    "broadcastTo: shape [2] does not broadcast to [3, 1]",
  ],
  [
    "a reversed slice",
    () => t.slice(zeros(4), [0], [4], [-1]),
    RangeError,
    "slice: step -1 along axis 0 is not positive; use flip to reverse",
  ],
  [
    "reflect",
    () => t.pad(zeros(3), [[3, 0]], { mode: "reflect" }),
    t.ShapeError,
    'pad: mode "reflect" reaches at most 2 elements along axis 0 of shape [3], not 3',
  ],
  [
    "index",
    () => t.index(zeros(3), 3),
    RangeError,
    "index: 3 is out of range for axis 0 of shape [3], which has length 3",
  ],
  [
    "take",
    () => t.take(zeros(3, 2), ints([0, 3]), { axis: 0 }),
    RangeError,
    "take: index 3 is out of range for axis 0 of shape [3, 2], which goes from 0 to 2",
  ],
  ["take with floats", () => t.take(zeros(3), zeros(1)), t.DTypeError, "take: indices must be int32, but is float64"],
  [
    "takeAlongAxis",
    () => t.takeAlongAxis(zeros(2, 3), ints([0, 0, -1, 0], [2, 2])),
    RangeError,
    "takeAlongAxis: index -1 is out of range for axis 1 of shape [2, 3], which goes from 0 to 2",
  ],
  [
    "scatterAdd",
    () => t.scatterAdd(zeros(3), ints([0, 1]), zeros(3)),
    t.ShapeError,
    "scatterAdd: updates of shape [3] and indices of shape [2] differ",
  ],
  ["oneHot", () => t.oneHot(ints([2]), 2), RangeError, "oneHot: index 2 is out of range for 2 classes"],
  ["topk", () => t.topk(zeros(3), 4), t.ShapeError, "topk: axis 0 of shape [3] has no 4 greatest elements"],
  [
    "dot",
    () => t.dot(zeros(2, 2), zeros(2)),
    t.ShapeError,
    "dot: shapes [2, 2] and [2] are not two vectors; use matmul",
  ],
  ["cross", () => t.cross(zeros(2), zeros(2)), t.ShapeError, "cross: shapes [2] and [2]: axis 0 has length 2, not 3"],
  [
    "einsum",
    () => t.einsum("ij,jk->ik", zeros(2, 3), zeros(4, 5)),
    t.ShapeError,
    'einsum: "ij,jk->ik": shapes [2, 3] and [4, 5] do not align: j is 3 ≠ 4',
  ],
  [
    "einsum of other axes",
    () => t.einsum("ij->i", zeros(2)),
    t.ShapeError,
    'einsum: "ij->i": "ij" does not fit shape [2] of 1 axes',
  ],
  [
    "einsum of an unknown label",
    () => t.einsum("i->j", zeros(2)),
    t.ShapeError,
    'einsum: "i->j": the output has label j, which no operand has',
  ],
  [
    "a singular matrix",
    () =>
      t.solve(
        t.tensor([
          [1, 2],
          [2, 4],
        ]),
        zeros(2),
      ),
    t.LinAlgError,
    "solve: the matrix of shape [2, 2] is singular",
  ],
  [
    "a singular matrix in a batch",
    () => t.inv(t.stack([t.eye(2), zeros(2, 2)])),
    t.LinAlgError,
    "inv: matrix 1 of the batch of shape [2, 2, 2] is singular",
  ],
  [
    "a singular triangle",
    () =>
      t.solveTriangular(
        t.tensor([
          [1, 0],
          [2, 0],
        ]),
        zeros(2),
      ),
    t.LinAlgError,
    "solveTriangular: the matrix of shape [2, 2] is singular",
  ],
  [
    "a matrix that is not square",
    () => t.det(zeros(2, 3)),
    t.ShapeError,
    "det: matrices of shape [2, 3] are not square: 2 ≠ 3",
  ],
  ["solve", () => t.solve(t.eye(3), zeros(2)), t.ShapeError, "solve: shapes [3, 3] and [2] do not align: 3 ≠ 2"],
  [
    "cholesky",
    () =>
      t.cholesky(
        t.tensor([
          [1, 2],
          [2, 1],
        ]),
      ),
    t.LinAlgError,
    "cholesky: the matrix of shape [2, 2] is not positive definite: its leading minor of order 2 is not positive",
  ],
  [
    "cholesky of NaN",
    () => t.cholesky(t.tensor([[NaN]])),
    t.LinAlgError,
    "cholesky: the matrix of shape [1, 1] is not positive definite: its leading minor of order 1 is not positive",
  ],
  [
    "a label",
    () => t.crossEntropy(zeros(2, 3), ints([0, 3])),
    RangeError,
    "crossEntropy: label 3 is out of range for 3 classes",
  ],
  [
    "a negative label",
    () => t.nllLoss(zeros(2, 3), ints([0, -1])),
    RangeError,
    "nllLoss: label -1 is out of range for 3 classes",
  ],
  [
    "labels of another shape",
    () => t.crossEntropy(zeros(2, 3), ints([0])),
    t.ShapeError,
    "crossEntropy: labels of shape [1] do not fit shape [2, 3]: they must be [2]",
  ],
  [
    "labels that are floats",
    () => t.crossEntropy(zeros(2, 3), zeros(2)),
    t.DTypeError,
    "crossEntropy: labels of shape [2] and type float64 are neither int32 classes nor probabilities of shape [2, 3]",
  ],
  [
    "labels that are probabilities",
    () => t.crossEntropy(zeros(2, 3), zeros(2, 2)),
    t.ShapeError,
    "crossEntropy: labels of shape [2, 2] do not fit shape [2, 3]: they must be [2, 3]",
  ],
  ["ones", () => t.ones([-1]), t.ShapeError, "ones: [-1] is no shape: -1 is not a whole number from 0 on"],
  [
    "a grid",
    () => t.meshgrid([zeros(2)], { indexing: "yx" as "xy" }),
    RangeError,
    'meshgrid: indexing "yx" is neither "xy" nor "ij"',
  ],
  [
    "eigenvalues of NaN",
    () => t.eigvalsh(t.full([2, 2], NaN)),
    t.LinAlgError,
    "eigvalsh: the QL algorithm does not converge; does the matrix hold NaN?",
  ],
  [
    "singular values of NaN",
    () => t.svdvals(t.full([2, 2], NaN)),
    t.LinAlgError,
    "svdvals: the rotations do not converge; does the matrix hold NaN?",
  ],
  [
    "similarity",
    () => t.cosineSimilarity(zeros(2, 3), zeros(3)),
    t.ShapeError,
    "cosineSimilarity: shapes [2, 3] and [3] differ; it does not broadcast",
  ],
  [
    "a loss",
    () => t.mseLoss(zeros(2, 1), zeros(2)),
    t.ShapeError,
    "mseLoss: shapes [2, 1] and [2] differ; losses do not broadcast",
  ],
  [
    "a probability",
    () => t.binaryCrossEntropy(t.tensor([1.5]), zeros(1)),
    RangeError,
    "binaryCrossEntropy: 1.5 is no probability; for logits there is binaryCrossEntropyWithLogits",
  ],
  [
    "linear",
    () => t.linear(zeros(2, 3), zeros(4, 2)),
    t.ShapeError,
    "linear: shapes [2, 3] and [4, 2] do not align: 3 ≠ 2",
  ],
  [
    "a bias",
    () => t.linear(zeros(2, 3), zeros(4, 3), zeros(3)),
    t.ShapeError,
    "linear: bias of shape [3] is not [4], as weight [4, 3] wants it",
  ],
  [
    "channels",
    () => t.conv2d(zeros(1, 2, 4, 4), zeros(3, 1, 2, 2)),
    t.ShapeError,
    "conv2d: shapes [1, 2, 4, 4] and [3, 1, 2, 2] do not align: 2 ≠ 1 channels in each group",
  ],
  [
    "a large kernel",
    () => t.conv1d(zeros(1, 1, 3), zeros(1, 1, 5)),
    t.ShapeError,
    "conv1d: a kernel of shape [5] spans 5 elements, but axis -1 of shape [3] with padding 0 has 3",
  ],
  [
    "axes of an image",
    () => t.conv2d(zeros(1, 2, 4), zeros(3, 2, 2)),
    t.ShapeError,
    "conv2d: shapes [1, 2, 4] and [3, 2, 2] must both have 4 axes: a batch, channels and 2 spatial",
  ],
  [
    "a pool",
    () => t.maxPool2d(zeros(1, 1, 4, 4), { kernel: 2, padding: 2 }),
    RangeError,
    "maxPool2d: padding 2 is more than half of kernel 2: some windows would see nothing",
  ],
  [
    "layerNorm",
    () => t.layerNorm(zeros(2, 3), { axes: -1, weight: zeros(2) }),
    t.ShapeError,
    "layerNorm: weight of shape [2] is not [3], as axes [1] of shape [2, 3] want it",
  ],
  [
    "groupNorm",
    () => t.groupNorm(zeros(2, 3, 4), { groups: 2 }),
    t.ShapeError,
    "groupNorm: 3 channels of shape [2, 3, 4] do not divide into 2 groups",
  ],
  [
    "embedding",
    () => t.embedding(zeros(3, 2), ints([3])),
    RangeError,
    "embedding: index 3 is out of range for axis 0 of shape [3, 2], which goes from 0 to 2",
  ],
  ["glu", () => t.glu(zeros(3)), t.ShapeError, "glu: axis 0 of shape [3] has odd length 3"],
  ["int32 by zero", () => t.floorDivide(ints([1]), 0), RangeError, "floorDivide: int32 division by zero"],
  [
    "another device",
    () => zeros(1).to("webgpu"),
    Error,
    'to: there is no device "webgpu" in this version; tensors are on the CPU',
  ],
];

describe("an error says what is wrong with", () => {
  test.each(cases)("%s", (_, run, kind, message) => {
    let thrown: unknown;
    try {
      run();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(kind);
    expect((thrown as Error).message).toBe(message);
  });
});
