import type { int } from "tsgrad";

/** log(exp(a) + exp(b)), also where one of them is minus infinity: the logarithm of what is impossible. */
function logAdd(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

export function logSoftmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const logSum = most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
  return logits.map((logit) => logit - logSum);
}

/** `[a, b]` becomes `[blank, a, blank, b, blank]`. */
function withBlanks(label: readonly int[], blank: int): int[] {
  const extended: int[] = [blank];
  for (const symbol of label) extended.push(symbol, blank);
  return extended;
}

/**
 * Connectionist temporal classification (Graves et al. 2006): minus the logarithm of the probability that the frames,
 * each with a distribution over the symbols, spell `label` once repetitions are merged and blanks are dropped.
 * @differentiable grad
 * @wrt logits
 */
export function ctcLoss(logits: readonly (readonly number[])[], label: readonly int[], blank: int = 0): number {
  const symbols = withBlanks(label, blank);
  let alpha = symbols.map((_, s) => (s === 0 ? 0 : -Infinity));
  for (const frame of logits) {
    const y = logSoftmax(frame);
    alpha = symbols.map((symbol, s) => {
      let sum = alpha[s];
      if (s >= 1) sum = logAdd(sum, alpha[s - 1]);
      // A blank may be left out, but not between two that are the same.
      if (s >= 2 && symbol !== blank && symbol !== symbols[s - 2]) sum = logAdd(sum, alpha[s - 2]);
      return sum + y[symbol];
    });
  }
  const last = symbols.length - 1;
  return -(last > 0 ? logAdd(alpha[last], alpha[last - 1]) : alpha[last]);
}

/** Scores each symbol by a linear function of what is measured in a frame. */
export interface Recogniser {
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

export interface Utterance {
  readonly frames: readonly (readonly number[])[];
  readonly label: readonly int[];
}

export function score({ weights, biases }: Recogniser, frame: readonly number[]): number[] {
  return weights.map((row, k) => row.reduce((sum, weight, j) => sum + weight * frame[j], biases[k]));
}

/**
 * The mean loss over utterances of which nobody knows what is said when, and a little for large weights.
 * @differentiable valueAndGrad
 * @wrt recogniser
 */
export function trainingLoss(recogniser: Recogniser, utterances: readonly Utterance[], decay: number): number {
  let loss = 0;
  for (const { frames, label } of utterances) {
    const logits = frames.map((frame) => score(recogniser, frame));
    loss += ctcLoss(logits, label);
  }
  let squares = 0;
  for (const row of recogniser.weights) for (const weight of row) squares += weight ** 2;
  return loss / utterances.length + decay * squares;
}
