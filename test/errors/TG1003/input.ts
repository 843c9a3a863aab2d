/** @differentiable */
export function f(x: number, options: any): number {
  return x * options;
}
