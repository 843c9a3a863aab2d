/** @differentiable */
export function f(x: number): number {
  try {
    return x * x;
  } finally {
    console.log(x);
  }
}

/** @differentiable */
export function g(x: number): number {
  try {
    if (x < 0) throw new RangeError("negative");
    return Math.sqrt(x);
  } catch {
    return 0;
  }
}
