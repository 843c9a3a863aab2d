/** @differentiable */
export function f(x: number): number {
  let calls = 0;
  const power = (n: number): number => {
    calls++;
    return n < 1 ? 1 : x * power(n - 1);
  };
  return power(3) * calls;
}

/** @differentiable */
export function composed(x: number, ks: number[]): number {
  let law = (t: number): number => t;
  for (const k of ks) {
    const inner = law;
    law = (t) => inner(k * t);
  }
  return law(x);
}
