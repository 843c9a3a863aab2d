/**
 * Losses, reduced to their mean by default. All are composed of elementwise operations, `logSoftmax` and reductions, and those
 * are what to differentiate. Losses of int32 labels are -Σ a · logSoftmax(logits), or -Σ a · logInput for `nllLoss`, with the
 * constant a = labelTargets(logits, labels, options) (of `tsgrad/runtime`); so the VJP of `crossEntropy` is
 * v (softmax(logits) · Σ a over the classes - a), and that of `nllLoss` -v a. Where class weights carry a derivative, a is
 * to be written by `oneHot`.
 */
import { type LabelOptions, labelLosses, labelTargets as targets } from "../cpu/labels.ts";
import { probability } from "../cpu/scalar.ts";
import { DTypeError, requireTensor } from "../dtype.ts";
import { type Shape, ShapeError, axisOf, sameShape, showShape } from "../shape.ts";
import { Tensor, fromDense } from "../tensor.ts";
import { relu } from "./activations.ts";
import { add, clip, divide, less, lessEqual, maximum, multiply, subtract, where, xlogy } from "./arithmetic.ts";
import { abs, exp, log, log1p, negative, sqrt, square } from "./elementwise.ts";
import { reshape } from "./manipulation.ts";
import { mean, sum } from "./reductions.ts";
import { logSoftmax } from "./softmax.ts";

export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** "mean" by default. */
  readonly reduction?: Reduction | undefined;
}

function reduced(operation: string, losses: Tensor, reduction: Reduction): Tensor {
  switch (reduction) {
    case "none":
      return losses;
    case "sum":
      return sum(losses);
    case "mean":
      return mean(losses);
    default:
      // Types rule it out, JavaScript does not.
      throw new RangeError(`${operation}: reduction "${String(reduction)}" is none of "mean", "sum" and "none"`);
  }
}

function requireSameShape(operation: string, x: Tensor, y: Tensor, why = "losses do not broadcast"): void {
  if (!sameShape(x.shape, y.shape))
    throw new ShapeError(`${operation}: shapes ${showShape(x.shape)} and ${showShape(y.shape)} differ; ${why}`);
}

/** (x - y)². */
export function mseLoss(x: Tensor, y: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireTensor("mseLoss", x);
  requireTensor("mseLoss", y);
  requireSameShape("mseLoss", x, y);
  return reduced("mseLoss", square(subtract(x, y)), reduction);
}

/** |x - y|. */
export function l1Loss(x: Tensor, y: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireTensor("l1Loss", x);
  requireTensor("l1Loss", y);
  requireSameShape("l1Loss", x, y);
  return reduced("l1Loss", abs(subtract(x, y)), reduction);
}

/** (x - y)² / (2 beta) within beta, |x - y| - beta / 2 beyond. */
export function smoothL1Loss(
  x: Tensor,
  y: Tensor,
  { reduction = "mean", beta = 1 }: LossOptions & { readonly beta?: number | undefined } = {},
): Tensor {
  requireTensor("smoothL1Loss", x);
  requireTensor("smoothL1Loss", y);
  requireSameShape("smoothL1Loss", x, y);
  if (!(beta >= 0)) throw new RangeError(`smoothL1Loss: beta ${beta} is negative`);
  if (beta === 0) return l1Loss(x, y, { reduction });
  const distance = abs(subtract(x, y));
  const near = multiply(square(distance), 0.5 / beta);
  return reduced("smoothL1Loss", where(less(distance, beta), near, subtract(distance, 0.5 * beta)), reduction);
}

/** (x - y)² / 2 within delta, delta (|x - y| - delta / 2) beyond. */
export function huberLoss(
  x: Tensor,
  y: Tensor,
  { reduction = "mean", delta = 1 }: LossOptions & { readonly delta?: number | undefined } = {},
): Tensor {
  requireTensor("huberLoss", x);
  requireTensor("huberLoss", y);
  requireSameShape("huberLoss", x, y);
  if (!(delta > 0)) throw new RangeError(`huberLoss: delta ${delta} is not positive`);
  const distance = abs(subtract(x, y));
  const far = multiply(subtract(distance, 0.5 * delta), delta);
  return reduced("huberLoss", where(lessEqual(distance, delta), multiply(square(distance), 0.5), far), reduction);
}

/**
 * -(y log p + (1 - y) log(1 - p)) of probabilities p and targets y from 0 to 1; a logarithm counts as no less than -100.
 * @throws RangeError if a p is not from 0 to 1
 */
export function binaryCrossEntropy(p: Tensor, y: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireTensor("binaryCrossEntropy", p);
  requireTensor("binaryCrossEntropy", y);
  requireSameShape("binaryCrossEntropy", p, y);
  for (const value of p.data) probability(value);
  const positive = multiply(y, maximum(log(p), -100));
  const negatives = multiply(subtract(1, y), maximum(log1p(negative(p)), -100));
  return reduced("binaryCrossEntropy", negative(add(positive, negatives)), reduction);
}

/** Binary cross-entropy of sigmoid(x), without overflow: max(x, 0) - x y + log(1 + exp(-|x|)). */
export function binaryCrossEntropyWithLogits(x: Tensor, y: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireTensor("binaryCrossEntropyWithLogits", x);
  requireTensor("binaryCrossEntropyWithLogits", y);
  requireSameShape("binaryCrossEntropyWithLogits", x, y);
  const linear = subtract(relu(x), multiply(x, y));
  return reduced("binaryCrossEntropyWithLogits", add(linear, log1p(exp(negative(abs(x))))), reduction);
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
  requireTensor("klDiv", logInput);
  requireTensor("klDiv", target);
  requireSameShape("klDiv", logInput, target);
  const losses = subtract(xlogy(target, target), multiply(target, logInput));
  return reduction === "batchmean" ? divide(sum(losses), logInput.shape[0] ?? 1) : reduced("klDiv", losses, reduction);
}

/** The cosine of the angle between vectors along an axis (the last by default); lengths count as no less than `eps`. */
export function cosineSimilarity(
  x: Tensor,
  y: Tensor,
  { axis = -1, eps = 1e-8 }: { readonly axis?: number | undefined; readonly eps?: number | undefined } = {},
): Tensor {
  requireTensor("cosineSimilarity", x);
  requireTensor("cosineSimilarity", y);
  requireSameShape("cosineSimilarity", x, y, "it does not broadcast");
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
  requireTensor("nllLoss", logInput);
  requireTensor("nllLoss", labels);
  return labelLoss("nllLoss", logInput, labels, options);
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
  requireTensor("crossEntropy", logits);
  requireTensor("crossEntropy", labels);
  const { labelSmoothing = 0, reduction = "mean", weight } = options;
  const axis = classAxis("crossEntropy", logits);
  const logs = logSoftmax(logits, { axis });
  if (labels.dtype === "int32") return labelLoss("crossEntropy", logs, labels, options);
  checkSmoothing("crossEntropy", labelSmoothing);
  const share = labelSmoothing / logits.shape[axis]!;
  const smoothed = add(multiply(probabilitiesOf(logits, labels), 1 - labelSmoothing), share);
  const weights = weight && alongClasses("crossEntropy", weight, logits.shape, axis);
  const losses = negative(sum(weighted(multiply(smoothed, logs), weights), { axis }));
  return reduced("crossEntropy", losses, reduction);
}

/**
 * What int32 labels ask of each class, in the shape of the logits: the loss is -Σ target · logarithm, over all of them where it
 * is reduced to its mean or sum, else over the classes. The divisor of a mean is in the targets.
 */
export function labelTargets(logits: Tensor, labels: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const axis = classAxis("labelTargets", logits);
  const checked = labelOptions("labelTargets", logits, labels, options);
  const isMean = (options.reduction ?? "mean") === "mean";
  return fromDense(targets(logits, axis, labels.data, checked, isMean));
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
  if (logits.ndim === labels.ndim) throw unfitting("crossEntropy", labels.shape, logits.shape, logits.shape);
  throw new DTypeError(
    `crossEntropy: labels of shape ${showShape(labels.shape)} and type ${labels.dtype} are neither int32 classes nor ` +
      `probabilities of shape ${showShape(logits.shape)}`,
  );
}

function unfitting(operation: string, labels: Shape, shape: Shape, expected: Shape): ShapeError {
  const shapes = `labels of shape ${showShape(labels)} do not fit shape ${showShape(shape)}`;
  return new ShapeError(`${operation}: ${shapes}: they must be ${showShape(expected)}`);
}

function checkSmoothing(operation: string, smoothing: number): void {
  if (!(smoothing >= 0 && smoothing <= 1))
    throw new RangeError(`${operation}: labelSmoothing ${smoothing} is not from 0 to 1`);
}

/** The options, after labels and weights have been looked at. */
function labelOptions(operation: string, logs: Tensor, labels: Tensor, options: CrossEntropyOptions): LabelOptions {
  const { weight, ignoreIndex = -100, labelSmoothing: smoothing = 0 } = options;
  checkSmoothing(operation, smoothing);
  const axis = classAxis(operation, logs);
  const classes = logs.shape[axis]!;
  if (labels.dtype !== "int32") throw new DTypeError(`${operation}: labels must be int32, but are ${labels.dtype}`);
  const expected = logs.shape.filter((_, k) => k !== axis);
  if (!sameShape(labels.shape, expected)) throw unfitting(operation, labels.shape, logs.shape, expected);
  for (const label of labels.data)
    if (label !== ignoreIndex && (label < 0 || label >= classes))
      throw new RangeError(`${operation}: label ${label} is out of range for ${classes} classes`);
  if (weight !== undefined) alongClasses(operation, weight, logs.shape, axis);
  return { weight: weight?.data, ignoreIndex, smoothing };
}

function labelLoss(operation: string, logs: Tensor, labels: Tensor, options: CrossEntropyOptions): Tensor {
  const checked = labelOptions(operation, logs, labels, options);
  const { losses, total } = labelLosses(logs, classAxis(operation, logs), labels.data, checked);
  const each = new Tensor(losses, labels.shape);
  return options.reduction === "mean" || options.reduction === undefined
    ? divide(sum(each), total)
    : reduced(operation, each, options.reduction);
}
