import { grad } from "tsgrad";

/** @differentiable */
export function f(x: number): number {
  return grad(Math.sin)(x);
}
