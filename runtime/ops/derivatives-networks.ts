/** What derivatives of networks and losses are made of. */
import { allocate } from "../dtype.ts";
import { Tensor } from "../tensor.ts";
import { add, where } from "./arithmetic.ts";
import { full, ones } from "./creation.ts";
import { reshape, tril } from "./manipulation.ts";
import { sum } from "./reductions.ts";
import { softmax } from "./softmax.ts";

/** Channels (axis 1) as two axes: groups, and channels of each. */
export function inGroups(x: Tensor, groups: number): Tensor {
  return reshape(x, [x.shape[0]!, groups, x.shape[1]! / groups, ...x.shape.slice(2)]);
}

/** The scores of attention: -Infinity where a key is not seen; a mask of numbers is added. */
export function seenScores(scores: Tensor, mask?: Tensor, causal = false): Tensor {
  let seen = scores;
  if (mask !== undefined) seen = mask.dtype === "bool" ? where(mask, seen, -Infinity) : add(seen, mask);
  return causal ? where(tril(ones(scores.shape.slice(-2), "bool")), seen, -Infinity) : seen;
}

interface TargetOptions {
  readonly labelSmoothing?: number | undefined;
  readonly ignoreIndex?: number | undefined;
}

const classAxis = (logits: Tensor): number => (logits.ndim === 1 ? 0 : 1);

/**
 * How much each class counts in each cross-entropy, with the shape of the logits: of labels 1 at the label (0 where it is
 * ignored), of probabilities these themselves; then smoothed.
 */
export function classTargets(
  labels: Tensor,
  logits: Tensor,
  { labelSmoothing = 0, ignoreIndex = -100 }: TargetOptions = {},
): Tensor {
  const classes = logits.shape[classAxis(logits)]!;
  const [own, spread] = [1 - labelSmoothing, labelSmoothing / classes];
  const data = allocate(logits.dtype, logits.size);
  if (labels.dtype === "int32") {
    const inner = sizeBehindClasses(logits);
    for (let i = 0; i < labels.size; i++) {
      const label = labels.data[i]!;
      if (label === ignoreIndex) continue;
      const first = Math.floor(i / inner) * classes * inner + (i % inner);
      if (spread !== 0) for (let k = 0; k < classes; k++) data[first + k * inner] = spread;
      data[first + label * inner]! += own;
    }
  } else for (let i = 0; i < data.length; i++) data[i] = labels.data[i]! * own + spread;
  return new Tensor(data, logits.shape);
}

const sizeBehindClasses = (logits: Tensor): number =>
  logits.shape.slice(classAxis(logits) + 1).reduce((a, b) => a * b, 1);

/** The partial derivatives of each cross-entropy towards its logits: softmax · Σ t - t for the weighted targets t. */
export function crossEntropySlope(
  logits: Tensor,
  labels: Tensor,
  options: TargetOptions & { readonly weight?: Tensor | undefined } = {},
): Tensor {
  const axis = classAxis(logits);
  const classes = logits.shape[axis]!;
  const inner = sizeBehindClasses(logits);
  const { data, shape } = softmax(logits, { axis });
  const { weight } = options;
  const targets = classTargets(labels, logits, options).data;
  for (let first = 0; first < data.length; first += (first + 1) % inner === 0 ? 1 + (classes - 1) * inner : 1) {
    let total = 0;
    for (let k = 0; k < classes; k++) {
      const at = first + k * inner;
      if (weight !== undefined) targets[at]! *= weight.data[k]!;
      total += targets[at]!;
    }
    for (let k = 0; k < classes; k++) {
      const at = first + k * inner;
      data[at] = data[at]! * total - targets[at]!;
    }
  }
  return new Tensor(data, shape);
}

/** How often each class is a label that counts, `[classes]`; zeros for probabilities. */
export function labelCounts(
  labels: Tensor,
  logits: Tensor,
  { ignoreIndex = -100 }: { readonly ignoreIndex?: number | undefined } = {},
): Tensor {
  const data = allocate(logits.dtype, logits.shape[classAxis(logits)]!);
  if (labels.dtype === "int32") for (const label of labels.data) if (label !== ignoreIndex) data[label]!++;
  return new Tensor(data, [data.length]);
}

/** What a mean of cross-entropies divides by: the labels' weights, or the number of samples for probabilities. */
export function meanWeight(
  labels: Tensor,
  logits: Tensor,
  options: { readonly weight?: Tensor | undefined; readonly ignoreIndex?: number | undefined } = {},
): Tensor {
  const { weight } = options;
  if (labels.dtype !== "int32") return full([], logits.size / logits.shape[classAxis(logits)]!, logits.dtype);
  const counts = labelCounts(labels, logits, options);
  if (weight === undefined) return sum(counts);
  let total = 0;
  for (let k = 0; k < counts.size; k++) if (counts.data[k] !== 0) total += counts.data[k]! * weight.data[k]!;
  return full([], total, logits.dtype);
}
