declare function besselJ0(x: number): number;

/** @differentiable */
export function f(x: number): number {
  return x * besselJ0(x);
}
