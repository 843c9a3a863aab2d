import { grad } from "tsgrad";

function power(x: number): number;
function power(x: number, n: number): number;
function power(x: number, n = 2): number {
  return x ** n;
}

/** @differentiable */
export function f(x: number): number {
  return grad(power)(x, 2)[0];
}
