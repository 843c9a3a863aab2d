/** Initial value problems and what is wanted of their solutions. */
import type { int } from "tsgrad";

/**
 * The energy of a pendulum after explicit Euler steps.
 * @differentiable grad vjp jvp hvp hessian
 * @wrt angle, velocity
 */
export function pendulumEnergy(angle: number, velocity: number, steps: int, dt: number): number {
  for (let i = 0; i < steps; i++) {
    const acceleration = -Math.sin(angle);
    angle += dt * velocity;
    velocity += dt * acceleration;
  }
  return velocity ** 2 / 2 + 1 - Math.cos(angle);
}

function lorenzSlope(x: Float64Array, slope: Float64Array, sigma: number, rho: number, beta: number): void {
  slope[0] = sigma * (x[1] - x[0]);
  slope[1] = x[0] * (rho - x[2]) - x[1];
  slope[2] = x[0] * x[1] - beta * x[2];
}

/**
 * The Lorenz system by the classical Runge-Kutta method, with all slopes in buffers that are used again.
 * @differentiable vjp jvp pullback jacobian
 * @wrt start, sigma, rho, beta
 */
export function lorenz(
  start: Float64Array,
  sigma: number,
  rho: number,
  beta: number,
  dt: number,
  steps: int,
): Float64Array {
  const x = start.slice();
  const y = new Float64Array(3);
  const k1 = new Float64Array(3);
  const k2 = new Float64Array(3);
  const k3 = new Float64Array(3);
  const k4 = new Float64Array(3);
  for (let step = 0; step < steps; step++) {
    lorenzSlope(x, k1, sigma, rho, beta);
    for (let i = 0; i < 3; i++) y[i] = x[i] + (dt / 2) * k1[i];
    lorenzSlope(y, k2, sigma, rho, beta);
    for (let i = 0; i < 3; i++) y[i] = x[i] + (dt / 2) * k2[i];
    lorenzSlope(y, k3, sigma, rho, beta);
    for (let i = 0; i < 3; i++) y[i] = x[i] + dt * k3[i];
    lorenzSlope(y, k4, sigma, rho, beta);
    for (let i = 0; i < 3; i++) x[i] += (dt / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  return x;
}

/**
 * Distance of the Lorenz orbit from a target: a number, for second derivatives.
 * @differentiable grad hvp
 * @wrt start, rho
 */
export function lorenzMiss(start: Float64Array, rho: number, target: Float64Array, steps: int): number {
  const end = lorenz(start, 10, rho, 8 / 3, 0.01, steps);
  let sum = 0;
  for (let i = 0; i < 3; i++) sum += (end[i] - target[i]) ** 2;
  return sum;
}

/**
 * Velocity Verlet for a chain of anharmonic springs, in place. A symplectic map of (q, p).
 * @differentiable vjp jvp pullback
 * @wrt q, p
 */
export function verlet(q: Float64Array, p: Float64Array, dt: number, steps: int): void {
  const force = new Float64Array(q.length);
  chainForce(q, force);
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < q.length; i++) {
      p[i] += (dt / 2) * force[i];
      q[i] += dt * p[i];
    }
    chainForce(q, force);
    for (let i = 0; i < q.length; i++) p[i] += (dt / 2) * force[i];
  }
}

function chainForce(q: Float64Array, force: Float64Array): void {
  const n = q.length;
  for (let i = 0; i < n; i++) {
    const left = q[i] - (i > 0 ? q[i - 1] : 0);
    const right = (i + 1 < n ? q[i + 1] : 0) - q[i];
    force[i] = right + 0.3 * right ** 3 - left - 0.3 * left ** 3;
  }
}

/**
 * y' = -k y³ by implicit Euler; each step's equation is solved by Newton's method.
 * @differentiable grad valueAndGrad vjp jvp hvp
 * @wrt y, k
 */
export function implicitDecay(y: number, k: number, dt: number, steps: int): number {
  for (let step = 0; step < steps; step++) {
    const before = y;
    let rounds = 0;
    while (true) {
      const residual = y - before + dt * k * y ** 3;
      if (Math.abs(residual) < 1e-15 || rounds >= 50) break;
      y -= residual / (1 + 3 * dt * k * y * y);
      rounds++;
    }
  }
  return y;
}

/**
 * Logistic growth y' = r y (1 - y) to time `end`, by Bogacki and Shampine's pair of orders 3 and 2 with
 * steps that are accepted, rejected and cut off at the end.
 * @differentiable grad vjp jvp pullback hvp
 * @wrt y, r
 */
export function adaptiveGrowth(y: number, r: number, end: number, tolerance: number): number {
  let t = 0;
  let h = 0.5;
  let rejected = 0;
  while (t < end) {
    if (rejected > 100) throw new Error("the step has become too small");
    const last = t + h >= end;
    if (last) h = end - t;
    const k1 = r * y * (1 - y);
    const y2 = y + (h / 2) * k1;
    const k2 = r * y2 * (1 - y2);
    const y3 = y + ((3 * h) / 4) * k2;
    const k3 = r * y3 * (1 - y3);
    const next = y + (h / 9) * (2 * k1 + 3 * k2 + 4 * k3);
    const k4 = r * next * (1 - next);
    const error = Math.abs((h / 72) * (-5 * k1 + 6 * k2 + 8 * k3 - 9 * k4));
    if (error > tolerance) {
      h /= 2;
      rejected++;
      continue;
    }
    y = next;
    if (last) break;
    t += h;
    if (error < tolerance / 8) h *= 2;
  }
  return y;
}

/**
 * Heat conduction with cold ends, explicit Euler on two buffers that change places.
 * @differentiable vjp jvp pullback vjpInto
 * @wrt u, rate
 */
export function heat(u: Float64Array, rate: number, steps: int): Float64Array {
  let now = u.slice();
  let next = new Float64Array(u.length);
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < u.length; i++) {
      const left = i > 0 ? now[i - 1] : 0;
      const right = i + 1 < u.length ? now[i + 1] : 0;
      next[i] = now[i] + rate * (left - 2 * now[i] + right);
    }
    [now, next] = [next, now];
  }
  return now;
}

/**
 * What is left of the heat, with conduction that depends on temperature.
 * @differentiable grad hvp
 */
export function warmth(u: Float64Array, rate: number): number {
  const n = u.length;
  let a = u.slice();
  let b = new Float64Array(n);
  for (let step = 0; step < 5; step++) {
    for (let i = 0; i < n; i++) {
      const left = i > 0 ? a[i - 1] : 0;
      b[i] = a[i] + rate * (left - a[i]) * a[i];
    }
    const spare = a;
    a = b;
    b = spare;
  }
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i] * a[i];
  return sum;
}
