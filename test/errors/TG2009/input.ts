import { grad, type int } from "tsgrad";

/** @differentiable */
export function isBig(x: number): boolean {
  return x > 100;
}

function whole(x: number): int {
  return Math.round(x);
}

/** @differentiable */
export function inside(x: number): number {
  return grad(whole)(x) * x;
}

/** @differentiable */
export function turns(x: number): number {
  return ~~(x / 2) + [x, 2].indexOf(x);
}
