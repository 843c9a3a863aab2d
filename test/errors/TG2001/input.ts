/** @differentiable */
export function f(x: number): number {
  const name: string = x;
  return x * name.length * Math.random();
}

/** @differentiable */
export function g(x: number): number {
  const y = missing(x);
  return y * 2;
}

/** @differentiable grad */
export function h(x: number): number[] {
  return [x, x];
}
