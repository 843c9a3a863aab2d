const weights = [1, 2, 3].map((k) => 1 / k);

/** @differentiable */
export function f(x: number): number {
  return x * weights[0];
}
