/** @differentiable */
export function f(x: number): number {
  // @checkpoint many
  for (let i = 0; i < 100; i++) x = Math.sin(x);
  return x;
}
