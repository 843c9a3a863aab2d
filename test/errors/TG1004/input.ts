declare function besselJ0(x: number): number;
declare const special: { erf(x: number): number };

/** @differentiable */
export function f(x: number): number {
  return x * besselJ0(x);
}

/** @differentiable */
export function g(x: number): number {
  return x * special.erf(x);
}
