/** Numbers with a derivative, for stand-ins of functions that differentiate inside: exact and independent of the compiler. */
export interface Dual {
  readonly value: number;
  readonly dot: number;
}

export function dual(value: number, dot = 0): Dual {
  return { value, dot };
}

export function plus(...terms: readonly Dual[]): Dual {
  return terms.reduce((a, b) => dual(a.value + b.value, a.dot + b.dot));
}

export function times(...factors: readonly Dual[]): Dual {
  return factors.reduce((a, b) => dual(a.value * b.value, a.dot * b.value + a.value * b.dot));
}

export function sine(a: Dual): Dual {
  return dual(Math.sin(a.value), Math.cos(a.value) * a.dot);
}

export function cosine(a: Dual): Dual {
  return dual(Math.cos(a.value), -Math.sin(a.value) * a.dot);
}

/** The gradient of a function of several numbers. */
export function gradient(f: (x: readonly Dual[]) => Dual, x: readonly number[]): number[] {
  return x.map((_, i) => f(x.map((t, k) => dual(t, k === i ? 1 : 0))).dot);
}
