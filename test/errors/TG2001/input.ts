/** @differentiable */
export function f(x: number): number {
  const name: string = x;
  return x * name.length;
}
