/**
 * @differentiable
 * @wrt p.l
 */
export function f(p: { k: number; m: number }): number {
  return p.k * p.m;
}

/**
 * @differentiable
 * @wrt p.k
 */
export function g(x: number, p?: { k: number }): number {
  return p === undefined ? x : x * p.k;
}

/**
 * @differentiable
 * @wrt p, p.k
 */
export function h(p: { k: number; m: number }): number {
  return p.k * p.m;
}

/**
 * @differentiable
 * @of return.l
 */
export function j(x: number): { k: number; m?: number } {
  return { k: x };
}

/**
 * @differentiable
 * @of return.m
 */
export function l(x: number): { k: number; m?: number } {
  return { k: x, m: x * x };
}

/**
 * @differentiable
 * @of return, return.k
 */
export function m(x: number): { k: number; m: number } {
  return { k: x, m: x * x };
}

/**
 * @differentiable
 * @of p.k
 */
export function n(p: { k: number }, x: number): void {
  p.k *= x;
}

/**
 * @differentiable
 * @wrt x, k, x
 */
export function o(x: number, k: number): number {
  return k * x;
}
