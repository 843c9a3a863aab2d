const { random } = Math;

/** @differentiable */
export function f(x: number): number {
  return x + Math.random() * random();
}

/** @differentiable */
export function g(x: number): number {
  const start = Date.now();
  return x * (new Date().getTime() - start);
}
