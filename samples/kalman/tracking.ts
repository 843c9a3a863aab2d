import { minimise } from "../show/minimise.ts";
import type { Point } from "../show/plot.ts";
import { randomNumbers } from "../show/random.ts";
import { trackingLikelihoodValueAndGrad } from "./models.grad.ts";
import { trackingFilter, type Tracking } from "./models.ts";

export const truth: Tracking = { push: 0.25, measurement: 4 };
const dt = 0.5;

export interface Tracked {
  /** The variances that make the measurements most likely. */
  readonly found: Tracking;
  /** How far from the true places the measured and the filtered ones are: root mean squares. */
  readonly measuredDistance: number;
  readonly filteredDistance: number;
  /** The first of them, over time. */
  readonly measured: Point[];
  readonly filtered: Point[];
}

/** Simulates a thing that is pushed, fits both variances to its measured places, and filters these. */
export function track(): Tracked {
  const random = randomNumbers(1960);
  const places = simulate(600, () => random.normal());
  const measured = places.map((place) => place + Math.sqrt(truth.measurement) * random.normal());
  const { at } = minimise(
    ([push, measurement]) => {
      const [value, slopes] = trackingLikelihoodValueAndGrad({ push, measurement }, measured, dt);
      return [-value, [-slopes.push, -slopes.measurement]];
    },
    [0, 0],
  );
  const filter = trackingFilter({ push: at[0], measurement: at[1] }, dt);
  const filtered = measured.map((y) => {
    filter.predict();
    filter.update(y);
    return filter.mean[0];
  });
  const off = (seen: readonly number[]): Point[] => seen.slice(0, 200).map((x, k) => [k * dt, x - places[k]]);
  return {
    found: { push: Math.exp(at[0]), measurement: Math.exp(at[1]) },
    measuredDistance: rootMeanSquare(measured, places),
    filteredDistance: rootMeanSquare(filtered, places),
    measured: off(measured),
    filtered: off(filtered),
  };
}

/** Where a thing is whose acceleration is white noise, integrated exactly over each step. */
function simulate(count: number, normal: () => number): number[] {
  const places: number[] = [];
  let place = 0;
  let speed = 1;
  for (let k = 0; k < count; k++) {
    const push = Math.sqrt(truth.push * dt) * normal();
    const bridge = Math.sqrt((truth.push * dt ** 3) / 12) * normal();
    place += speed * dt + (push * dt) / 2 + bridge;
    speed += push;
    places.push(place);
  }
  return places;
}

function rootMeanSquare(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}
