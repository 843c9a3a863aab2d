import type { int } from "tsgrad";

export interface Vec3 {
  x: number;
  y: number;
  z: number;
}

export interface Particle {
  position: Vec3;
  velocity: Vec3;
  /** The corners that hold the cloth do not move. */
  readonly pinned: boolean;
}

export interface Spring {
  readonly a: int;
  readonly b: int;
  readonly rest: number;
}

export interface Cloth {
  readonly particles: Particle[];
  readonly springs: readonly Spring[];
}

/** Where the particles were seen, some steps after the frame before. */
export interface Frame {
  readonly steps: int;
  readonly positions: readonly Vec3[];
}

export interface Physics {
  readonly stiffness: number;
  /** Of the springs, along their length. */
  readonly damping: number;
  readonly gravity: number;
  readonly wind: Vec3;
  readonly airDrag: number;
}

const zero = (): Vec3 => ({ x: 0, y: 0, z: 0 });

/** a += s * b */
function addScaled(a: Vec3, b: Vec3, s: number): void {
  a.x += s * b.x;
  a.y += s * b.y;
  a.z += s * b.z;
}

const difference = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x - b.x, y: a.y - b.y, z: a.z - b.z });
const dot = (a: Vec3, b: Vec3): number => a.x * b.x + a.y * b.y + a.z * b.z;

function springForces({ particles, springs }: Cloth, physics: Physics, forces: Vec3[]): void {
  for (const { a, b, rest } of springs) {
    const along = difference(particles[b].position, particles[a].position);
    const length = Math.sqrt(dot(along, along));
    const speed = dot(difference(particles[b].velocity, particles[a].velocity), along) / length;
    const pull = (physics.stiffness * (length - rest) + physics.damping * speed) / length;
    addScaled(forces[a], along, pull);
    addScaled(forces[b], along, -pull);
  }
}

/** One step of the symplectic Euler method, for particles of mass 1. */
export function step(cloth: Cloth, physics: Physics, dt: number): void {
  const forces = cloth.particles.map(zero);
  springForces(cloth, physics, forces);
  cloth.particles.forEach(({ position, velocity, pinned }, i) => {
    if (pinned) return;
    const force = forces[i];
    force.y -= physics.gravity;
    addScaled(force, difference(physics.wind, velocity), physics.airDrag);
    addScaled(velocity, force, dt);
    addScaled(position, velocity, dt);
  });
}

/** A cloth that is not moved by what happens to the copy. */
export function copyOf({ particles, springs }: Cloth): Cloth {
  return {
    springs,
    particles: particles.map(({ position, velocity, pinned }) => ({
      position: { ...position },
      velocity: { ...velocity },
      pinned,
    })),
  };
}

/**
 * How far the particles of a simulated cloth are from where they were seen, in all frames of a film.
 * @differentiable valueAndGrad jvp
 * @wrt physics
 */
export function mismatch(physics: Physics, start: Cloth, film: readonly Frame[], dt: number): number {
  const cloth = copyOf(start);
  let sum = 0;
  for (const { steps, positions } of film) {
    for (let k = 0; k < steps; k++) step(cloth, physics, dt);
    cloth.particles.forEach(({ position }, i) => {
      const off = difference(position, positions[i]);
      sum += dot(off, off);
    });
  }
  return sum;
}
