// @differentiable
export function f(x: number): number {
  return x * x;
}

/** @differentiable */
export const scale = 2;
