/** @differentiable */
export function f(x: number): number {
  try {
    return x * x;
  } finally {
    console.log(x);
  }
}
