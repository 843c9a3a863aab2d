import type { int } from "tsgrad";

/**
 * The logistic map after so many steps.
 * @differentiable grad
 */
export function logistic(rate: number, start: number, steps: int): number {
  let x = start;
  let step = 0;
  while (step < steps) {
    x = rate * x * (1 - x);
    step++;
  }
  return x;
}
