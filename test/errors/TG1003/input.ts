/** @differentiable */
export function f(x: number, options: any): number {
  return x * options;
}

/** @differentiable */
export function g(x: any): any {
  const y = x as number;
  return y * y;
}
