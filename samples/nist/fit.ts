import { levenbergMarquardt } from "ml-levenberg-marquardt";
import type { Dataset } from "./parse.ts";
import type { Problem } from "./problems.ts";

export interface Fit {
  readonly parameters: Float64Array;
  readonly rss: number;
  /** Steps that the solver took, those that it had to take back included. */
  readonly iterations: number;
  /** False when the limit on iterations, or on the damping, ended the search. */
  readonly converged: boolean;
}

/** The README of this sample tells where these numbers come from. They are the same for all data sets. */
const settings = {
  /** Steps that the solver takes on its own before we look at where it stands. */
  stepsPerRound: 4,
  damping: 0.01,
  /** The damping is multiplied by `onFailure` after a round that found nothing better, and divided by `onSuccess` after one that did. */
  onFailure: 2,
  onSuccess: 3,
  maxDamping: 1e18,
  minDamping: 1e-18,
  maxIterations: 1000,
  /** A change of every parameter by less than this fraction of it ends the search. */
  stepTolerance: 1e-13,
  /** Two sums of squares that differ by less than this fraction are equal but for rounding. */
  rounding: 1e-13,
  /** So many rounds in a row that improve nothing but within rounding end the search. */
  idleRounds: 3,
};

/**
 * Fits the model to the data, from `start`, with the solver of `ml-levenberg-marquardt`.
 *
 * That solver keeps a step that made the fit worse, damps all parameters alike whatever their units, and stops only
 * when the sum of squares itself is small. So it runs in rounds of a few steps: each starts at the best point so far,
 * in units in which every parameter matters about the same, with the damping that the rounds before have taught.
 */
export function fit(problem: Problem, dataset: Dataset, start: Float64Array): Fit {
  const model = residualModel(problem, dataset);
  let best = model.at(start);
  let weights: Float64Array = new Float64Array(start.length);
  let damping = settings.damping;
  let iterations = 0;
  let idle = 0;

  while (iterations < settings.maxIterations && damping < settings.maxDamping) {
    weights = columnNorms(model.jacobian(best.parameters), weights);
    const round = runRound(model, best, weights, damping);
    iterations += round.iterations;

    const settled = round.last.rss <= best.rss * (1 + settings.rounding);
    const change = largestChange(best.parameters, round.last.parameters);
    if (settled && round.best.rss >= best.rss * (1 - settings.rounding)) {
      // At the bottom the sum of squares says nothing more, but its gradient still does: the last point is the better one.
      best = round.last;
      idle += 1;
      if (idle === settings.idleRounds) return { ...best, iterations, converged: true };
    } else if (round.best.rss < best.rss) {
      best = round.best;
      idle = 0;
      damping = Math.max(damping / settings.onSuccess, settings.minDamping);
    } else {
      damping *= settings.onFailure;
    }
    if (change < settings.stepTolerance) return { ...best, iterations, converged: true };
  }
  return { ...best, iterations, converged: false };
}

/** A place that the solver has visited. */
interface Point {
  readonly parameters: Float64Array;
  readonly values: Float64Array;
  readonly rss: number;
}

interface Model {
  readonly response: Float64Array;
  at(parameters: Float64Array): Point;
  /** Row-major, one row for each data point. */
  jacobian(parameters: Float64Array): ArrayLike<number>;
}

/** The model at the data's predictors. The solver asks twice in a row for the same place, so the last one is kept. */
function residualModel(problem: Problem, { predictors, response }: Dataset): Model {
  let point: Point | undefined;
  let slope: { readonly parameters: Float64Array; readonly rows: ArrayLike<number> } | undefined;
  return {
    response,
    at(parameters) {
      if (point === undefined || !same(point.parameters, parameters)) {
        const values = problem.value(parameters, predictors);
        point = { parameters, values, rss: sumOfSquares(values, response) };
      }
      return point;
    },
    jacobian(parameters) {
      if (slope === undefined || !same(slope.parameters, parameters)) {
        slope = { parameters, rows: problem.jacobian(parameters, predictors).data };
      }
      return slope.rows;
    },
  };
}

interface Round {
  readonly best: Point;
  /** Where the solver stood at the end, better or not. */
  readonly last: Point;
  readonly iterations: number;
}

/** A few steps of the solver from `start`, with `damping` relative to the squares of `weights`. */
function runRound(model: Model, start: Point, weights: Float64Array, damping: number): Round {
  // The solver keeps its damping between 1e-7 and 1e7, too narrow for us: its units are chosen so that it starts near 1.
  const shift = Math.round(Math.log2(damping) / 2);
  const units = weights.map((weight) => (weight > 0 ? weight * 2 ** shift : 1));
  // It sees how far each parameter is from `start`, so that the start itself is not rounded.
  const toModel = (scaled: ArrayLike<number>) => start.parameters.map((value, j) => value + scaled[j] / units[j]);
  let best = start;
  let last = start;
  let iterations = 0;

  try {
    levenbergMarquardt(
      // To the solver a data point's predictor is its number: a model with two predictors is then no special case.
      { x: Array.from(model.response.keys()), y: model.response },
      (scaled) => {
        last = model.at(toModel(scaled));
        if (last.rss < best.rss) best = last;
        const { values } = last;
        return (i) => values[i];
      },
      {
        initialValues: new Float64Array(units.length),
        jacobianFunction: (scaled) => {
          iterations += 1;
          const rows = model.jacobian(toModel(scaled));
          return (i) => Array.from(units, (unit, j) => rows[i * units.length + j] / unit);
        },
        damping: damping / 4 ** shift,
        maxIterations: settings.stepsPerRound,
        errorTolerance: 0,
        minValues: new Array<number>(units.length).fill(-Infinity),
        maxValues: new Array<number>(units.length).fill(Infinity),
      },
    );
  } catch {
    // It throws when a step led to where the model overflows. What was found before still counts.
  }
  return { best, last, iterations };
}

/** How much the model changes with each parameter: the largest that this has been so far, as in Moré's algorithm. */
function columnNorms(rows: ArrayLike<number>, before: Float64Array): Float64Array {
  const squares = new Float64Array(before.length);
  for (let i = 0; i < rows.length; i++) {
    const j = i % before.length;
    squares[j] += rows[i] ** 2;
  }
  return before.map((norm, j) => {
    const now = Math.sqrt(squares[j]);
    return Number.isFinite(now) ? Math.max(norm, now) : norm;
  });
}

function sumOfSquares(values: Float64Array, response: Float64Array): number {
  return values.reduce((sum, value, i) => sum + (response[i] - value) ** 2, 0);
}

function largestChange(from: Float64Array, to: Float64Array): number {
  return from.reduce((largest, value, j) => Math.max(largest, Math.abs((to[j] - value) / value)), 0);
}

function same(a: Float64Array, b: Float64Array): boolean {
  return a.every((value, j) => value === b[j]);
}
