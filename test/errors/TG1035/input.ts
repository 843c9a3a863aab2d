/** @differentiable vjp */
export function f(x: Float64Array): number {
  const part = new Float64Array(x.buffer, 8, 2);
  part[0] = 2;
  return x[1]! * x[2]!;
}

/** @differentiable vjp */
export function g(data: ArrayBuffer, k: number): number {
  const x = new Float64Array(data);
  return x[0]! * k;
}
