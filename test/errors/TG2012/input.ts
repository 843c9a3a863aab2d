/**
 * @differentiable
 * @vjpRule fByHand
 */
export function f(x: number): number {
  return x * x;
}
