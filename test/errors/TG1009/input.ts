function square(x: number): number {
  return x * x;
}

/** @differentiable */
export function f(x: number): number {
  const g = square;
  return g(x);
}
