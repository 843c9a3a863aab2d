import { grad } from "tsgrad";

/** @differentiable */
export function f(x: number): number {
  return grad((y: number) => y * y)(x);
}
