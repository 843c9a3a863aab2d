/** @differentiable */
export function f(x: number): number {
  function power(n: number): number {
    return n < 1 ? 1 : x * power(n - 1);
  }
  return power(3);
}
