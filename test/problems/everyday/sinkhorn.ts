/** Entropic optimal transport. */
export interface SinkhornOptions {
  epsilon?: number;
  iterations?: number;
  onIteration?: (k: number, error: number) => void;
}
export type Measure<P> = { readonly points: readonly P[]; readonly weights: readonly number[] };

type Metric<P> = (a: P, b: P) => number;

export const squared: Metric<readonly number[]> = (a, b) => a.reduce((s, v, i) => s + (v - b[i]!) ** 2, 0);

const lse = (xs: number[]): number => {
  const m = xs.reduce((a, b) => Math.max(a, b), -Infinity);
  return m === -Infinity ? m : m + Math.log(xs.reduce((s, x) => s + Math.exp(x - m), 0));
};

function costMatrix<P>(a: Measure<P>, b: Measure<P>, metric: Metric<P>): number[][] {
  return a.points.map((p) => b.points.map((q) => metric(p, q)));
}

function sinkhorn<P>(a: Measure<P>, b: Measure<P>, metric: Metric<P>, options?: SinkhornOptions): number {
  const eps = options?.epsilon ?? 0.1;
  const iterations = options?.iterations ?? 20;
  const C = costMatrix(a, b, metric);
  const f = a.points.map(() => 0);
  const g = b.points.map(() => 0);
  for (let k = 0; k < iterations; k++) {
    for (let i = 0; i < f.length; i++)
      f[i] = -eps * lse(g.map((gj, j) => (gj - C[i]![j]!) / eps + Math.log(b.weights[j]!)));
    for (let j = 0; j < g.length; j++)
      g[j] = -eps * lse(f.map((fi, i) => (fi - C[i]![j]!) / eps + Math.log(a.weights[i]!)));
    options?.onIteration?.(k, f[0]!);
  }
  const dual = (potential: number[], m: Measure<P>) => potential.reduce((s, p, i) => s + p * m.weights[i]!, 0);
  return dual(f, a) + dual(g, b);
}

/**
 * @differentiable grad jvp hvp
 * @wrt points
 */
export function divergence(points: number[][], target: Measure<readonly number[]>, epsilon = 0.3): number {
  const own: Measure<readonly number[]> = { points, weights: points.map(() => 1 / points.length) };
  const options: SinkhornOptions = { epsilon, iterations: 8 };
  const cross = sinkhorn(own, target, squared, options);
  const self = sinkhorn(own, own, squared, { ...options, iterations: 5 });
  return cross - 0.5 * self;
}

/** @differentiable grad jvp hvp */
export const shift = (x: number): number =>
  sinkhorn(
    { points: [x, x + 1], weights: [0.4, 0.6] },
    { points: [0.3, 1.9], weights: [0.5, 0.5] },
    (p, q) => Math.abs(p - q) ** 1.5,
  );
