interface Rates {
  readonly low: number;
  readonly high: number;
}

/** @differentiable */
export function f(given: Partial<Rates>, x: number): number {
  const rates = { low: 0.5, high: 2, ...given };
  let sum = 0;
  for (const rate of Object.values(rates)) sum = sum * x + rate;
  return sum;
}

const weighted = (rates: { low: number; high: number }, n: number): number =>
  n === 0 ? 1 : weighted(rates, n - 1) * Object.values(rates).reduce((sum, rate) => sum + rate, 0);

/** @differentiable */
export function g(rates: { low: number; high: number }): number {
  return weighted(rates, 3);
}
