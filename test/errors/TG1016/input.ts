const weights = [1, 2, 3].map((k) => 1 / k);

/** @differentiable */
export function f(x: number): number {
  return x * weights[0];
}

const scales = [1, 2];

export function tune(k: number): void {
  scales[0] = k;
}

/** @differentiable */
export function scaled(x: number): number {
  return scales[0]! * x;
}

class Point {
  constructor(readonly x: number) {}
  add(other: Point): Point {
    return new Point(this.x + other.x);
  }
}

const origin = new Point(2);

/** @differentiable */
export function moved(x: number): number {
  return origin.add(new Point(x)).x;
}
