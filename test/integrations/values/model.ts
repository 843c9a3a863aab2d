import { weight } from "./weights.ts";

/** How far apart the masses are at rest. */
const rest = 0.7;

/**
 * Energy of a chain of springs.
 * @differentiable grad
 * @wrt stiffness
 */
export function energy(at: Float64Array, stiffness: number): number {
  let sum = 0;
  for (let i = 1; i < at.length; i++) sum += stiffness * (at[i]! - at[i - 1]! - rest) ** 2;
  return sum + weight(at[0]!);
}

/** Not exported: only this file's own value forms lead to it. */
function cube(x: number): number {
  return x ** 3 + weight(x);
}

export { cube as power };
