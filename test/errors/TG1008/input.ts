/** @differentiable */
export function f(x: number): number {
  let calls = 0;
  const power = (n: number): number => {
    calls++;
    return n < 1 ? 1 : x * power(n - 1);
  };
  return power(3) * calls;
}
