/**
 * @differentiable
 * @vjpRule fByHand
 */
export function f(x: number): number {
  return x * x;
}

export function fByHand(x: number, v: number): number {
  return 2 * x * v;
}

/**
 * @differentiable
 * @jvpRule gByHand
 */
export function g(x: Float64Array, k: number): number {
  return x[0] * k;
}

export function gByHand(x: Float64Array, k: number, v: number): [number, [Float64Array, number]] {
  return [x[0] * k, [Float64Array.of(k * v), x[0] * v]];
}

/**
 * @differentiable
 * @vjpRule hByHand
 */
export function h(x: number): number {
  return x * x;
}

export function hByHand(x: number): [number, number] {
  return [x * x, 2 * x];
}
