import type { Network } from "./network.ts";

/** Where things go from a place. */
export type Field = (y: readonly number[]) => number[];

/** One step of the classic Runge-Kutta method. */
export function rungeKutta4(field: Field, y: readonly number[], h: number): number[] {
  const ahead = (slope: readonly number[], by: number): number[] => y.map((value, i) => value + by * slope[i]);
  const k1 = field(y);
  const k2 = field(ahead(k1, h / 2));
  const k3 = field(ahead(k2, h / 2));
  const k4 = field(ahead(k3, h));
  return y.map((value, i) => value + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]));
}

/** The places that a particle in `field` passes, one for each step. */
export function trajectory(field: Field, start: readonly number[], h: number, steps: number): (readonly number[])[] {
  const path = [start];
  for (let k = 0; k < steps; k++) path.push(rungeKutta4(field, path[k], h));
  return path;
}

/** As in Chen et al. (2018), a network of the cubes of the coordinates. */
export function fieldOf(network: Network): Field {
  return (y) => network.evaluate(y.map((value) => value ** 3));
}

/**
 * The mean squared distance between short episodes of a trajectory and where the network goes from their first points.
 * @differentiable valueAndGrad
 * @wrt network
 */
export function episodeLoss(network: Network, episodes: readonly (readonly number[][])[], h: number): number {
  const field = fieldOf(network);
  let loss = 0;
  let count = 0;
  for (const points of episodes) {
    const path = trajectory(field, points[0], h, points.length - 1);
    path.forEach((place, k) => {
      place.forEach((value, i) => {
        loss += (value - points[k][i]) ** 2;
        count++;
      });
    });
  }
  return loss / count;
}
