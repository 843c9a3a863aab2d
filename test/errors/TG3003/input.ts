import { grad } from "tsgrad";

/** @differentiable grad */
export function f(x: number): number {
  return x > 1 ? grad(f)(x - 1) : x * x;
}
