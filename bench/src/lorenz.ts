import type { int } from "tsgrad";

/** The right-hand side of Lorenz's equations. */
function field(s: Float64Array, sigma: number, rho: number, beta: number, out: Float64Array): void {
  out[0] = sigma * (s[1] - s[0]);
  out[1] = s[0] * (rho - s[2]) - s[1];
  out[2] = s[0] * s[1] - beta * s[2];
}

/** s + h k. */
function step(s: Float64Array, k: Float64Array, h: number, out: Float64Array): void {
  for (let i = 0; i < 3; i++) out[i] = s[i] + h * k[i];
}

/**
 * The state after so many steps of the classical Runge-Kutta method.
 * @differentiable vjp
 * @wrt start, sigma, rho, beta
 */
export function lorenz(
  start: Float64Array,
  sigma: number,
  rho: number,
  beta: number,
  h: number,
  steps: int,
): Float64Array {
  const s = start.slice();
  const k1 = new Float64Array(3);
  const k2 = new Float64Array(3);
  const k3 = new Float64Array(3);
  const k4 = new Float64Array(3);
  const between = new Float64Array(3);
  for (let t = 0; t < steps; t++) {
    field(s, sigma, rho, beta, k1);
    step(s, k1, h / 2, between);
    field(between, sigma, rho, beta, k2);
    step(s, k2, h / 2, between);
    field(between, sigma, rho, beta, k3);
    step(s, k3, h, between);
    field(between, sigma, rho, beta, k4);
    for (let i = 0; i < 3; i++) s[i] += (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  return s;
}
