/** @differentiable */
export function f(x: number): number {
  var y = x * x;
  return y;
}
