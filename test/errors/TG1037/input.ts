/** @differentiable */
export function f(x: number): number {
  const byName = new Map<string, number>();
  byName.set("x", x);
  return byName.get("x")! * 2;
}

const known = new Map([["scale", 2]]);

function memoised(n: number, x: number, memo: Map<number, number>): number {
  const found = memo.get(n);
  if (found !== undefined) return found;
  const value = n === 0 ? 1 : memoised(n - 1, x, memo) * x;
  memo.set(n, value);
  return value;
}

/** @differentiable */
export function g(x: number): number {
  return memoised(3, x, new Map()) * known.get("scale")!;
}

/** @differentiable */
export function h(xs: number[]): number {
  let sum = 0;
  for (const x of new Set(xs)) sum += x;
  return sum;
}
