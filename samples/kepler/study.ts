import { leastSquares } from "../show/levenberg.ts";
import { plot, type Point } from "../show/plot.ts";
import { randomNumbers } from "../show/random.ts";
import { near, vanishes, type Study } from "../show/study.ts";
import { predictedJacobian } from "./orbit.grad.ts";
import { positionAt, predicted, type Elements } from "./orbit.ts";

const degree = Math.PI / 180;

/** The star S2, which orbits the black hole in the middle of the Galaxy: GRAVITY Collaboration (2020). */
const s2: Elements = {
  period: 16.0455,
  periastron: 2018.379,
  eccentricity: 0.884649,
  axis: 125.058,
  inclination: 134.567 * degree,
  node: 228.171 * degree,
  argument: 66.263 * degree,
};
const names = Object.keys(s2) as (keyof Elements)[];

/** Where a search without much knowledge might start. */
const start: Elements = {
  period: 15.2,
  periastron: 2018.2,
  eccentricity: 0.86,
  axis: 119,
  inclination: 130 * degree,
  node: 232 * degree,
  argument: 61 * degree,
};
const units: Elements = {
  period: 1,
  periastron: 0.1,
  eccentricity: 0.02,
  axis: 5,
  inclination: 0.1,
  node: 0.1,
  argument: 0.1,
};

const toVector = (elements: Elements): Float64Array => Float64Array.from(names, (name) => elements[name]);
const fromVector = (values: ArrayLike<number>): Elements =>
  Object.fromEntries(names.map((name, j) => [name, values[j]])) as unknown as Elements;

/** Thousandths of an arc second. */
const noise = 0.4;

export function study(): Study {
  const random = randomNumbers(2018);
  const times = Array.from({ length: 70 }, (_, i) => 2002.3 + 0.24 * i + 0.05 * random.uniform());
  const measured = Float64Array.from(predicted(s2, times), (value) => value + noise * random.normal());
  const jacobian = (values: Float64Array): number[] => {
    const columns = predictedJacobian(fromVector(values), times);
    return Array.from(measured).flatMap((_, i) => names.map((name) => columns[name].data[i]));
  };
  const fit = leastSquares(
    { predict: (values) => predicted(fromVector(values), times), jacobian },
    measured,
    toVector(start),
    toVector(units),
  );

  const found = fromVector(fit.parameters);
  const freedom = measured.length - names.length;
  const residuals = predicted(found, times).map((value, i) => value - measured[i]);
  const rows = jacobian(fit.parameters);
  const slope = names.map((name, j) =>
    Math.abs(residuals.reduce((sum, residual, i) => sum + residual * rows[i * names.length + j], 0) * units[name]),
  );
  // Kepler's third law, at the distance of the same paper: 8246.7 parsec.
  const solarMasses = (found.axis * 8.2467) ** 3 / found.period ** 2;

  const angles = new Set<keyof Elements>(["inclination", "node", "argument"]);
  const shown = (name: keyof Elements, value: number): number => (angles.has(name) ? value / degree : value);
  return {
    title: "The orbit of S2 around the black hole of the Galaxy, fitted to simulated measurements",
    tables: [
      {
        head: ["element", "start", "fitted", "published"],
        rows: names.map((name) => [name, shown(name, start[name]), shown(name, found[name]), shown(name, s2[name])]),
      },
    ],
    checks: [
      near("period, years", found.period, s2.period, 2e-3),
      near("eccentricity", found.eccentricity, s2.eccentricity, 2e-3),
      near("mass of the black hole, million Suns", solarMasses / 1e6, 4.261, 1e-2),
      near("noise that the fit leaves", Math.sqrt(fit.sumOfSquares / freedom), noise, 0.2),
      vanishes("slope of the sum of squares at the end", Math.max(...slope), 1e-4),
    ],
    plots: {
      orbit: plot({ x: "west of the black hole, mas", y: "north, mas", square: true }, [
        { label: "measured", dots: true, points: pairs(measured) },
        { label: "fitted", points: orbit(found) },
        { label: "start", points: orbit(start), dashed: true },
        { label: "black hole", dots: true, points: [[0, 0]] },
      ]),
    },
  };
}

function pairs(values: ArrayLike<number>): Point[] {
  return Array.from({ length: values.length / 2 }, (_, i) => [-values[2 * i + 1], values[2 * i]]);
}

function orbit(elements: Elements): Point[] {
  return Array.from({ length: 401 }, (_, i) => {
    const { north, east } = positionAt(
      elements.periastron + ((i / 400 - 0.5) ** 3 * 4 + 1e-9) * elements.period,
      elements,
    );
    return [-east, north];
  });
}
