class Point {
  readonly x: number;
  readonly y: number;

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}

/** @differentiable vjp */
export function onCircle(angle: number): Point {
  return new Point(Math.cos(angle), Math.sin(angle));
}
