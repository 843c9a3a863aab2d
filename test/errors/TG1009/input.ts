/** @differentiable */
export function f(x: number): number {
  const steps: ((z: number) => number)[] = [];
  for (let i = 0; i < 3; i++) steps.push((z) => z * i);
  let y = x;
  for (const step of steps) y = step(y);
  return y;
}
