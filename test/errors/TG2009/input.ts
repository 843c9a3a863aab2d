/** @differentiable */
export function isBig(x: number): boolean {
  return x > 100;
}
