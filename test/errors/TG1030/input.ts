/** @differentiable */
export function f(x: number): number {
  return eval("x * x") as number;
}

/** @differentiable */
export function g(x: number): number {
  const square = new Function("x", "return x * x") as (x: number) => number;
  return square(x);
}

const double = new Function("x", "return x + x") as (x: number) => number;
const apply = (of: (x: number) => number, x: number): number => of(x);

/** @differentiable */
export function h(x: number): number {
  return double(x) + apply(double, x) + ((0, eval)("2") as number);
}

/** @differentiable */
export function k(x: number): number {
  const cube = new globalThis.Function("x", "return x ** 3") as (x: number) => number;
  return cube(x);
}
