/** @differentiable */
export function f(x: number, n: number): number {
  let step = Math.sin;
  let y = x;
  for (let i = 0; i < n; i++) {
    let count = 0;
    step = (z) => {
      count++;
      return z * count;
    };
    y = step(y);
  }
  return step(y);
}
