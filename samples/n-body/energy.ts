import { dot, length, subtract, type Vec3 } from "./vec3.ts";

export interface Body {
  readonly name: string;
  readonly mass: number;
  readonly position: Vec3;
  readonly momentum: Vec3;
}

/** Newton's constant, in the units of the figure of eight. */
const G = 1;

/**
 * The Hamiltonian of bodies that attract each other: its gradient towards a momentum is a velocity, and towards a
 * position it is minus a force.
 * @differentiable grad
 */
export function energy(bodies: readonly Body[]): number {
  const kinetic = bodies.reduce((sum, { momentum, mass }) => sum + dot(momentum, momentum) / (2 * mass), 0);
  let potential = 0;
  bodies.forEach((a, i) => {
    for (const b of bodies.slice(i + 1)) {
      potential -= (G * a.mass * b.mass) / length(subtract(a.position, b.position));
    }
  });
  return kinetic + potential;
}
