import { stopGradient } from "tsgrad";

/** @differentiable grad */
export function root(a: number): number {
  let x = a;
  let err = 1;
  while (err > 1e-12) {
    const next = 0.5 * (x + a / x);
    err = Math.abs(next - x);
    x = next;
  }
  return x;
}

/** @differentiable grad */
export function march(start: number): number {
  let at = start;
  for (let i = 0; i < 64; i++) {
    const distance = Math.cos(at);
    if (distance < 1e-6) break;
    at += distance;
  }
  return at * at;
}

/** @differentiable grad */
export function known(a: number): number {
  let x = a;
  // tsgrad-ignore TG3106 - it has converged
  while (Math.abs(x * x - a) > 1e-12) x = 0.5 * (x + a / x);
  while (stopGradient(x) > 1) x /= 2;
  return x;
}
