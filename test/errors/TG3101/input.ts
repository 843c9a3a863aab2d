import { stopGradient, type int } from "tsgrad";

/** @differentiable */
export function variable(x: number, y: Float64Array): number {
  const k: int = 2 * x + y[0]!;
  return k * x;
}

function half(n: int): number {
  return n / 2;
}

/** @differentiable */
export function argument(x: number): number {
  return half(x) * x;
}

function doubled(x: number): int {
  return 2 * x;
}

/** @differentiable */
export function result(x: number): number {
  return doubled(x) * x;
}

/** @differentiable */
export function element(x: number): number {
  const counts: int[] = [0, 1];
  counts[1] = x;
  return counts[1] * x;
}

function power(x: number, n: int): number {
  return n <= 0 ? 1 : x * power(x, n - x);
}

/** @differentiable */
export function pair(x: number): number {
  const sizes: [int, number] = [x, x];
  return sizes[0] * sizes[1];
}

/** @differentiable */
export function field(cell: { n: int; weight: number }, x: number): number {
  cell.n = x * x;
  return cell.n * cell.weight;
}

/** @differentiable */
export function literal(x: number): { n: int; weight: number }[] {
  return [{ n: x, weight: x }];
}

/** @differentiable */
export function recursive(x: number): number {
  return power(x, 3);
}

/** @differentiable */
export function fine(x: number, y: Float64Array): number {
  const k: int = Math.floor(x);
  const stopped: int = stopGradient(x);
  const counts = new Int32Array(2);
  counts[0] = x;
  return x * half(k) * half(stopped) * counts[0] * y[k]!;
}

/** @differentiable */
export function nothingLeft(x: number): number {
  const item: { count: int; weight: number } = { count: x, weight: 2 };
  return item.count * 2;
}
