import { extent } from "d3-array";
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from "d3-scale";
import { line } from "d3-shape";
import { escape } from "../show/text.ts";
import type { Dataset } from "./parse.ts";
import type { Problem } from "./problems.ts";

const size = { width: 440, height: 290 };
/** The fit above, its residuals below; both share the horizontal axis. */
const frame = { left: 60, right: size.width - 12, top: 10, bottom: 188 };
const strip = { top: 204, bottom: 246 };

type Scale = ScaleContinuousNumeric<number, number>;

/** Points and a curve through them that belong together. A data set with two predictors has a series for each value of the second. */
interface Series {
  readonly label: string;
  readonly points: readonly Point[];
  readonly curve: readonly [x: number, y: number][];
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly residual: number;
}

/** The data, the fitted curve and the residuals, as an SVG that takes its colours from the page. */
export function fitPlot(dataset: Dataset, problem: Problem, parameters: Float64Array): string {
  const xs = dataset.predictors[0];
  // Times that double from one to the next would crowd at the left.
  const x = (dataset.predictors.length > 1 ? scaleLog() : scaleLinear())
    .domain(domain(xs))
    .range([frame.left + 6, frame.right - 6]);
  const series = seriesOf(dataset, problem, parameters, x);
  const points = series.flatMap((one) => one.points);
  const y = scaleLinear()
    .domain(
      domain([...points.map((point) => point.y), ...series.flatMap(({ curve }) => curve.map(([, value]) => value))]),
    )
    .nice(5)
    .range([frame.bottom, frame.top]);
  const furthest = Math.max(...points.map((point) => Math.abs(point.residual)), Number.MIN_VALUE);
  const r = scaleLinear()
    .domain([-furthest, furthest])
    .range([strip.bottom - 4, strip.top + 4]);
  // One series has the page's own colours; several are told apart by theirs.
  const colour = (k: number) => (series.length > 1 ? `series${k}` : "");
  const density = points.length > 100 ? "dense" : "sparse";

  return [
    `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escape(`${dataset.name}: data and fitted curve`)}">`,
    horizontalAxis(x, dataset.predictorLabels[0]),
    verticalAxis(y, dataset.responseLabel),
    residualAxis(r, furthest),
    ...series.flatMap((one, k) => [
      curvePath(one, x, y, colour(k)),
      dots(
        one.points.map((point) => [x(point.x), y(point.y)]),
        `data ${density} ${colour(k)}`,
      ),
      dots(
        one.points.map((point) => [x(point.x), r(point.residual)]),
        `residual ${density} ${colour(k)}`,
      ),
    ]),
    series.length > 1 ? legend(series) : "",
    "</svg>",
  ].join("\n");
}

function domain(values: Iterable<number>): [number, number] {
  const [low, high] = extent(values);
  return [low ?? 0, high ?? 1];
}

function seriesOf(dataset: Dataset, problem: Problem, parameters: Float64Array, x: Scale): Series[] {
  const { predictors, response } = dataset;
  const values = problem.value(parameters, predictors);
  const [xs] = predictors;
  const second = predictors.at(1);
  const grid = Float64Array.from({ length: 400 }, (_, i) =>
    x.invert(frame.left + 6 + (i / 399) * (frame.right - frame.left - 12)),
  );
  const groups = second === undefined ? [undefined] : [...new Set(second)];
  return groups.map((group) => {
    const held = group === undefined ? [] : [grid.map(() => group)];
    const curve = problem.value(parameters, [grid, ...held]);
    return {
      label: group === undefined ? "" : `${dataset.predictorLabels[1]} ${group}`,
      points: Array.from(xs, (at, i) => ({ x: at, y: response[i], residual: response[i] - values[i] })).filter(
        (_, i) => group === undefined || second?.[i] === group,
      ),
      curve: Array.from(grid, (at, i) => [at, curve[i]]),
    };
  });
}

function curvePath({ curve }: Series, x: Scale, y: Scale, colour: string): string {
  const path = line(
    ([at]) => round(x(at)),
    ([, value]) => round(y(value)),
  ).digits(1)([...curve]);
  return `<path class="curve ${colour}" d="${path ?? ""}"/>`;
}

/** All points as one path: a line of no length with round ends is a dot. */
function dots(places: readonly (readonly [number, number])[], kind: string): string {
  const path = places.map(([px, py]) => `M${round(px)},${round(py)}h0`).join("");
  return `<path class="${kind}" d="${path}"/>`;
}

function horizontalAxis(x: Scale, label: string): string {
  const format = x.tickFormat(6);
  const ticks = x.ticks(6).map((tick) => {
    const at = String(round(x(tick)));
    return (
      `<path class="grid" d="M${at},${frame.top}V${frame.bottom}M${at},${strip.top}V${strip.bottom}"/>` +
      `<text x="${at}" y="${strip.bottom + 15}" text-anchor="middle">${format(tick)}</text>`
    );
  });
  const middle = (frame.left + frame.right) / 2;
  return [
    ...ticks,
    `<text class="label" x="${middle}" y="${size.height - 9}" text-anchor="middle">${escape(label)}</text>`,
  ].join("");
}

function verticalAxis(y: Scale, label: string): string {
  const format = y.tickFormat(5);
  const ticks = y.ticks(5).map((tick) => {
    const at = round(y(tick));
    return (
      `<path class="grid" d="M${frame.left},${at}H${frame.right}"/>` +
      `<text x="${frame.left - 6}" y="${at + 3.5}" text-anchor="end">${format(tick)}</text>`
    );
  });
  const middle = (frame.top + frame.bottom) / 2;
  const title = `<text class="label" transform="translate(11,${middle}) rotate(-90)" text-anchor="middle">${escape(label)}</text>`;
  return [...ticks, title].join("");
}

/** The strip of residuals: its middle is zero, its scale is said in words. */
function residualAxis(r: Scale, furthest: number): string {
  const zero = String(round(r(0)));
  return (
    `<rect class="strip" x="${frame.left}" y="${strip.top}" width="${frame.right - frame.left}" height="${strip.bottom - strip.top}"/>` +
    `<path class="zero" d="M${frame.left},${zero}H${frame.right}"/>` +
    `<text x="${frame.left - 6}" y="${strip.top + 9}" text-anchor="end">${brief(furthest)}</text>` +
    `<text x="${frame.left - 6}" y="${strip.bottom}" text-anchor="end">−${brief(furthest)}</text>`
  );
}

function legend(series: readonly Series[]): string {
  return series
    .map(({ label }, k) => {
      const y = frame.bottom - 12 - 14 * (series.length - 1 - k);
      return (
        `<path class="curve series${k}" d="M${frame.left + 12},${y}h16"/>` +
        `<text x="${frame.left + 34}" y="${y + 3.5}">${escape(label)}</text>`
      );
    })
    .join("");
}

function brief(value: number): string {
  return value >= 0.01 && value < 1000 ? String(Number(value.toPrecision(2))) : value.toExponential(0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
