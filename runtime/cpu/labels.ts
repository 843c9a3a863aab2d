/** Losses of int32 labels: what each sample costs, and what it asks of each class. */
import { type FloatData, type TensorData, allocate, asFloat, floatOf } from "../dtype.ts";
import { type Dense, sizeOf } from "../shape.ts";

export interface LabelOptions {
  /** How much each class counts; 1 where it is absent. */
  readonly weight: TensorData | undefined;
  readonly ignoreIndex: number;
  /** How much of each label is spread over all classes. */
  readonly smoothing: number;
}

export interface LabelLosses {
  /** For each label -Σ target · logarithm over the classes; 0 where it is ignored. */
  readonly losses: FloatData;
  /** The weights of the labels that count, added up: what a mean divides by. */
  readonly total: number;
}

/** Logarithms of probabilities are `outer` × classes × `inner`, labels `outer` × `inner`. */
export function labelLosses(logs: Dense, axis: number, labels: TensorData, options: LabelOptions): LabelLosses {
  const { weight, ignoreIndex, smoothing } = options;
  const classes = logs.shape[axis]!;
  const inner = sizeOf(logs.shape.slice(axis + 1));
  const data = asFloat(logs.data);
  const losses = allocate(floatOf(logs.dtype), labels.length);
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) continue;
    const from = Math.floor(i / inner) * classes * inner + (i % inner);
    const own = weight === undefined ? 1 : weight[label]!;
    total += own;
    let loss = -own * data[from + label * inner]!;
    if (smoothing > 0)
      loss = (1 - smoothing) * loss + (smoothing / classes) * spread(data, from, inner, classes, weight);
    losses[i] = loss;
  }
  return { losses, total };
}

function spread(logs: FloatData, from: number, step: number, classes: number, weight: TensorData | undefined): number {
  let sum = 0;
  for (let c = 0; c < classes; c++) sum -= (weight === undefined ? 1 : weight[c]!) * logs[from + c * step]!;
  return sum;
}

/** The targets that `labelLosses` multiplies with the logarithms, divided by the total where the losses' mean is wanted. */
export function labelTargets(
  logs: Dense,
  axis: number,
  labels: TensorData,
  { weight, ignoreIndex, smoothing }: LabelOptions,
  isMean: boolean,
): Dense {
  const classes = logs.shape[axis]!;
  const inner = sizeOf(logs.shape.slice(axis + 1));
  const dtype = floatOf(logs.dtype);
  const data = allocate(dtype, logs.data.length);
  let divisor = isMean ? 0 : 1;
  if (isMean)
    for (const label of labels) if (label !== ignoreIndex) divisor += weight === undefined ? 1 : weight[label]!;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) continue;
    const from = Math.floor(i / inner) * classes * inner + (i % inner);
    for (let c = 0; c < classes; c++) {
      const share = smoothing / classes + (c === label ? 1 - smoothing : 0);
      if (share !== 0) data[from + c * inner] = (share * (weight === undefined ? 1 : weight[c]!)) / divisor;
    }
  }
  return { data, shape: logs.shape, dtype };
}
