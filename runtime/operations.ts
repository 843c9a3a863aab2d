/** The tensor operations, by the groups of the array API. */
export { tensor, zeros, ones, full, zerosLike, onesLike, eye, arange, linspace, oneHot } from "./ops/creation.ts";
export type { Numbers } from "./ops/creation.ts";
export {
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  sqrt,
  rsqrt,
  reciprocal,
  erf,
  erfc,
  erfinv,
  lgamma,
  digamma,
  sinc,
  abs,
  sign,
  negative,
  square,
  floor,
  ceil,
  round,
  trunc,
  neg,
  nanToNum,
  isnan,
  isinf,
  isfinite,
  logicalNot,
  astype,
} from "./ops/elementwise.ts";
export {
  sigmoid,
  logit,
  logSigmoid,
  relu,
  relu6,
  selu,
  silu,
  mish,
  hardsigmoid,
  hardswish,
  softsign,
  tanhshrink,
  hardtanh,
  softplus,
  gelu,
  leakyRelu,
  elu,
  celu,
} from "./ops/activations.ts";
export {
  add,
  subtract,
  multiply,
  divide,
  pow,
  atan2,
  hypot,
  maximum,
  minimum,
  fmod,
  remainder,
  copysign,
  logaddexp,
  xlogy,
  floorDivide,
  sub,
  mul,
  div,
  greater,
  greaterEqual,
  less,
  lessEqual,
  equal,
  notEqual,
  where,
  clip,
} from "./ops/arithmetic.ts";
export {
  sum,
  mean,
  prod,
  max,
  min,
  variance,
  std,
  logsumexp,
  norm,
  any,
  all,
  countNonzero,
  argmax,
  argmin,
  median,
} from "./ops/reductions.ts";
export type { VarianceOptions, NormOptions, ArgOptions } from "./ops/reductions.ts";
export { sort, argsort, topk } from "./ops/sorting.ts";
export type { SortOptions } from "./ops/sorting.ts";
export { cumsum, cumprod, logcumsumexp } from "./ops/cumulative.ts";
export type { ScanOptions } from "./ops/cumulative.ts";
export {
  reshape,
  flatten,
  transpose,
  permuteDims,
  swapaxes,
  moveaxis,
  broadcastTo,
  concat,
  stack,
  split,
  unstack,
  slice,
  pad,
  flip,
  roll,
  tile,
  repeat,
  squeeze,
  expandDims,
  tril,
  triu,
  diag,
  diagonal,
  meshgrid,
} from "./ops/manipulation.ts";
export type { PadOptions } from "./ops/manipulation.ts";
export { index, take, takeAlongAxis, scatterAdd, maskedFill } from "./ops/indexing.ts";
export { matmul, vecdot, dot, inner, outer, cross, kron, tensordot, trace } from "./ops/products.ts";
export {
  LinAlgError,
  solve,
  solveTriangular,
  inv,
  det,
  slogdet,
  cholesky,
  matrixPower,
  qr,
  eigvalsh,
  svdvals,
} from "./ops/linear-algebra.ts";
export type { SolveTriangularOptions } from "./ops/linear-algebra.ts";
export { einsum } from "./ops/einsum.ts";
export { softmax, logSoftmax } from "./ops/softmax.ts";
export {
  mseLoss,
  l1Loss,
  smoothL1Loss,
  huberLoss,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  klDiv,
  cosineSimilarity,
  nllLoss,
  crossEntropy,
} from "./ops/losses.ts";
export type { Reduction, LossOptions, ClassOptions, CrossEntropyOptions } from "./ops/losses.ts";
export { linear, embedding, dropout, glu, scaledDotProductAttention } from "./ops/layers.ts";
export type { AttentionOptions } from "./ops/layers.ts";
export { layerNorm, rmsNorm, groupNorm, instanceNorm, batchNorm } from "./ops/normalisation.ts";
export type { AffineOptions, BatchNormOptions } from "./ops/normalisation.ts";
export { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d } from "./ops/convolution.ts";
export type { ConvOptions, BiasedConvOptions, ConvTransposeOptions } from "./ops/convolution.ts";
export { maxPool1d, maxPool2d, avgPool1d, avgPool2d, interpolate } from "./ops/pooling.ts";
export type { PoolOptions, AvgPoolOptions, InterpolateOptions } from "./ops/pooling.ts";
