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

/** @differentiable vjp */
export function behindInterface(angle: number): { readonly x: number } {
  return new Point(Math.cos(angle), 0);
}

export abstract class Shape {
  constructor(readonly size: number) {}
}

/** @differentiable vjp */
export function grown(shape: Shape, k: number): Shape[] {
  return k > 0 ? [shape] : [];
}

export class Probe {
  mass = 1;
  constructor(readonly x: number) {}
}

/** @differentiable vjp */
export function hidden(x: number): { readonly mass: number } {
  return new Probe(x * x);
}

export class Cell<T> {
  content: T;

  constructor(content: T) {
    this.content = content;
  }
}

/** @differentiable vjp */
export function filled(cell: Cell<number>, x: number): void {
  cell.content = x * x;
}
