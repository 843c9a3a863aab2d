/**
 * @differentiable
 * @vjpRule first
 * @vjpRule second
 */
export function f(x: number): number {
  return x * x;
}

export function first(x: number, v: number): [number, number] {
  return [x * x, 2 * x * v];
}

export const second = first;
