/** @differentiable */
export function f(x: number): number {
  function square(y: number): number {
    return y * y;
  }
  return square(x);
}
