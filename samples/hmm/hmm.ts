import type { int } from "tsgrad";

/** A hidden Markov model; probabilities are kept as their logarithms. */
export interface HiddenMarkovModel {
  /** Of the first state. */
  readonly start: readonly number[];
  /** `transition[i][j]`: from state i to state j. */
  readonly transition: readonly (readonly number[])[];
  /** `emission[i][k]`: of symbol k in state i. */
  readonly emission: readonly (readonly number[])[];
}

/** log(exp(a) + exp(b) + …), without overflow; minus infinity is the logarithm of what is impossible. */
export function logSumExp(values: readonly number[]): number {
  const most = Math.max(...values);
  if (most === -Infinity) return -Infinity;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

/**
 * The logarithm of the probability of what was seen, by the forward algorithm; `scores[t][j]` is that of what was seen
 * at time t, if the state was j. The gradient towards the scores is how likely each state was at each time.
 * @differentiable grad
 * @wrt scores
 */
export function forward(
  start: readonly number[],
  transition: readonly (readonly number[])[],
  scores: readonly (readonly number[])[],
): number {
  let alpha = start.map((value, j) => value + scores[0][j]);
  for (const score of scores.slice(1)) {
    alpha = score.map((value, j) => value + logSumExp(alpha.map((before, i) => before + transition[i][j])));
  }
  return logSumExp(alpha);
}

/**
 * The logarithm of the probability of a series of symbols. The gradient is how often each state is expected to begin,
 * each transition to happen, and each symbol to be emitted by each state.
 * @differentiable valueAndGrad
 * @wrt model
 */
export function logLikelihood(model: HiddenMarkovModel, symbols: readonly int[]): number {
  const { start, transition, emission } = model;
  return forward(
    start,
    transition,
    symbols.map((symbol) => emission.map((row) => row[symbol])),
  );
}
