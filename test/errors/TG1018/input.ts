/** @differentiable */
export function f(x: number, kind: number): number {
  switch (kind) {
    case 0:
      let y = x;
      return y;
    case 1:
      y = x * x;
      return y;
    default:
      return 0;
  }
}
