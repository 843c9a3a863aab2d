/** A loop whose runs and snapshots the test counts: one `Math.sin` for each iteration, one array as its state. */
import { type int } from "tsgrad";

/**
 * @differentiable grad pullback
 * @wrt x
 */
export function counted(x: Float64Array, steps: int): number {
  const state = x.slice();
  // @checkpoint 10
  for (let step = 0; step < steps; step++) {
    const rate = 0.1 * Math.sin(state[step % state.length]);
    for (let i = 1; i < state.length; i++) state[i] += rate * state[i - 1] * state[i];
  }
  return state[state.length - 1];
}

/**
 * @differentiable grad
 * @wrt x
 */
export function automatic(x: Float64Array, steps: int): number {
  const state = x.slice();
  // @checkpoint
  for (let step = 0; step < steps; step++) {
    const rate = 0.1 * Math.sin(state[step % state.length]);
    for (let i = 1; i < state.length; i++) state[i] += rate * state[i - 1] * state[i];
  }
  return state[state.length - 1];
}
