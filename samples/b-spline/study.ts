import { leastSquares } from "../show/levenberg.ts";
import { plot } from "../show/plot.ts";
import { vanishes, type Study } from "../show/study.ts";
import { splineValuesJacobian } from "./spline.grad.ts";
import { basis, evaluate, splineValues, type Spline } from "./spline.ts";

/** A property of titanium as it is heated: de Boor and Rice (1968), the data on which splines with free knots are tried. */
const titanium = [
  0.644, 0.622, 0.638, 0.649, 0.652, 0.639, 0.646, 0.657, 0.652, 0.655, 0.644, 0.663, 0.663, 0.668, 0.676, 0.676, 0.686,
  0.679, 0.678, 0.683, 0.694, 0.699, 0.71, 0.73, 0.763, 0.812, 0.907, 1.044, 1.336, 1.881, 2.169, 2.075, 1.598, 1.211,
  0.916, 0.746, 0.672, 0.627, 0.615, 0.607, 0.606, 0.609, 0.603, 0.601, 0.603, 0.601, 0.611, 0.601, 0.608,
];
const temperatures = titanium.map((_, i) => 595 + 10 * i);
/** The last data point lies inside of the half-open interval. */
const interval = [595, 1075 + 1e-6] as const;

const knotCount = 5;
const toVector = ({ knots, coefficients }: Spline): Float64Array => Float64Array.of(...knots, ...coefficients);
const fromVector = (values: Float64Array): Spline => ({
  knots: [...values.slice(0, knotCount)],
  coefficients: [...values.slice(knotCount)],
});

export function study(): Study {
  const start: Spline = {
    knots: [840, 875, 900, 925, 970],
    coefficients: Array<number>(knotCount + 4).fill(0.6),
  };
  const size = knotCount + start.coefficients.length;
  const scale = Float64Array.from({ length: size }, (_, j) => (j < knotCount ? 10 : 1));
  /** The knots stay where they are. */
  const coefficientsOnly = scale.map((_, j) => (j < knotCount ? 0 : 1));
  const jacobian = (values: Float64Array): number[] => {
    const { knots, coefficients } = splineValuesJacobian(fromVector(values), interval, temperatures);
    const row = ({ data, shape }: typeof knots, i: number): Float64Array =>
      data.slice(i * shape[1], (i + 1) * shape[1]) as Float64Array;
    return titanium.flatMap((_, i) => [...row(knots, i), ...row(coefficients, i)]);
  };
  const predict = (values: Float64Array): number[] => splineValues(fromVector(values), interval, temperatures);
  const [model, measured] = [{ predict, jacobian }, Float64Array.from(titanium)];
  const first = leastSquares(model, measured, toVector(start), coefficientsOnly, 10);
  const fit = leastSquares(model, measured, first.parameters, scale);
  const spline = fromVector(fit.parameters);

  const all = [...Array<number>(4).fill(595), ...spline.knots, ...Array<number>(4).fill(interval[1])];
  const unity = temperatures.map((x) => spline.coefficients.reduce((sum, _, i) => sum + basis(all, i, 4, x), 0) - 1);
  const residuals = predict(fit.parameters).map((value, i) => value - titanium[i]);
  const rows = jacobian(fit.parameters);
  const slope = Array.from(scale, (unit, j) =>
    Math.abs(residuals.reduce((sum, residual, i) => sum + residual * rows[i * size + j], 0) * unit),
  );
  // The best five knots of Jupp (1978) and others after him, to a degree.
  const best = [836, 876, 898, 916, 974];
  return {
    title: "A cubic spline with free knots, fitted to de Boor's titanium data",
    tables: [
      {
        head: ["knot", "start", "fitted", "published"],
        rows: spline.knots.map((knot, i) => [i + 1, start.knots[i], knot, best[i]]),
      },
    ],
    checks: [
      ...spline.knots.map((knot, i) => ({ what: `knot ${i + 1}`, value: knot, expected: best[i], within: 1 })),
      vanishes("sum of the basis less one", Math.max(...unity.map(Math.abs)), 1e-12),
      vanishes("slope of the sum of squares at the end", Math.max(...slope), 1e-6),
    ],
    plots: {
      titanium: plot({ x: "temperature", y: "property" }, [
        { label: "measured", dots: true, points: temperatures.map((x, i) => [x, titanium[i]]) },
        {
          label: "spline",
          points: Array.from({ length: 481 }, (_, i) => [595 + i, evaluate(spline, interval, 595 + i)]),
        },
        { label: "knots", dots: true, points: spline.knots.map((x) => [x, evaluate(spline, interval, x)]) },
      ]),
    },
  };
}
