import { gap, near, vanishes, type Study } from "../show/study.ts";
import { plot } from "../show/plot.ts";
import { energyGrad } from "./energy.grad.ts";
import { energy, type Body } from "./energy.ts";
import { add, cross, length, scale, subtract, type Vec3 } from "./vec3.ts";

/** Three bodies that chase each other along one figure of eight: Chenciner and Montgomery (2000), with Simó's digits. */
const figureOfEight: readonly Body[] = [
  body("a", [0.97000435669734, -0.24308753153583], [0.46620368572052, 0.43236573046051]),
  body("b", [-0.97000435669734, 0.24308753153583], [0.46620368572052, 0.43236573046051]),
  body("c", [0, 0], [-0.93240737144104, -0.86473146092102]),
];
const period = 6.32591398292621;

function body(name: string, [x, y]: [number, number], [px, py]: [number, number]): Body {
  return { name, mass: 1, position: { x, y, z: 0 }, momentum: { x: px, y: py, z: 0 } };
}

/** Hamilton's equations, a quarter of which each line of the leapfrog method follows. */
function leapfrog(bodies: readonly Body[], h: number): Body[] {
  const kick = (at: readonly Body[]): Body[] => {
    const towards = energyGrad(at);
    return at.map((b, i) => ({ ...b, momentum: add(b.momentum, scale(towards[i].position, -h / 2)) }));
  };
  const drift = (at: readonly Body[]): Body[] => {
    const towards = energyGrad(at);
    return at.map((b, i) => ({ ...b, position: add(b.position, scale(towards[i].momentum, h)) }));
  };
  return kick(drift(kick(bodies)));
}

/** Three leapfrog steps that cancel each other's error of third order: Yoshida (1990). */
function step(bodies: readonly Body[], h: number): Body[] {
  const outer = 1 / (2 - Math.cbrt(2));
  return [outer, 1 - 2 * outer, outer].reduce<readonly Body[]>((at, part) => leapfrog(at, part * h), bodies) as Body[];
}

export function study(): Study {
  const steps = 1000;
  const path: (readonly Body[])[] = [figureOfEight];
  for (let k = 0; k < steps; k++) path.push(step(path[k], period / steps));
  const end = path[steps];
  const start = energy(figureOfEight);
  const drift = Math.max(...path.map((bodies) => Math.abs(energy(bodies) - start)));
  const forces = energyGrad(figureOfEight).map(({ position }) => scale(position, -1));
  const total = forces.reduce(add);
  const spin = end.map((b) => cross(b.position, b.momentum)).reduce(add);

  return {
    title: "Three bodies on a figure of eight: forces are the gradient of the energy",
    tables: [
      {
        head: ["body", "force x", "force y", "x after one period", "y after one period"],
        rows: end.map(({ name, position }, i) => [name, forces[i].x, forces[i].y, position.x, position.y]),
      },
    ],
    checks: [
      vanishes("force on a, against Newton's law", length(subtract(forces[0], attraction(figureOfEight, 0))), 1e-14),
      vanishes("sum of the forces", length(total), 1e-14),
      vanishes("largest change of the energy over a period", drift, 1e-7),
      vanishes("distance from the start after a period", distance(end, figureOfEight), 1e-5),
      vanishes("angular momentum", length(spin), 1e-12),
      near("energy", start, -1.287141991, 1e-8),
    ],
    plots: {
      orbits: plot(
        { x: "x", y: "y", square: true },
        figureOfEight.map(({ name }, i) => ({
          label: `${name}, a third of the way`,
          points: path
            .slice(0, steps / 3 + 1)
            .map((bodies): [number, number] => [bodies[i].position.x, bodies[i].position.y]),
        })),
      ),
    },
  };
}

/** The force on one of the bodies, written out. */
function attraction(bodies: readonly Body[], on: number): Vec3 {
  const me = bodies[on];
  return bodies
    .filter((other) => other !== me)
    .map((other) => {
      const towards = subtract(other.position, me.position);
      return scale(towards, (me.mass * other.mass) / length(towards) ** 3);
    })
    .reduce(add);
}

function distance(a: readonly Body[], b: readonly Body[]): number {
  const places = (bodies: readonly Body[]): number[] => bodies.flatMap(({ position }) => [position.x, position.y]);
  return gap(places(a), places(b));
}
