/**
 * The operations on tensors, by the names under which the runtime exports them, with the slots that each has: its
 * parameters in order, and behind a semicolon the fields of its options. `...` gathers all remaining arguments. An
 * operation in the IR has one argument for each slot; what was not given is `undefined`.
 */

const unary = "x";
const binary = "a b";
const reduction = "x; axis keepdims";
const along = "x; axis";
const scan = "x; axis reverse";
const pool = "x; kernel stride padding";
const convolution = "x w; bias stride padding dilation groups";
const convolutionPart = "x w; stride padding dilation groups";
const left = "bar b shape";
const right = "a bar shape";

const userSlots = {
  // Made of numbers.
  tensor: "values shape dtype",
  zeros: "shape dtype",
  ones: "shape dtype",
  full: "shape value dtype",
  eye: "n",
  arange: "start stop step",
  linspace: "start stop n",
  zerosLike: unary,
  onesLike: unary,
  oneHot: "indices classes",
  // Elementwise, of one tensor.
  exp: unary,
  exp2: unary,
  expm1: unary,
  log: unary,
  log2: unary,
  log10: unary,
  log1p: unary,
  sin: unary,
  cos: unary,
  tan: unary,
  asin: unary,
  acos: unary,
  atan: unary,
  sinh: unary,
  cosh: unary,
  tanh: unary,
  asinh: unary,
  acosh: unary,
  atanh: unary,
  sqrt: unary,
  rsqrt: unary,
  abs: unary,
  sign: unary,
  floor: unary,
  ceil: unary,
  round: unary,
  trunc: unary,
  square: unary,
  reciprocal: unary,
  neg: unary,
  sigmoid: unary,
  logit: unary,
  softplus: "x; beta",
  relu: unary,
  relu6: unary,
  selu: unary,
  gelu: "x; approximate",
  silu: unary,
  mish: unary,
  hardsigmoid: unary,
  hardswish: unary,
  softsign: unary,
  tanhshrink: unary,
  logSigmoid: unary,
  erf: unary,
  erfc: unary,
  erfinv: unary,
  lgamma: unary,
  digamma: unary,
  sinc: unary,
  leakyRelu: "x; negativeSlope",
  elu: "x; alpha",
  celu: "x; alpha",
  hardtanh: unary,
  clip: "x; min max",
  nanToNum: "x; nan posinf neginf",
  isnan: unary,
  isinf: unary,
  isfinite: unary,
  logicalNot: unary,
  // Elementwise, of two.
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  pow: binary,
  atan2: binary,
  hypot: binary,
  maximum: binary,
  minimum: binary,
  fmod: binary,
  remainder: binary,
  copysign: binary,
  logaddexp: binary,
  xlogy: binary,
  floorDivide: binary,
  where: "condition x y",
  greater: binary,
  greaterEqual: binary,
  less: binary,
  lessEqual: binary,
  equal: binary,
  notEqual: binary,
  // Reductions.
  sum: reduction,
  mean: reduction,
  prod: reduction,
  max: reduction,
  min: reduction,
  variance: "x; axis keepdims correction",
  std: "x; axis keepdims correction",
  logsumexp: reduction,
  norm: "x; ord axis keepdims",
  any: reduction,
  all: reduction,
  countNonzero: reduction,
  argmax: reduction,
  argmin: reduction,
  cumsum: scan,
  cumprod: scan,
  logcumsumexp: scan,
  sort: "x; axis descending",
  argsort: "x; axis descending",
  topk: "x k; axis",
  median: reduction,
  // Shapes.
  reshape: "x shape",
  flatten: "x; startAxis endAxis",
  transpose: unary,
  permuteDims: "x axes",
  swapaxes: "x i j",
  moveaxis: "x from to",
  broadcastTo: "x shape",
  concat: "list; axis",
  stack: "list; axis",
  split: "x sizes; axis",
  unstack: "x; axis",
  slice: "x start stop step",
  index: "x i; axis",
  take: "x indices; axis",
  takeAlongAxis: "x indices; axis",
  scatterAdd: "x indices updates; axis",
  maskedFill: "x mask value",
  pad: "x widths; mode value",
  flip: along,
  roll: "x shift; axis",
  tile: "x reps",
  repeat: "x n; axis",
  squeeze: along,
  expandDims: "x; axis",
  tril: "x; k",
  triu: "x; k",
  diag: unary,
  diagonal: "x; offset",
  meshgrid: "list; indexing",
  // Linear algebra.
  matmul: binary,
  vecdot: "a b; axis",
  dot: binary,
  inner: binary,
  outer: binary,
  cross: "a b; axis",
  kron: binary,
  tensordot: "a b axes",
  einsum: "equation ...list",
  trace: "x; offset",
  solve: binary,
  inv: unary,
  det: unary,
  slogdet: unary,
  cholesky: unary,
  solveTriangular: "a b; upper transpose unitDiagonal",
  matrixPower: "x n",
  qr: unary,
  eigvalsh: unary,
  svdvals: unary,
  // Networks.
  softmax: along,
  logSoftmax: along,
  crossEntropy: "logits labels; reduction labelSmoothing weight ignoreIndex",
  nllLoss: "x labels; reduction weight ignoreIndex",
  mseLoss: "x y; reduction",
  l1Loss: "x y; reduction",
  smoothL1Loss: "x y; reduction beta",
  huberLoss: "x y; reduction delta",
  binaryCrossEntropy: "x y; reduction",
  binaryCrossEntropyWithLogits: "x y; reduction",
  klDiv: "x y; reduction",
  cosineSimilarity: "x y; axis eps",
  linear: "x w b",
  layerNorm: "x; axes weight bias eps",
  groupNorm: "x; groups weight bias eps",
  instanceNorm: "x; weight bias eps",
  rmsNorm: "x; axes weight eps",
  batchNorm: "x; mean variance weight bias eps axis",
  conv1d: convolution,
  conv2d: convolution,
  conv3d: convolution,
  convTranspose1d: "x w; bias stride padding dilation groups outputPadding",
  convTranspose2d: "x w; bias stride padding dilation groups outputPadding",
  maxPool1d: pool,
  maxPool2d: pool,
  avgPool1d: "x; kernel stride padding countIncludePad",
  avgPool2d: "x; kernel stride padding countIncludePad",
  interpolate: "x size; mode",
  embedding: "weight indices",
  dropout: "x mask; rate",
  glu: along,
  scaledDotProductAttention: "q k v; mask causal",
} as const;

/** What makes the rules of the others closed under differentiation. Not for users. */
const derivedSlots = {
  /** The elements as a typed array that nobody writes into. */
  dataOf: unary,
  /** A tensor over an array, with the shape and type of another tensor. */
  tensorOver: "data like",
  /** The lengths of the axes. */
  shapeOf: unary,
  /** The only element, as a number. */
  item: unary,
  /** The element at a flat index, as a number. */
  elementAt: "x i",
  /** A tensor over an array, with the lengths of the axes in two parts. */
  tensorOfShapes: "data outer inner",
  /** A number at a flat index, zeros elsewhere. */
  placeAt: "value i shape",
  /** A number everywhere, with the shape and type of a tensor. */
  fillLike: "value like",
  /** 1, with the shape of a tensor that has one element; of any other it is refused. */
  seedOf: unary,
  /** What was collected for a tensor, in its shape: where nothing was, it is a zero without one. */
  wholeLike: "x like",
  /** A tensor's shape and type without its elements. */
  outline: unary,
  /** The same of each tensor of a list. */
  outlines: "list",
  /** Summed over the axes along which a tensor of the shape was broadcast. */
  sumTo: "x shape",
  /** What was reduced over the axes, spread out again to the shape that it was before. */
  spreadTo: "x shape axis",
  /** The cotangents of the factors of a product of matrices, of the shapes that the factors have. */
  matmulLeft: left,
  matmulRight: right,
  innerLeft: left,
  innerRight: right,
  kronLeft: left,
  kronRight: right,
  tensordotLeft: "bar b axes shape",
  tensordotRight: "a bar axes shape",
  /** a bᵀ and aᵀ b, with the cotangents of their factors. */
  matmulNT: binary,
  matmulNTLeft: left,
  matmulNTRight: right,
  matmulTN: binary,
  matmulTNLeft: left,
  matmulTNRight: right,
  /** The cotangent of the weight of `linear`. */
  linearWeight: binary,
  /** The cotangent of operand k of `einsum`. */
  einsumTowards: "equation k bar ...list",
  /** a · b, and 0 where a is 0, whatever b is. */
  mulOrZero: binary,
  /** Derivatives of any order. */
  polygamma: "order x",
  sincDerivative: "order x",
  linearScan: "a b; axis reverse",
  shift: "x by; axis fill",
  gather: "x indices; axis",
  argmedian: "x; axis",
  /** The axes made the last one, and that undone. */
  axesLast: along,
  axesBack: "x shape; axis",
  /** The part of `concat` that tensor k of the list became, and that part among zeros. */
  partOf: "x list k; axis",
  placePart: "x list k; axis",
  half: "x k; axis",
  placeHalf: "x k; axis",
  unindex: "x i shape; axis",
  unslice: "x shape start stop step",
  untake: "x indices shape; axis",
  untakeAlong: "x indices shape; axis",
  padAdjoint: "x shape widths; mode",
  tileAdjoint: "x shape reps",
  repeatAdjoint: "x shape n; axis",
  placeDiagonal: "x shape; offset",
  undiag: "x shape",
  untrace: "x shape; offset",
  /** Tensor k of a grid of that shape, and what it gets back of it. */
  mesh: "x k shape; indexing",
  unmesh: "x k shape; indexing",
  inverseAxes: "axes",
  cofactor: unary,
  cofactorAlong: "x e",
  eigh: unary,
  svd: unary,
  /** The lower triangle with half of the diagonal. */
  halfTril: unary,
  /** What `solveTriangular` reads. */
  triangleOf: "x; upper unitDiagonal",
  /** A vector as one column where the other is a vector. */
  columnsOf: "x like",
  eyeLike: unary,
  /** [[a, e], [0, a]] */
  blockUpper: "a e",
  topRight: unary,
  diagonalBlocks: unary,
  /** No more columns than there are rows. */
  firstColumns: unary,
  /** With columns of zeros behind, as many as the other has. */
  besideZeros: "x like",
  /** A tensor of the shape of some axes of another, with axes of length 1 for the others. */
  alongAxes: "x within axes",
  axesFrom: "x from",
  axesBut: "x axis",
  inGroups: "x groups",
  /** The scores of attention, -Infinity where a key is not seen. */
  seenScores: "x mask causal",
  /** What the logarithms are multiplied by in cross-entropies, but for weights. */
  classTargets: "labels logits; labelSmoothing ignoreIndex",
  /** What each logit adds to its cross-entropy, to the first order: softmax less the target. */
  crossEntropySlope: "logits labels; labelSmoothing weight ignoreIndex",
  labelCounts: "labels logits; ignoreIndex",
  meanWeight: "labels logits; weight ignoreIndex",
  conv: convolutionPart,
  convInput: "x w shape; stride padding dilation groups",
  convWeight: "x w shape; stride padding dilation groups",
  maxPool1dIndices: pool,
  maxPool2dIndices: pool,
  takePlaces: "x indices rank",
  placePlaces: "x indices shape rank",
  avgPool1dAdjoint: "x shape; kernel stride padding countIncludePad",
  avgPool2dAdjoint: "x shape; kernel stride padding countIncludePad",
  interpolateAdjoint: "x size; mode",
} as const;

const slotTexts = { ...userSlots, ...derivedSlots };

export type TensorOp = keyof typeof slotTexts;

export interface Slots {
  readonly positional: readonly string[];
  readonly options: readonly string[];
  /** The last positional slot gathers all remaining arguments. */
  readonly rest: boolean;
  /** All of them, in the order of the arguments in the IR. */
  readonly all: readonly string[];
}

const parsed = new Map<string, Slots>();

export function slotsOf(op: TensorOp): Slots {
  let slots = parsed.get(op);
  if (slots === undefined) {
    const [before = "", after = ""] = slotTexts[op].split(";");
    const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
    const positional = words(before).map((word) => word.replace("...", ""));
    const options = words(after);
    slots = { positional, options, rest: before.includes("..."), all: [...positional, ...options] };
    parsed.set(op, slots);
  }
  return slots;
}

export function isTensorOp(name: string): name is TensorOp {
  return Object.hasOwn(slotTexts, name);
}

/** Operations whose results carry no derivative. */
const flat = new Set<TensorOp>(
  (
    "zeros ones eye zerosLike onesLike oneHot sign floor ceil round trunc isnan isinf isfinite logicalNot " +
    "floorDivide greater greaterEqual less lessEqual equal notEqual any all countNonzero argmax argmin argsort argmedian " +
    "maxPool1dIndices maxPool2dIndices labelCounts eyeLike shapeOf outline outlines seedOf axesFrom axesBut inverseAxes"
  ).split(" ") as TensorOp[],
);

export function isFlat(op: TensorOp): boolean {
  return flat.has(op);
}

/** Other names that users have for operations. */
const aliases = new Map<string, TensorOp>([
  ["subtract", "sub"],
  ["multiply", "mul"],
  ["divide", "div"],
  ["negative", "neg"],
]);

/** The operation that a user's import from "tsgrad" means. */
export function tensorOpOf(name: string): TensorOp | undefined {
  const op = aliases.get(name) ?? name;
  return Object.hasOwn(userSlots, op) ? (op as TensorOp) : undefined;
}

/** What the result of an operation is called where it needs a name. */
export function nounOf(op: TensorOp): string {
  return nouns[op] ?? `${op}Value`;
}

const nouns: { readonly [O in TensorOp]?: string } = {
  add: "total",
  sub: "difference",
  mul: "product",
  div: "quotient",
  neg: "negated",
  pow: "power",
  where: "chosen",
  matmul: "product",
  matmulLeft: "factorBar",
  matmulRight: "factorBar",
  matmulNT: "product",
  matmulNTLeft: "factorBar",
  matmulNTRight: "factorBar",
  matmulTN: "product",
  matmulTNLeft: "factorBar",
  matmulTNRight: "factorBar",
  linear: "affine",
  zerosLike: "zeros",
  sum: "total",
  square: "squared",
  sqrt: "root",
  exp: "exponential",
  reshape: "reshaped",
  broadcastTo: "spread",
  wholeLike: "whole",
  spreadTo: "spread",
  fillLike: "filled",
  sumTo: "summed",
  transpose: "transposed",
  item: "number",
  dataOf: "data",
  shapeOf: "shape",
};
