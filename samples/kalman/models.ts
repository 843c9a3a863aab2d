import { KalmanFilter, type StateSpace } from "./filter.ts";

/** A level that wanders, seen through noise. Logarithms of variances: an optimiser may move them anywhere. */
export interface LocalLevel {
  readonly level: number;
  readonly noise: number;
}

/** Nothing is known about where the level starts, so the first value of the series tells. */
export function localLevelFilter({ level, noise }: LocalLevel, first: number): KalmanFilter {
  const model: StateSpace = {
    transition: [[1]],
    processNoise: [[Math.exp(level)]],
    observation: [1],
    observationNoise: Math.exp(noise),
  };
  return new KalmanFilter(model, [first], [[Math.exp(noise)]]);
}

/**
 * The logarithm of the likelihood of a series, decomposed into predictions of each value from those before it.
 * @differentiable valueAndGrad hessian
 * @wrt variances
 */
export function localLevelLikelihood(variances: LocalLevel, series: readonly number[]): number {
  const [first, ...others] = series;
  const filter = localLevelFilter(variances, first);
  for (const y of others) {
    filter.predict();
    filter.update(y);
  }
  return filter.logLikelihood;
}

/** A thing that moves along a line, pushed at random, whose place is measured. Logarithms of variances again. */
export interface Tracking {
  readonly push: number;
  readonly measurement: number;
}

export function trackingFilter({ push, measurement }: Tracking, dt: number): KalmanFilter {
  const q = Math.exp(push);
  const model: StateSpace = {
    transition: [
      [1, dt],
      [0, 1],
    ],
    processNoise: [
      [(q * dt ** 3) / 3, (q * dt ** 2) / 2],
      [(q * dt ** 2) / 2, q * dt],
    ],
    observation: [1, 0],
    observationNoise: Math.exp(measurement),
  };
  const uncertain = [
    [100, 0],
    [0, 100],
  ];
  return new KalmanFilter(model, [0, 0], uncertain);
}

/**
 * @differentiable valueAndGrad
 * @wrt noise
 */
export function trackingLikelihood(noise: Tracking, places: readonly number[], dt: number): number {
  const filter = trackingFilter(noise, dt);
  for (const place of places) {
    filter.predict();
    filter.update(place);
  }
  return filter.logLikelihood;
}
