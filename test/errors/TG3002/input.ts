import { vjp, type int } from "tsgrad";

function scale(x: number, n: int): number {
  return x * n;
}

/** @differentiable jvp */
export function f(x: number): number {
  const [value] = vjp(scale, { wrt: 1 })(x, 3, 1);
  return value;
}

/** @differentiable jvp */
export function g(x: number): number {
  const [value] = vjp(scale, { wrt: 2 })(x, 3, 1);
  return value;
}
