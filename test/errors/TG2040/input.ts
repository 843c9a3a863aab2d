import { vjp } from "tsgrad";

/**
 * @differentiable vjp
 * @vjpRule squareByHand
 */
export function square(x: number): number {
  return x * x;
}

export function squareByHand(x: number, v: number): [number, number] {
  return vjp(quadruple)(x / 2, v / 2);
}

function quadruple(x: number): number {
  return square(2 * x);
}
