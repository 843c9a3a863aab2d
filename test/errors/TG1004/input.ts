import { stopGradient } from "tsgrad";

declare function besselJ0(x: number): number;
declare const special: { erf(x: number): number };
declare global {
  function hostWave(x: number): number;
}

/** @differentiable */
export function f(x: number): number {
  return x * besselJ0(x);
}

/** @differentiable */
export function g(x: number): number {
  return x * special.erf(x);
}

/** @differentiable */
export function h(x: number): number {
  return hostWave(x) * hostWave(stopGradient(x)) * hostWave(2);
}

const apply = (of: (x: number) => number, x: number): number => of(x);

/** @differentiable */
export function k(x: number): number {
  return apply(besselJ0, x) + apply(special.erf, x);
}

class Wheel {
  readonly kind = "wheel";
  constructor(readonly r: number) {}
  roll(t: number): number {
    return this.r * t;
  }
}

class Sledge {
  readonly kind = "sledge";
  constructor(readonly r: number) {}
  roll(t: number): number {
    return this.r - t;
  }
}

declare function found(k: number): Wheel | Sledge;

/** @differentiable */
export function rolled(k: number, t: number): number {
  return found(k).roll(t);
}
