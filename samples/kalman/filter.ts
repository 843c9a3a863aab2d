import { add, apply, dot, multiply, outer, scale, transpose, type Matrix, type Vector } from "./matrix.ts";

/** x' = F x + noise of covariance Q, and what is seen of it: y = h·x + noise of variance r. */
export interface StateSpace {
  readonly transition: Matrix;
  readonly processNoise: Matrix;
  readonly observation: Vector;
  readonly observationNoise: number;
}

/** What is believed about the state, and how likely the observations were so far. */
export class KalmanFilter {
  readonly model: StateSpace;
  mean: Vector;
  covariance: Matrix;
  logLikelihood = 0;

  constructor(model: StateSpace, mean: Vector, covariance: Matrix) {
    this.model = model;
    this.mean = mean;
    this.covariance = covariance;
  }

  /** One step of time. */
  predict(): void {
    const { transition, processNoise } = this.model;
    this.mean = apply(transition, this.mean);
    const spread = multiply(multiply(transition, this.covariance), transpose(transition));
    this.covariance = add(spread, processNoise);
  }

  /** Learns from an observation, and counts how likely it was. */
  update(y: number): void {
    const { observation, observationNoise } = this.model;
    const innovation = y - dot(observation, this.mean);
    const reach = apply(this.covariance, observation);
    const variance = dot(observation, reach) + observationNoise;
    const gain = reach.map((value) => value / variance);
    this.mean = this.mean.map((value, i) => value + gain[i] * innovation);
    this.covariance = add(this.covariance, scale(outer(gain, reach), -1));
    this.logLikelihood -= 0.5 * (Math.log(2 * Math.PI * variance) + innovation ** 2 / variance);
  }

  /** The variance of what is seen of the state. */
  get uncertainty(): number {
    return dot(this.model.observation, apply(this.covariance, this.model.observation));
  }
}
