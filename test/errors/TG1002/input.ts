/** @differentiable */
export function f(x: number, names: Map<string, number>): number {
  return x * names.size;
}
