/** @differentiable */
export function f([a, b]: [number, number]): number {
  return a * b;
}
