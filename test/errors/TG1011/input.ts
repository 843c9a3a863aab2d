function first<T>(items: T[]): T {
  return items[0];
}

/** @differentiable */
export function f(x: number[]): number {
  return first(x);
}
