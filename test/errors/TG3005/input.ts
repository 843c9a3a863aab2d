interface Body {
  mass: number;
  x: number;
}

/** @differentiable jacobian */
export function energies(bodies: Body[]): Float64Array {
  return Float64Array.from(bodies, (body) => body.mass * body.x * body.x);
}
