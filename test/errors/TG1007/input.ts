export const trace = new Float64Array(8);
const state = { calls: 0, last: { x: 0 } };
let total = 0;

/** @differentiable */
export function f(x: number): number {
  trace[0] = x;
  return x * x;
}

/** @differentiable */
export function g(x: number): number {
  state.last.x = x;
  state.calls++;
  total += x;
  return x * x;
}

export const seen = (): number => state.calls + state.last.x + total;

/** @differentiable */
export function h(x: number, calls: Map<string, number>): number {
  calls.set("h", (calls.get("h") ?? 0) + 1);
  return x * x;
}

class Meter {
  static readings = 0;

  constructor(readonly value: number) {
    Meter.readings++;
  }
}

/** @differentiable */
export function k(x: number): number {
  return new Meter(x).value * x;
}

function first(target: { x: number }[], x: number): void {
  target[0]!.x = x;
}

export const points: { x: number }[] = [{ x: 0 }];

/** @differentiable */
export function l(x: number): number {
  first(points, x);
  return points[0]!.x * x;
}
