/** @differentiable */
export function f(x: number): number;
export function f(x: number, k?: number): number {
  return x * (k ?? 1);
}

/** @differentiable */
export async function g(x: number): Promise<number> {
  return x;
}
