/** The B-spline `i` of `order` (degree plus one) over `knots`, by the recursion of Cox and de Boor. */
export function basis(knots: readonly number[], i: number, order: number, x: number): number {
  if (order === 1) return knots[i] <= x && x < knots[i + 1] ? 1 : 0;
  // tsgrad-ignore TG3107 - between equal knots the spline has no part
  const ramp = (from: number, to: number): number => (to !== from ? (x - from) / (to - from) : 0);
  const rising = ramp(knots[i], knots[i + order - 1]);
  const falling = ramp(knots[i + order], knots[i + 1]);
  return rising * basis(knots, i, order - 1, x) + falling * basis(knots, i + 1, order - 1, x);
}

export interface Spline {
  /** Inside of the interval, in ascending order. */
  readonly knots: readonly number[];
  readonly coefficients: readonly number[];
}

const order = 4;

/** The knots with as many at the ends as a cubic spline needs. */
function clamped(inner: readonly number[], from: number, to: number): number[] {
  const ends = (at: number): number[] => Array<number>(order).fill(at);
  return [...ends(from), ...inner, ...ends(to)];
}

export function evaluate({ knots, coefficients }: Spline, [from, to]: readonly [number, number], x: number): number {
  const all = clamped(knots, from, to);
  return coefficients.reduce((sum, coefficient, i) => sum + coefficient * basis(all, i, order, x), 0);
}

/**
 * The values of a cubic spline at `xs`, towards its knots and its coefficients.
 * @differentiable jacobian
 * @wrt spline
 */
export function splineValues(spline: Spline, interval: readonly [number, number], xs: readonly number[]): number[] {
  return xs.map((x) => evaluate(spline, interval, x));
}
