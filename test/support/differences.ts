/** Derivatives by differences: slow, inexact, and independent of everything else. */

/**
 * The derivative at 0 of `curve`, by central differences with Richardson's extrapolation. Several steps
 * are tried; each component takes the pair of neighbouring steps that agrees best.
 */
export interface Difference {
  readonly value: number[];
  /** How far the best two estimates of the worst component lie apart. */
  readonly doubt: number;
}

export function derivativeOf(curve: (t: number) => number[], steps: readonly number[] = defaultSteps): Difference {
  const estimates = steps.map((h) => extrapolated(curve, h));
  const value: number[] = [];
  let doubt = 0;
  for (let i = 0; i < (estimates[0]?.length ?? 0); i++) {
    let best = Infinity;
    let chosen = NaN;
    for (let k = 1; k < estimates.length; k++) {
      const fine = estimates[k]?.[i] ?? NaN;
      const gap = Math.abs(fine - (estimates[k - 1]?.[i] ?? NaN));
      if (gap < best) [best, chosen] = [gap, fine];
    }
    value.push(chosen);
    doubt = Math.max(doubt, best);
  }
  return { value, doubt };
}

export const defaultSteps: readonly number[] = [2 ** -6, 2 ** -8, 2 ** -10, 2 ** -12];

function extrapolated(curve: (t: number) => number[], h: number): number[] {
  const wide = central(curve, h);
  const narrow = central(curve, h / 2);
  return narrow.map((d, i) => (4 * d - (wide[i] ?? NaN)) / 3);
}

function central(curve: (t: number) => number[], h: number): number[] {
  const after = curve(h);
  const before = curve(-h);
  return after.map((y, i) => (y - (before[i] ?? NaN)) / (2 * h));
}

export function largest(values: readonly number[]): number {
  return values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** Describes the worst component of `actual` that is not within `tolerance * scale` of `expected`. */
export function mismatch(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
  what: string,
): string | undefined {
  if (actual.length !== expected.length) {
    return `${what}: ${String(actual.length)} numbers instead of ${String(expected.length)}`;
  }
  const bound = tolerance * Math.max(largest(expected), largest(actual), 1e-300);
  const worst = expected.findIndex((e, i) => !(Math.abs((actual[i] ?? NaN) - e) <= bound));
  if (worst < 0) return undefined;
  return `${what}: number ${String(worst)} is ${String(actual[worst])}, expected ${String(expected[worst])}`;
}
