/** One measured problem: the user's function, its generated derivative and one written by hand. */
export interface Case {
  readonly name: string;
  readonly size: string;
  /** The user's own function. */
  readonly primal: () => unknown;
  readonly generated: () => unknown;
  readonly hand: () => unknown;
  /** What `generated` and `hand` must agree on, as one list of numbers. */
  readonly gradient: (result: unknown) => number[];
  /** A function with one result whose derivative the gradient is, for a check by differences. */
  readonly check: {
    readonly point: Point;
    readonly value: (point: Point) => number;
    /** The gradient of `value` from the whole result, where that has more. */
    readonly combine?: (all: readonly number[]) => number[];
  };
  /** Gradient/primal that is asked for. */
  readonly goal?: number;
  /** Generated/hand-written that is asked for. */
  readonly goalToHand?: number;
  /** How far the two may be apart, relative to the size of the numbers, where that is more than rounding in float64. */
  readonly agreement?: number;
}

/** Values of the parameters that are differentiated. */
export type Point = readonly (Float64Array | number)[];

/** How large the problems are: as measured, or for a quick test of what they compute. */
export type Scale = "measured" | "small";

/** All numbers of a structure of gradients, in order. */
export function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (value instanceof Float64Array) return Array.from(value);
  return Array.isArray(value) ? value.flatMap(numbersOf) : [];
}

/** A row of numbers between `low` and `high` that is the same on every run. */
export function numbers(length: number, low: number, high: number, seed = 1): Float64Array {
  let state = seed * 2654435761;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((high - low) * state) / 4294967296;
  });
}

/** Numbers that are roughly normal: sums of twelve uniform ones. */
export function normals(length: number, seed: number): Float64Array {
  const uniform = numbers(12 * length, -0.5, 0.5, seed);
  return Float64Array.from({ length }, (_, i) => uniform.subarray(12 * i, 12 * i + 12).reduce((sum, x) => sum + x, 0));
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
}

/** The array at a place of a point. */
export function array(point: Point, i: number): Float64Array {
  const found = point[i];
  if (!(found instanceof Float64Array)) throw new Error(`no array at ${i}`);
  return found;
}

/** The number at a place of a point. */
export function scalar(point: Point, i: number): number {
  const found = point[i];
  if (typeof found !== "number") throw new Error(`no number at ${i}`);
  return found;
}
