import { stopGradient } from "tsgrad";

/** @differentiable */
export function f(x: number): number {
  try {
    return x * x;
  } finally {
    console.log(x);
  }
}

/** @differentiable */
export function g(x: number): number {
  try {
    if (x < 0) throw new RangeError("negative");
    return Math.sqrt(x);
  } catch {
    return 0;
  }
}

class Sum {
  total = 0;
  add = function (this: Sum, x: number): void {
    this.total += x * x;
  };
}

/** @differentiable */
export function squares(xs: number[]): number {
  const sum = new Sum();
  xs.forEach((x) => sum.add(x));
  return sum.total;
}

/** @differentiable */
export function relaxed(state: number[], rate: number): number {
  const next = state.map((s) => s * rate);
  const rows = [next, stopGradient(next)];
  next[0] = rate;
  return rows[1]![0]!;
}

function settled(state: number[], steps: number): number[] {
  return steps <= 0 ? stopGradient(state) : settled(state, steps - 1);
}

/** @differentiable */
export function afterwards(rate: number): number {
  const state = [rate, 2];
  const result = settled(state, 3);
  state[0] = rate * rate;
  return result[0]! * rate;
}
