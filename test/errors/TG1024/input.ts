/** @differentiable */
export function f(x: number, i: number): number {
  const powers: [number, number] = [x, x * x];
  return powers[i] ?? 1;
}
