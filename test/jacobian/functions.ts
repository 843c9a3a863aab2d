import { tapGradient, type int } from "tsgrad";

/** @differentiable jacobian */
export function squares(x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) y[i] = x[i]! * x[i]! + x[x.length - 1]!;
  return y;
}

/**
 * Its output's length is not known at entry.
 * @differentiable jacobian
 */
export function positive(x: Float64Array, always: int): Float64Array {
  let count = 0;
  for (let i = 0; i < x.length; i++) if (x[i]! > 0) count++;
  const y = new Float64Array(count + always);
  let k = 0;
  for (let i = 0; i < x.length; i++) if (x[i]! > 0) y[k++] = Math.exp(x[i]!);
  return y;
}

/** @differentiable jacobian */
export function guarded(x: Float64Array): Float64Array {
  if (x.length < 2) throw new RangeError("two at least");
  return Float64Array.from(x);
}

/** @differentiable jacobian */
export function told(x: Float64Array, k: number): Float64Array {
  console.log("first", k);
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    console.log("at", i);
    y[i] = k * x[i]!;
  }
  return y;
}

/** @differentiable jacobian */
export function toldStrips(x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    console.log("at", i);
    y[i] = 2 * x[i]!;
  }
  return y;
}

/**
 * @differentiable jacobian
 * @wrt x
 */
export function accumulated(x: Float64Array, total: Float64Array): void {
  for (let i = 0; i < x.length; i++) total[i % total.length]! += x[i]! ** 3;
}

/**
 * Reads three elements, however many there are.
 * @differentiable jacobian
 * @wrt b
 */
export function line(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0]!;
  const b2 = b[1]!;
  const b3 = b[2]!;
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    y[i] = b1 + b2 * x[i]! + (x[i]! > 2 ? b3 : 0);
  }
  return y;
}

/**
 * @differentiable jacobian
 * @wrt b
 */
export function decay(b: Float64Array, x: Float64Array): Float64Array {
  const b1 = b[0]!;
  const b2 = b[1]!;
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) y[i] = b1 * Math.exp(-b2 * x[i]!);
  return y;
}

/**
 * As `line`, but its rows are not written in order.
 * @differentiable jacobian
 * @wrt b
 */
export function backwards(b: Float64Array, x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = x.length - 1; i >= 0; i--) y[i] = b[0]! + b[1]! * x[i]! + (x[i]! > 2 ? b[2]! : 0);
  return y;
}

/** @differentiable jacobian */
export function sized(scale: number, n: int): Float64Array {
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) y[i] = scale * i;
  return y;
}

/** @differentiable jacobian */
export function defaulted(x: number, rate = 0.5): number {
  return x * Math.exp(rate);
}

/** @differentiable jacobian */
export function both(x: Float64Array): [sum: number, scaled: Float64Array, count: int] {
  let sum = 0;
  const scaled = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    sum += x[i]! * x[i]!;
    scaled[i] = 3 * x[i]!;
  }
  return [sum, scaled, x.length];
}

/** @differentiable jacobian */
export function grid(a: number[][]): number[] {
  const sums: number[] = [];
  for (const row of a) {
    let sum = 0;
    for (const e of row) sum += e * e;
    sums.push(sum);
  }
  return sums;
}

/** @differentiable jacobian */
export function summary(x: Float64Array): Float64Array {
  const out = new Float64Array(2);
  let level = 1;
  for (let i = 0; i < x.length; i++) {
    level *= Math.cos(x[i]!);
    out[0]! += level;
    out[1] = level * x[i]!;
  }
  return out;
}

/** @differentiable jacobian */
export function tapped(x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  let level = 1;
  for (let i = 0; i < x.length; i++) {
    level *= Math.cos(x[i]!);
    y[i] = tapGradient(level, twice);
  }
  return y;
}

function twice(g: number): number {
  return 2 * g;
}
