/**
 * @differentiable
 * @vjpRule fByHand
 */
export function f(x: number): number {
  return x * x;
}

export function fByHand(x: number, v: number): number {
  return 2 * x * v;
}
