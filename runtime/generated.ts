/**
 * What generated code imports. Code of numbers and typed arrays imports nothing, but for pullbacks in which references move,
 * Jacobians that come as tensors, instances whose constructors do more than keep their parameters, and what is written into arrays or
 * objects that stand in others. Code of tensors imports the operations, and some that only derivatives need.
 */
export { copyTogether } from "./copies.ts";
export { instanceOf } from "./instances.ts";
export { namesOf } from "./names.ts";
export { shareMemory } from "./shared.ts";
export { Tensor } from "./tensor.ts";
export * from "./operations.ts";
export { argmedian } from "./ops/reductions.ts";
export { linearScan } from "./ops/cumulative.ts";
export { gather } from "./ops/indexing.ts";
export { matmulNT, matmulTN } from "./ops/products.ts";
export { cofactor, cofactorAlong, eigh, svd } from "./ops/linear-algebra.ts";
export { labelTargets } from "./ops/losses.ts";
export { conv, convInput, convWeight, transposedShape } from "./ops/convolution.ts";
export {
  maxPool1dIndices,
  maxPool2dIndices,
  avgPool1dAdjoint,
  avgPool2dAdjoint,
  interpolateAdjoint,
} from "./ops/pooling.ts";
export {
  sumTo,
  unslice,
  untake,
  padAdjoint,
  tileAdjoint,
  repeatAdjoint,
  placeDiagonal,
  shift,
  polygamma,
} from "./ops/adjoints.ts";
export {
  checkShape,
  elementAt,
  fillLike,
  matmulLeft,
  matmulNTLeft,
  matmulNTRight,
  matmulRight,
  matmulTNLeft,
  matmulTNRight,
  mulOrZero,
  outline,
  outlines,
  placeAt,
  seedOf,
  sincDerivative,
  spreadTo,
  tensorOfShapes,
  tensorOver,
  wholeLike,
  zero,
} from "./ops/derivatives.ts";
export {
  alongAxes,
  axesBack,
  axesBut,
  axesFrom,
  axesLast,
  half,
  inverseAxes,
  mesh,
  partOf,
  placeHalf,
  placePart,
  placePlaces,
  takePlaces,
  undiag,
  unindex,
  unmesh,
  untakeAlong,
  untrace,
} from "./ops/derivatives-shapes.ts";
export {
  einsumTowards,
  innerLeft,
  innerRight,
  kronLeft,
  kronRight,
  linearWeight,
  tensordotLeft,
  tensordotRight,
} from "./ops/derivatives-products.ts";
export {
  besideZeros,
  blockUpper,
  columnsOf,
  diagonalBlocks,
  eyeLike,
  firstColumns,
  halfTril,
  topRight,
  triangleOf,
} from "./ops/derivatives-matrices.ts";
export {
  classTargets,
  crossEntropySlope,
  inGroups,
  labelCounts,
  meanWeight,
  seenScores,
} from "./ops/derivatives-networks.ts";
export {
  areAlike,
  arrayLike,
  isDouble,
  recycle,
  reducedOver,
  roundingOf,
  scalarLike,
  stepsOf,
  sumsLike,
  totalsAlong,
} from "./ops/loops.ts";
export { keepSpare } from "./spare-arrays.ts";
/** What elementwise operations do with one number, for fused loops. */
export * as scalar from "./cpu/scalar.ts";
