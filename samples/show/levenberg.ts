import { levenbergMarquardt } from "ml-levenberg-marquardt";

export interface LeastSquares {
  /** What the model predicts with these parameters, in the order of the measurements. */
  predict(parameters: Float64Array): ArrayLike<number>;
  /** Its derivatives: a row for each measurement, a column for each parameter, row by row. */
  jacobian(parameters: Float64Array): ArrayLike<number>;
}

export interface Fit {
  readonly parameters: Float64Array;
  readonly sumOfSquares: number;
  readonly iterations: number;
}

/**
 * Fits `model` to `measured` with ml-levenberg-marquardt, in units of `scale`, since the solver damps all parameters
 * alike. It keeps steps that make things worse, so it is asked for one step at a time, and again with more damping.
 */
export function leastSquares(
  model: LeastSquares,
  measured: Float64Array,
  start: Float64Array,
  scale: Float64Array,
  mostIterations = 100,
): Fit {
  const data = { x: Array.from(measured.keys()), y: measured };
  const inUnits = (scaled: ArrayLike<number>): Float64Array => start.map((value, j) => value + scaled[j] * scale[j]);
  const values = (scaled: ArrayLike<number>): ((i: number) => number) => {
    const predicted = model.predict(inUnits(scaled));
    return (i) => predicted[i];
  };
  const jacobianFunction = (scaled: ArrayLike<number>): ((i: number) => number[]) => {
    const rows = model.jacobian(inUnits(scaled));
    return (i) => Array.from(scale, (unit, j) => rows[i * scale.length + j] * unit);
  };
  let parameters: ArrayLike<number> = new Float64Array(start.length);
  let sumOfSquares = Infinity;
  let damping = 1e-2;
  let iterations = 0;
  while (iterations < mostIterations && damping < 1e12) {
    iterations++;
    const step = levenbergMarquardt(data, values, {
      initialValues: parameters,
      jacobianFunction,
      damping,
      maxIterations: 1,
      errorTolerance: 0,
    });
    const isBetter = step.parameterValues.some((value, j) => value !== parameters[j]);
    damping *= isBetter ? 0.2 : 4;
    parameters = step.parameterValues;
    sumOfSquares = step.parameterError;
  }
  return { parameters: inUnits(parameters), sumOfSquares, iterations };
}
