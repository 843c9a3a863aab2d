/** @differentiable */
export function f(x: number): number {
  const items = [];
  items.push(x);
  return items[0];
}
