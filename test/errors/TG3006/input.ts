declare global {
  function hostWeight(place: number): number;
}

/** @differentiable vjp jacobian hessian */
export function f(x: number): number {
  return x * x * hostWeight(2);
}
