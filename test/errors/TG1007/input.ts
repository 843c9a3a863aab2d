export const trace = new Float64Array(8);

/** @differentiable */
export function f(x: number): number {
  trace[0] = x;
  return x * x;
}
