/** Small structures in inner loops; `flat.ts` is the same code in plain numbers. */
import type { int } from "tsgrad";

interface Vec3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

const plus = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z });
const times = (s: number, a: Vec3): Vec3 => ({ x: s * a.x, y: s * a.y, z: s * a.z });
const dot = (a: Vec3, b: Vec3): number => a.x * b.x + a.y * b.y + a.z * b.z;
const cross = (a: Vec3, b: Vec3): Vec3 => ({
  x: a.y * b.z - a.z * b.y,
  y: a.z * b.x - a.x * b.z,
  z: a.x * b.y - a.y * b.x,
});

/**
 * How far a charged body gets that circles a mass in a magnetic field.
 * @differentiable grad
 * @wrt position, velocity, field
 */
export function charged(
  position: Float64Array,
  velocity: Float64Array,
  field: Float64Array,
  h: number,
  steps: int,
): number {
  let p: Vec3 = { x: position[0], y: position[1], z: position[2] };
  let v: Vec3 = { x: velocity[0], y: velocity[1], z: velocity[2] };
  const b: Vec3 = { x: field[0], y: field[1], z: field[2] };
  let action = 0;
  for (let t = 0; t < steps; t++) {
    const r2 = dot(p, p) + 0.01;
    const pull = times(-1 / (r2 * Math.sqrt(r2)), p);
    const force = plus(pull, cross(v, b));
    v = plus(v, times(h, force));
    p = plus(p, times(h, v));
    action += h * dot(v, v);
  }
  return action + dot(p, p);
}

/** A complex number. */
class Complex {
  readonly re: number;
  readonly im: number;
  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
  plus(other: Complex): Complex {
    return new Complex(this.re + other.re, this.im + other.im);
  }
  times(other: Complex): Complex {
    return new Complex(this.re * other.re - this.im * other.im, this.re * other.im + this.im * other.re);
  }
  get size2(): number {
    return this.re * this.re + this.im * this.im;
  }
}

/**
 * The size of a polynomial with complex coefficients on the unit circle.
 * @differentiable grad
 * @wrt re, im
 */
export function onCircle(re: Float64Array, im: Float64Array, points: int): number {
  let sum = 0;
  for (let j = 0; j < points; j++) {
    const angle = (2 * Math.PI * j) / points;
    const z = new Complex(Math.cos(angle), Math.sin(angle));
    let value = new Complex(0, 0);
    for (let k = re.length - 1; k >= 0; k--) value = value.times(z).plus(new Complex(re[k], im[k]));
    sum += value.size2;
  }
  return sum;
}

/** A quaternion with its real part first. */
interface Quaternion {
  readonly w: number;
  readonly v: Vec3;
}

function turned(q: Quaternion, p: Quaternion): Quaternion {
  return {
    w: q.w * p.w - dot(q.v, p.v),
    v: plus(plus(times(q.w, p.v), times(p.w, q.v)), cross(q.v, p.v)),
  };
}

function rotated(q: Quaternion, a: Vec3): Vec3 {
  const t = times(2, cross(q.v, a));
  return plus(a, plus(times(q.w, t), cross(q.v, t)));
}

/**
 * How far the turns of a gyroscope carry points from where they were seen.
 * @differentiable grad
 * @wrt rates, bias
 */
export function gyroscope(rates: Float64Array, bias: Float64Array, seen: Float64Array, h: number): number {
  const count = Math.floor(rates.length / 3);
  const drift: Vec3 = { x: bias[0], y: bias[1], z: bias[2] };
  let q: Quaternion = { w: 1, v: { x: 0, y: 0, z: 0 } };
  let sum = 0;
  for (let t = 0; t < count; t++) {
    const rate = plus({ x: rates[3 * t], y: rates[3 * t + 1], z: rates[3 * t + 2] }, drift);
    const next = turned(q, { w: 1, v: times(h / 2, rate) });
    const size = Math.sqrt(next.w * next.w + dot(next.v, next.v));
    q = { w: next.w / size, v: times(1 / size, next.v) };
    const point = rotated(q, { x: 1, y: 0.5, z: -0.5 });
    const miss = plus(point, { x: -seen[3 * t], y: -seen[3 * t + 1], z: -seen[3 * t + 2] });
    sum += dot(miss, miss);
  }
  return sum;
}
