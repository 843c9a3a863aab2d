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
