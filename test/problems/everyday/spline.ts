/** Natural cubic splines. */
export interface Interpolator {
  at(x: number): number;
  slope(x: number): number;
}

export class CubicSpline implements Interpolator {
  private readonly xs: readonly number[];
  private readonly ys: readonly number[];
  private readonly m: Float64Array;

  constructor(xs: readonly number[], ys: readonly number[]) {
    if (xs.length !== ys.length) throw new RangeError("xs and ys differ in length");
    this.xs = xs;
    this.ys = ys;
    this.m = CubicSpline.moments(xs, ys);
  }

  private static moments(x: readonly number[], y: readonly number[]): Float64Array {
    const n = x.length;
    const m = new Float64Array(n);
    const c = new Float64Array(n);
    for (let i = 1; i < n - 1; i++) {
      const h0 = x[i]! - x[i - 1]!;
      const h1 = x[i + 1]! - x[i]!;
      const rhs = 6 * ((y[i + 1]! - y[i]!) / h1 - (y[i]! - y[i - 1]!) / h0);
      const w = 2 * (h0 + h1) - h0 * c[i - 1]!;
      c[i] = h1 / w;
      m[i] = (rhs - h0 * m[i - 1]!) / w;
    }
    for (let i = n - 2; i > 0; i--) m[i]! -= c[i]! * m[i + 1]!;
    return m;
  }

  private locate(x: number): number {
    let lo = 0;
    let hi = this.xs.length - 1;
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1;
      if (this.xs[mid]! > x) hi = mid;
      else lo = mid;
    }
    return lo;
  }

  at(x: number): number {
    const i = this.locate(x);
    const h = this.xs[i + 1]! - this.xs[i]!;
    const a = (this.xs[i + 1]! - x) / h;
    const b = 1 - a;
    return (
      a * this.ys[i]! + b * this.ys[i + 1]! + (((a ** 3 - a) * this.m[i]! + (b ** 3 - b) * this.m[i + 1]!) * h * h) / 6
    );
  }

  slope(x: number): number {
    const i = this.locate(x);
    const h = this.xs[i + 1]! - this.xs[i]!;
    const a = (this.xs[i + 1]! - x) / h;
    const b = 1 - a;
    return (
      (this.ys[i + 1]! - this.ys[i]!) / h + ((-(3 * a * a - 1) * this.m[i]! + (3 * b * b - 1) * this.m[i + 1]!) * h) / 6
    );
  }
}

class Linear implements Interpolator {
  private readonly xs: readonly number[];
  private readonly ys: readonly number[];

  constructor(xs: readonly number[], ys: readonly number[]) {
    this.xs = xs;
    this.ys = ys;
  }

  private find(x: number) {
    const i = this.xs.findIndex((knot) => knot > x);
    return i <= 0 ? 0 : i - 1;
  }
  at(x: number) {
    const i = this.find(x);
    return this.ys[i]! + this.slope(x) * (x - this.xs[i]!);
  }
  slope(x: number) {
    const i = this.find(x);
    return (this.ys[i + 1]! - this.ys[i]!) / (this.xs[i + 1]! - this.xs[i]!);
  }
}

export type Kind = "cubic" | "linear";

function interpolator(kind: Kind, xs: readonly number[], ys: readonly number[]): Interpolator {
  switch (kind) {
    case "cubic":
      return new CubicSpline(xs, ys);
    case "linear":
      return new Linear(xs, ys);
  }
}

/**
 * Bending and misfit of a curve through the values.
 * @differentiable grad jvp hvp
 * @wrt ys
 */
export function roughness(
  kind: Kind,
  xs: readonly number[],
  ys: readonly number[],
  data: ReadonlyArray<{ x: number; y: number; w?: number }>,
): number {
  const curve = interpolator(kind, xs, ys);
  const misfit = data.reduce((sum, { x, y, w = 1 }) => sum + w * (curve.at(x) - y) ** 2, 0);
  let bend = 0;
  for (let i = 0; i + 1 < data.length; i++) bend += (curve.slope(data[i + 1]!.x) - curve.slope(data[i]!.x)) ** 2;
  return misfit + 0.1 * bend;
}
