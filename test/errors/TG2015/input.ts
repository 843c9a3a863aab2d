/** @differentiable vjpInto */
export function f(x: Float64Array): number {
  return x[0];
}

export class F {
  /** @differentiable vjp */
  static into(x: number): number {
    return x;
  }
}

/** @differentiable vjp */
export function fInto(x: number): number {
  return x;
}
