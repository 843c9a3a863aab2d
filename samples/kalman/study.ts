import { minimise } from "../show/minimise.ts";
import { lift, plot, type Point } from "../show/plot.ts";
import { near, vanishes, type Study } from "../show/study.ts";
import { localLevelLikelihoodHessian, localLevelLikelihoodValueAndGrad } from "./models.grad.ts";
import { localLevelFilter, type LocalLevel } from "./models.ts";
import { firstYear, nile } from "./nile.ts";
import { track, truth } from "./tracking.ts";

const names = ["level", "noise"] as const;
const start: LocalLevel = { level: Math.log(10000), noise: Math.log(10000) };

/** What Durbin and Koopman found for the Nile: Time Series Analysis by State Space Methods (2012), section 2.10. */
const published: LocalLevel = { level: 1469.1, noise: 15099 };

export function study(): Study {
  const { at } = minimise(
    ([level, noise]) => {
      const [value, slopes] = localLevelLikelihoodValueAndGrad({ level, noise }, nile);
      return [-value, [-slopes.level, -slopes.noise]];
    },
    [start.level, start.noise],
  );
  const fitted: LocalLevel = { level: at[0], noise: at[1] };
  const river: LocalLevel = { level: Math.exp(fitted.level), noise: Math.exp(fitted.noise) };
  const [, slopes] = localLevelLikelihoodValueAndGrad(fitted, nile);
  const errors = standardErrors(fitted);
  const belief = levels(fitted);
  const tracked = track();

  return {
    title: "The flow of the Nile, and a thing that is tracked: variances of greatest likelihood, by the Kalman filter",
    tables: [
      {
        head: ["variance, Nile", "start", "fitted", "from", "to", "published"],
        rows: names.map((name) => [
          name,
          Math.exp(start[name]),
          river[name],
          // 95 of 100, by the curvature of the likelihood.
          river[name] * Math.exp(-1.96 * errors[name]),
          river[name] * Math.exp(1.96 * errors[name]),
          published[name],
        ]),
      },
      {
        head: ["tracking", "fitted", "true"],
        rows: [
          ["variance of the pushes", tracked.found.push, truth.push],
          ["variance of the measurements", tracked.found.measurement, truth.measurement],
          ["distance of the measured places", tracked.measuredDistance, ""],
          ["distance of the filtered places", tracked.filteredDistance, ""],
        ],
      },
    ],
    checks: [
      near("Nile: variance of the steps of the level", river.level, published.level, 1e-4),
      near("Nile: variance of the noise", river.noise, published.noise, 1e-4),
      vanishes("Nile: slope of the likelihood at the end", Math.hypot(slopes.level, slopes.noise), 1e-6),
      near("Nile: variance of the level in 1970, by Riccati", belief[belief.length - 1].variance, riccati(river)),
      near("tracking: variance of the pushes", tracked.found.push, truth.push, 0.3),
      near("tracking: variance of the measurements", tracked.found.measurement, truth.measurement, 0.1),
      vanishes("tracking: distance after the filter, of 1", tracked.filteredDistance / tracked.measuredDistance, 0.65),
    ],
    plots: {
      "The Nile at Aswan, and the level that the filter believes in after each year": plot(
        { x: "year", y: "flow, 10⁸ m³", years: true },
        [
          { label: "flow", dots: true, points: nile.map((flow, k) => [firstYear + k, flow]) },
          { label: "level", points: belief.map(({ year, mean }) => [year, mean]) },
          { label: "90 of 100 levels", dashed: true, points: [...edge(belief, -1.645), lift, ...edge(belief, 1.645)] },
        ],
      ),
      "A thing that is pushed at random: how far off its place is": plot(
        { x: "time", y: "distance from the true place" },
        [
          { label: "measured", points: tracked.measured },
          { label: "filtered", points: tracked.filtered },
        ],
      ),
    },
  };
}

/** Of the logarithms: the roots of the diagonal of the inverse of minus the Hessian. */
function standardErrors(variances: LocalLevel): LocalLevel {
  const { level, noise } = localLevelLikelihoodHessian(variances, nile);
  const determinant = level.level * noise.noise - level.noise * noise.level;
  return { level: Math.sqrt(-noise.noise / determinant), noise: Math.sqrt(-level.level / determinant) };
}

interface Level {
  readonly year: number;
  readonly mean: number;
  readonly variance: number;
}

/** What is believed each year, after its flow was seen. */
function levels(variances: LocalLevel): Level[] {
  const filter = localLevelFilter(variances, nile[0]);
  return nile.slice(1).map((flow, k) => {
    filter.predict();
    filter.update(flow);
    return { year: firstYear + 1 + k, mean: filter.mean[0], variance: filter.uncertainty };
  });
}

function edge(belief: readonly Level[], deviations: number): Point[] {
  return belief.map(({ year, mean, variance }) => [year, mean + deviations * Math.sqrt(variance)]);
}

/** Where the variance of the level settles: a quadratic equation. */
function riccati({ level, noise }: LocalLevel): number {
  const predicted = (level + Math.sqrt(level ** 2 + 4 * level * noise)) / 2;
  return (predicted * noise) / (predicted + noise);
}
