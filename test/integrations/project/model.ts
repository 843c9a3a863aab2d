/** How stiff the springs are. */
export const stiffness = { near: 2, far: 0.5 } as const;

export class Springs {
  readonly rest: number;

  constructor(rest: number) {
    this.rest = rest;
  }
}

/**
 * Energy of a chain of springs.
 * @differentiable grad valueAndGrad
 * @wrt at
 */
export function energy(at: Float64Array, springs: Springs): number {
  let sum = 0;
  for (let i = 1; i < at.length; i++) sum += stiffness.near * (at[i]! - at[i - 1]! - springs.rest) ** 2;
  return sum + stiffness.far * at[0]! ** 2;
}
