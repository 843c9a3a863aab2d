/** What `structures.ts` does, in plain numbers. */
import type { int } from "tsgrad";

/**
 * @differentiable grad
 * @wrt position, velocity, field
 */
export function chargedFlat(
  position: Float64Array,
  velocity: Float64Array,
  field: Float64Array,
  h: number,
  steps: int,
): number {
  let px = position[0];
  let py = position[1];
  let pz = position[2];
  let vx = velocity[0];
  let vy = velocity[1];
  let vz = velocity[2];
  const bx = field[0];
  const by = field[1];
  const bz = field[2];
  let action = 0;
  for (let t = 0; t < steps; t++) {
    const r2 = px * px + py * py + pz * pz + 0.01;
    const s = -1 / (r2 * Math.sqrt(r2));
    const fx = s * px + (vy * bz - vz * by);
    const fy = s * py + (vz * bx - vx * bz);
    const fz = s * pz + (vx * by - vy * bx);
    vx = vx + h * fx;
    vy = vy + h * fy;
    vz = vz + h * fz;
    px = px + h * vx;
    py = py + h * vy;
    pz = pz + h * vz;
    action += h * (vx * vx + vy * vy + vz * vz);
  }
  return action + (px * px + py * py + pz * pz);
}

/**
 * @differentiable grad
 * @wrt re, im
 */
export function onCircleFlat(re: Float64Array, im: Float64Array, points: int): number {
  let sum = 0;
  for (let j = 0; j < points; j++) {
    const angle = (2 * Math.PI * j) / points;
    const c = Math.cos(angle);
    const s = Math.sin(angle);
    let a = 0;
    let b = 0;
    for (let k = re.length - 1; k >= 0; k--) {
      const next = a * c - b * s + re[k];
      b = a * s + b * c + im[k];
      a = next;
    }
    sum += a * a + b * b;
  }
  return sum;
}

/**
 * @differentiable grad
 * @wrt rates, bias
 */
export function gyroscopeFlat(rates: Float64Array, bias: Float64Array, seen: Float64Array, h: number): number {
  const count = Math.floor(rates.length / 3);
  const half = h / 2;
  let w = 1;
  let x = 0;
  let y = 0;
  let z = 0;
  let sum = 0;
  for (let t = 0; t < count; t++) {
    const a = half * (rates[3 * t] + bias[0]);
    const b = half * (rates[3 * t + 1] + bias[1]);
    const c = half * (rates[3 * t + 2] + bias[2]);
    const nw = w - (x * a + y * b + z * c);
    const nx = w * a + x + (y * c - z * b);
    const ny = w * b + y + (z * a - x * c);
    const nz = w * c + z + (x * b - y * a);
    const size = Math.sqrt(nw * nw + (nx * nx + ny * ny + nz * nz));
    const s = 1 / size;
    w = nw / size;
    x = s * nx;
    y = s * ny;
    z = s * nz;
    const tx = 2 * (y * -0.5 - z * 0.5);
    const ty = 2 * (z - x * -0.5);
    const tz = 2 * (x * 0.5 - y);
    const ex = 1 + (w * tx + (y * tz - z * ty)) - seen[3 * t];
    const ey = 0.5 + (w * ty + (z * tx - x * tz)) - seen[3 * t + 1];
    const ez = -0.5 + (w * tz + (x * ty - y * tx)) - seen[3 * t + 2];
    sum += ex * ex + ey * ey + ez * ez;
  }
  return sum;
}
