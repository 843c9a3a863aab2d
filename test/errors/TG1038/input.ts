import type { int } from "tsgrad";

/** @differentiable */
export function f(x: Float64Array, next: Int32Array): number {
  const open = new Set<int>([0]);
  let sum = 0;
  for (const at of open) {
    sum += x[at]! ** 2;
    open.add(next[at]!);
  }
  return sum;
}

const drop = (counts: Map<string, number>, name: string): void => {
  counts.delete(name + "'");
};

/** @differentiable */
export function g(x: number, names: string[]): number {
  const counts = new Map(names.map((name, i) => [name, i]));
  for (const [name] of counts) drop(counts, name);
  return x * counts.size;
}
