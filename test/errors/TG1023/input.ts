import { tapGradient } from "tsgrad";

/** @differentiable */
export function f(x: number, limit: number): number {
  return tapGradient(x * x, (g) => Math.min(g, limit));
}
