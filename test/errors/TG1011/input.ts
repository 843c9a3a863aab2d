/** @differentiable */
export function first<T>(items: T[]): T | undefined {
  return items[0];
}
