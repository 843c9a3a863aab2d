/**
 * @differentiable
 * @vjpRule fByHand
 */
export function f(x: number): number {
  return x * x;
}

function fByHand(x: number, v: number): [number, number] {
  return [x * x, 2 * x * v];
}
