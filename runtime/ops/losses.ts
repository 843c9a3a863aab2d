/**
 * Losses, reduced to their mean by default. All are composed of elementwise operations, `logSoftmax`, `gather` and reductions,
 * and those are what to differentiate. Labels carry no derivative; probabilities, targets and class weights do.
 */
import { DTypeError } from "../dtype.ts";
import { type Shape, ShapeError, axisOf, sameShape, showShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { relu } from "./activations.ts";
import {
  add,
  clip,
  divide,
  less,
  lessEqual,
  maximum,
  multiply,
  notEqual,
  subtract,
  where,
  xlogy,
} from "./arithmetic.ts";
import { abs, astype, exp, log, log1p, negative, sqrt, square } from "./elementwise.ts";
import { gather, take } from "./indexing.ts";
import { expandDims, reshape, squeeze } from "./manipulation.ts";
import { mean, sum } from "./reductions.ts";
import { logSoftmax } from "./softmax.ts";

export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** "mean" by default. */
  readonly reduction?: Reduction | undefined;
}

function reduced(losses: Tensor, reduction: Reduction): Tensor {
  return reduction === "none" ? losses : reduction === "sum" ? sum(losses) : mean(losses);
}

function requireSameShape(operation: string, x: Tensor, y: Tensor): void {
  if (!sameShape(x.shape, y.shape))
    throw new ShapeError(
      `${operation}: shapes ${showShape(x.shape)} and ${showShape(y.shape)} differ; losses do not broadcast`,
    );
}

/** (x - y)². */
export function mseLoss(x: Tensor, y: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireSameShape("mseLoss", x, y);
  return reduced(square(subtract(x, y)), reduction);
}

/** |x - y|. */
export function l1Loss(x: Tensor, y: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireSameShape("l1Loss", x, y);
  return reduced(abs(subtract(x, y)), reduction);
}

/** (x - y)² / (2 beta) within beta, |x - y| - beta / 2 beyond. */
export function smoothL1Loss(
  x: Tensor,
  y: Tensor,
  { reduction = "mean", beta = 1 }: LossOptions & { readonly beta?: number | undefined } = {},
): Tensor {
  requireSameShape("smoothL1Loss", x, y);
  if (!(beta >= 0)) throw new RangeError(`smoothL1Loss: beta ${beta} is negative`);
  if (beta === 0) return l1Loss(x, y, { reduction });
  const distance = abs(subtract(x, y));
  const near = multiply(square(distance), 0.5 / beta);
  return reduced(where(less(distance, beta), near, subtract(distance, 0.5 * beta)), reduction);
}

/** (x - y)² / 2 within delta, delta (|x - y| - delta / 2) beyond. */
export function huberLoss(
  x: Tensor,
  y: Tensor,
  { reduction = "mean", delta = 1 }: LossOptions & { readonly delta?: number | undefined } = {},
): Tensor {
  requireSameShape("huberLoss", x, y);
  if (!(delta > 0)) throw new RangeError(`huberLoss: delta ${delta} is not positive`);
  const distance = abs(subtract(x, y));
  const far = multiply(subtract(distance, 0.5 * delta), delta);
  return reduced(where(lessEqual(distance, delta), multiply(square(distance), 0.5), far), reduction);
}

/**
 * -(y log p + (1 - y) log(1 - p)) of probabilities p and targets y from 0 to 1; a logarithm counts as no less than -100.
 * @throws RangeError if a p is not from 0 to 1
 */
export function binaryCrossEntropy(p: Tensor, y: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireSameShape("binaryCrossEntropy", p, y);
  for (const value of p.data)
    if (!(value >= 0 && value <= 1))
      throw new RangeError(
        `binaryCrossEntropy: ${value} is no probability; for logits there is binaryCrossEntropyWithLogits`,
      );
  const positive = multiply(y, maximum(log(p), -100));
  const negatives = multiply(subtract(1, y), maximum(log1p(negative(p)), -100));
  return reduced(negative(add(positive, negatives)), reduction);
}

/** Binary cross-entropy of sigmoid(x), without overflow: max(x, 0) - x y + log(1 + exp(-|x|)). */
export function binaryCrossEntropyWithLogits(x: Tensor, y: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireSameShape("binaryCrossEntropyWithLogits", x, y);
  const linear = subtract(relu(x), multiply(x, y));
  return reduced(add(linear, log1p(exp(negative(abs(x))))), reduction);
}

/**
 * target (log target - logInput), with 0 log 0 = 0: the target is a probability, the input a logarithm. "batchmean" divides the
 * sum by the length of the first axis.
 */
export function klDiv(
  logInput: Tensor,
  target: Tensor,
  { reduction = "mean" }: { readonly reduction?: Reduction | "batchmean" | undefined } = {},
): Tensor {
  requireSameShape("klDiv", logInput, target);
  const losses = subtract(xlogy(target, target), multiply(target, logInput));
  return reduction === "batchmean" ? divide(sum(losses), logInput.shape[0] ?? 1) : reduced(losses, reduction);
}

/** The cosine of the angle between vectors along an axis (the last by default); lengths count as no less than `eps`. */
export function cosineSimilarity(
  x: Tensor,
  y: Tensor,
  { axis = -1, eps = 1e-8 }: { readonly axis?: number | undefined; readonly eps?: number | undefined } = {},
): Tensor {
  requireSameShape("cosineSimilarity", x, y);
  const along = axisOf("cosineSimilarity", axis, x.shape);
  const length = (z: Tensor): Tensor => clip(sqrt(sum(square(z), { axis: along })), { min: eps });
  return divide(sum(multiply(x, y), { axis: along }), multiply(length(x), length(y)));
}

export interface ClassOptions extends LossOptions {
  /** `[classes]`: how much each class counts. A mean divides by the weights of the labels. */
  readonly weight?: Tensor | undefined;
  /** A label that does not count: -100 by default. */
  readonly ignoreIndex?: number | undefined;
}

/**
 * -logInput at the labels: logInput is `[classes]` with a label of shape `[]`, or `[n, classes, …]` with int32 labels `[n, …]`.
 * @throws RangeError if a label is neither a class nor `ignoreIndex`
 */
export function nllLoss(logInput: Tensor, labels: Tensor, options: ClassOptions = {}): Tensor {
  return reducedByLabels(pickedLosses("nllLoss", logInput, labels, options), options.reduction);
}

export interface CrossEntropyOptions extends ClassOptions {
  /** How much of each label is spread over all classes, from 0 to 1; 0 by default (Szegedy and others 2016). */
  readonly labelSmoothing?: number | undefined;
}

/**
 * The cross-entropy of softmax(logits) and labels: logits are `[classes]` with a label of shape `[]`, or `[n, classes, …]` with
 * int32 labels `[n, …]`; or with probabilities of the logits' shape, where a mean divides by the number of samples.
 * @throws RangeError if a label is neither a class nor `ignoreIndex`
 */
export function crossEntropy(logits: Tensor, labels: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { labelSmoothing = 0, reduction = "mean", weight } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new RangeError(`crossEntropy: labelSmoothing ${labelSmoothing} is not from 0 to 1`);
  const axis = classAxis("crossEntropy", logits);
  const classes = logits.shape[axis]!;
  const logs = logSoftmax(logits, { axis });
  const weights = weight && alongClasses("crossEntropy", weight, logits.shape, axis);
  if (labels.dtype !== "int32") {
    const smoothed = add(multiply(probabilitiesOf(logits, labels), 1 - labelSmoothing), labelSmoothing / classes);
    const losses = negative(sum(weighted(multiply(smoothed, logs), weights), { axis }));
    return reduced(losses, reduction);
  }
  const picked = pickedLosses("crossEntropy", logs, labels, options);
  if (labelSmoothing === 0) return reducedByLabels(picked, reduction);
  const spread = where(picked.counts, negative(sum(weighted(logs, weights), { axis })), 0);
  const losses = add(multiply(picked.losses, 1 - labelSmoothing), multiply(spread, labelSmoothing / classes));
  return reducedByLabels({ ...picked, losses }, reduction);
}

const weighted = (x: Tensor, weights: Tensor | undefined): Tensor => (weights === undefined ? x : multiply(x, weights));

function classAxis(operation: string, x: Tensor): number {
  if (x.ndim === 0) throw new ShapeError(`${operation}: shape [] has no axis of classes`);
  return x.ndim === 1 ? 0 : 1;
}

function alongClasses(operation: string, weight: Tensor, shape: Shape, axis: number): Tensor {
  if (weight.ndim !== 1 || weight.size !== shape[axis])
    throw new ShapeError(
      `${operation}: weight of shape ${showShape(weight.shape)} is not [${shape[axis]!}], one number for each class`,
    );
  return reshape(
    weight,
    shape.map((length, k) => (k === axis ? length : 1)),
  );
}

function probabilitiesOf(logits: Tensor, labels: Tensor): Tensor {
  if (sameShape(logits.shape, labels.shape)) return labels;
  throw new DTypeError(
    `crossEntropy: labels of shape ${showShape(labels.shape)} and type ${labels.dtype} are neither int32 classes nor ` +
      `probabilities of shape ${showShape(logits.shape)}`,
  );
}

/** What each label costs, how much it counts, and whether it does. */
interface Picked {
  readonly losses: Tensor;
  readonly counts: Tensor;
  readonly weights: Tensor | undefined;
}

function pickedLosses(operation: string, logs: Tensor, labels: Tensor, options: ClassOptions): Picked {
  const { weight, ignoreIndex = -100 } = options;
  const axis = classAxis(operation, logs);
  const classes = logs.shape[axis]!;
  if (labels.dtype !== "int32") throw new DTypeError(`${operation}: labels must be int32, but are ${labels.dtype}`);
  const expected = logs.shape.filter((_, k) => k !== axis);
  if (!sameShape(labels.shape, expected))
    throw new ShapeError(
      `${operation}: labels of shape ${showShape(labels.shape)} do not fit shape ${showShape(logs.shape)}: they must be ${showShape(expected)}`,
    );
  for (const label of labels.data)
    if (label !== ignoreIndex && (label < 0 || label >= classes))
      throw new RangeError(`${operation}: label ${label} is out of range for ${classes} classes`);
  const counts = notEqual(labels, ignoreIndex);
  const places = where(counts, labels, 0);
  const atLabels = squeeze(gather(logs, expandDims(places, { axis }), { axis }), { axis });
  if (weight === undefined) return { losses: where(counts, negative(atLabels), 0), counts, weights: undefined };
  alongClasses(operation, weight, logs.shape, axis);
  const weights = where(counts, take(weight, places, { axis: 0 }), 0);
  return { losses: where(counts, negative(multiply(weights, atLabels)), 0), counts, weights };
}

function reducedByLabels({ losses, counts, weights }: Picked, reduction: Reduction = "mean"): Tensor {
  if (reduction !== "mean") return reduced(losses, reduction);
  return divide(sum(losses), weights === undefined ? sum(astype(counts, losses.dtype)) : sum(weights));
}
