import { energyGrad } from "./model.grad.ts";
import { Springs } from "./model.ts";

/**
 * The square of the force on the chain.
 * @differentiable grad
 */
export function force(at: Float64Array): number {
  const forces = energyGrad(at, new Springs(0.7));
  let sum = 0;
  for (const each of forces) sum += each * each;
  return sum;
}
