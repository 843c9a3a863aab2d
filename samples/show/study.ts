/** What a sample hands back: figures to read, something to look at, and how it knows that it is right. */
export interface Study {
  readonly title: string;
  readonly tables: readonly Figures[];
  readonly checks: readonly Check[];
  /** SVG texts by what they show. */
  readonly plots?: Readonly<Record<string, string>>;
}

/** A table with a row of heads; numbers are printed to six digits. */
export interface Figures {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A figure of the sample against one that is known from elsewhere. */
export interface Check {
  readonly what: string;
  readonly value: number;
  readonly expected: number;
  /** The largest difference that is allowed. */
  readonly within: number;
}

export function holds({ value, expected, within }: Check): boolean {
  return Math.abs(value - expected) <= within;
}

/** The checks as a table, each with a mark in front. */
export function checked(checks: readonly Check[]): Figures {
  const rows = checks.map((check) => {
    const { what, value, expected, within } = check;
    return [holds(check) ? "✓" : "✗", what, value, expected, within.toExponential(0)];
  });
  return { head: ["", "check", "here", "known", "within"], rows };
}

/** A check that `value` lies within the fraction `within` of `expected`. */
export function near(what: string, value: number, expected: number, within = 1e-9): Check {
  return { what, value, expected, within: within * Math.abs(expected) };
}

/** A check that `value`, which should be zero, is no larger than `within`. */
export function vanishes(what: string, value: number, within: number): Check {
  return { what, value, expected: 0, within };
}

/** The largest difference between two lists of numbers. */
export function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  return Array.from(a, (value, i) => Math.abs(value - b[i])).reduce((most, each) => Math.max(most, each), 0);
}
