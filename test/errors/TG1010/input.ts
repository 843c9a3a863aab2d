function twice(x: number): number;
function twice(x: string): string;
function twice(x: number | string): number | string {
  return typeof x === "number" ? 2 * x : x + x;
}

/** @differentiable */
export function f(x: number): number {
  return twice(x);
}
