/** @differentiable */
export function f(x: number, flag: boolean): number {
  return x == (flag as unknown as number) ? x : x * x;
}
