/** @differentiable */
export function f(x: number): number {
  return eval("x * x") as number;
}

/** @differentiable */
export function g(x: number): number {
  const square = new Function("x", "return x * x") as (x: number) => number;
  return square(x);
}
