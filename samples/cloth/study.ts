import { leaves, withLeaves } from "../show/leaves.ts";
import { minimise } from "../show/minimise.ts";
import { lift, plot, type Point } from "../show/plot.ts";
import { randomNumbers } from "../show/random.ts";
import { near, type Study } from "../show/study.ts";
import { mismatchJvp, mismatchValueAndGrad } from "./cloth.grad.ts";
import { copyOf, mismatch, step, type Cloth, type Frame, type Physics, type Spring, type Vec3 } from "./cloth.ts";

const truth: Physics = {
  stiffness: 1200,
  damping: 3,
  gravity: 9.81,
  wind: { x: 0.5, y: 0, z: 4 },
  airDrag: 0.6,
};
/** What somebody might guess who has not looked. */
const guess: Physics = {
  stiffness: 500,
  damping: 1,
  gravity: 5,
  wind: { x: 0, y: 0, z: 1 },
  airDrag: 0.3,
};
/** What a change of 1 of the optimiser means. */
const units: Physics = {
  stiffness: 300,
  damping: 1,
  gravity: 5,
  wind: { x: 2, y: 2, z: 2 },
  airDrag: 0.3,
};
const names = ["stiffness", "damping", "gravity", "wind x", "wind y", "wind z", "air drag"];

const side = 7;
const dt = 0.01;
const stepsBetween = 30;

export function study(): Study {
  const random = randomNumbers(1987);
  const start = hangingCloth();
  const frames = simulate(truth, start, 6);
  const blurred = (value: number): number => value + 0.002 * random.normal();
  const film = frames.map(({ steps, positions }): Frame => {
    return { steps, positions: positions.map(({ x, y, z }) => ({ x: blurred(x), y: blurred(y), z: blurred(z) })) };
  });
  const scale = leaves(units);
  const inUnits = leaves(guess).map((value, j) => value / scale[j]);
  const physicsAt = (parameters: Float64Array): Physics =>
    withLeaves(
      guess,
      parameters.map((value, j) => value * scale[j]),
    );
  const fit = minimise(
    (parameters) => {
      const [value, slopes] = mismatchValueAndGrad(physicsAt(parameters), start, film, dt);
      return [value, leaves(slopes).map((slope, j) => slope * scale[j])];
    },
    inUnits,
    { mostIterations: 150, smallest: 1e-7 },
  );
  const found = physicsAt(fit.at);
  const [, slopes] = mismatchValueAndGrad(guess, start, film, dt);
  const [, alongUnits] = mismatchJvp(guess, start, film, dt, units);
  const expected = leaves(slopes).reduce((sum, slope, j) => sum + slope * scale[j], 0);
  const measured = film.length * side * side * 3;
  const distance = (physics: Physics): number => Math.sqrt(mismatch(physics, start, film, dt) / measured);

  return {
    title: "A cloth in the wind: what it is made of, and how the wind blows, from a film of it",
    tables: [
      {
        head: ["", "guessed", "found", "true"],
        rows: names.map((name, j) => [name, leaves(guess)[j], leaves(found)[j], leaves(truth)[j]]),
      },
      {
        head: ["", "distance from the film, root mean square"],
        rows: [
          ["guessed", distance(guess)],
          ["found", distance(found)],
          ["true", distance(truth)],
        ],
      },
    ],
    checks: [
      near("stiffness", found.stiffness, truth.stiffness, 0.02),
      // Wind from below and gravity act alike: only what they do together shows in the film.
      near("gravity less the lift of the wind", fall(found), fall(truth), 0.01),
      near("wind from behind", found.wind.z, truth.wind.z, 0.05),
      near("air drag", found.airDrag, truth.airDrag, 0.05),
      near("distance that the fit leaves: the blur of the film", distance(found), 0.002, 0.1),
      near("derivative along the units, forward and in reverse", alongUnits, expected),
    ],
    plots: {
      "Six frames of the film, and the cloth simulated with what was found and with what was guessed": plot(
        { x: "", y: "", square: true },
        [
          { label: "filmed", dots: true, points: film.flatMap(({ positions }, k) => positions.map(seenAt(k))) },
          { label: "found", points: simulate(found, start, 6).flatMap(net) },
          { label: "guessed", dashed: true, points: simulate(guess, start, 6).flatMap(net) },
        ],
      ),
    },
  };
}

function fall({ gravity, wind, airDrag }: Physics): number {
  return gravity - airDrag * wind.y;
}

/** A square cloth that is held flat, and let go but for the corners at the back. */
function hangingCloth(): Cloth {
  const places = Array.from({ length: side * side }, (_, i) => [i % side, Math.floor(i / side)] as const);
  const particles = places.map(([column, row]) => ({
    position: { x: column / (side - 1), y: 0, z: row / (side - 1) },
    velocity: { x: 0, y: 0, z: 0 },
    pinned: row === 0 && (column === 0 || column === side - 1),
  }));
  const springs = places.flatMap(([column, row], a) =>
    // Along the threads, and across them against shear.
    [
      [1, 0],
      [0, 1],
      [1, 1],
      [-1, 1],
    ].flatMap(([right, down]): Spring[] => {
      const [c, r] = [column + right, row + down];
      if (c < 0 || c >= side || r >= side) return [];
      return [{ a, b: r * side + c, rest: Math.hypot(right, down) / (side - 1) }];
    }),
  );
  return { particles, springs };
}

function simulate(physics: Physics, start: Cloth, frames: number): Frame[] {
  const cloth = copyOf(start);
  return Array.from({ length: frames }, () => {
    for (let k = 0; k < stepsBetween; k++) step(cloth, physics, dt);
    return { steps: stepsBetween, positions: cloth.particles.map(({ position }) => ({ ...position })) };
  });
}

/** Seen from the side, three frames in a row. */
const seenAt =
  (frame: number) =>
  ({ x, y, z }: Vec3): Point => [1.7 * (frame % 3) + x - 0.5 * z, -1.7 * Math.floor(frame / 3) + y - 0.2 * z];

/** The threads of a cloth, one after the other. */
function net({ positions }: Frame, frame: number): Point[] {
  const at = (column: number, row: number): Point => seenAt(frame)(positions[row * side + column]);
  const indices = Array.from({ length: side }, (_, k) => k);
  return indices.flatMap((i) => [...indices.map((j) => at(j, i)), lift, ...indices.map((j) => at(i, j)), lift]);
}
