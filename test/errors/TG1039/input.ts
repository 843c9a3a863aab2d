import type { int } from "tsgrad";

/** @differentiable vjp */
export function weighted(table: [int, number][], x: number): number {
  const rows: [number, number][] = [[x, 1], ...table];
  let sum = 0;
  for (const [value, weight] of rows) sum += value * weight;
  return sum;
}

/** @differentiable jvp */
export function either(counts: int[], x: number[], flag: boolean): number {
  const chosen: number[] = flag ? counts : x;
  return chosen[0]! * chosen[1]!;
}

interface Cell {
  n: int;
  weight: number;
}

/** @differentiable vjp */
export function replaced(cells: Cell[], x: number): number {
  const numbers: { n: number; weight: number }[] = cells;
  numbers[0] = { n: x * x, weight: 1 };
  return cells[0]!.n * cells[0]!.weight;
}
