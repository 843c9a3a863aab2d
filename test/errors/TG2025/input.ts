/** @differentiable grad */
export function f(x: number): [number, number] {
  return [x, x * x];
}
