import { extent } from "d3-array";
import { scaleLinear, type ScaleLinear } from "d3-scale";
import { line } from "d3-shape";

export type Point = readonly [x: number, y: number];

/** Where a line ends and begins anew. */
export const lift: Point = [NaN, NaN];

export interface Series {
  readonly label?: string;
  readonly points: readonly Point[];
  /** Dots instead of a line. */
  readonly dots?: boolean;
  /** A line of dashes. */
  readonly dashed?: boolean;
}

export interface Axes {
  readonly x: string;
  readonly y: string;
  /** Years are not written as 1,970. */
  readonly years?: boolean;
  /** The same scale on both axes, as for maps and orbits. */
  readonly square?: boolean;
}

const size = { width: 800, height: 420 };
/** What is to its right is the legend's. */
const frame = { left: 64, right: 620, top: 16, bottom: 368 };
const colours = ["#2f5d8c", "#e2603a", "#2a8c82", "#b8860b", "#5b5bd6", "#8c2f5d", "#6a7282"];

const style = `
svg { background: #ffffff; font: 12px system-ui, sans-serif; fill: #6a7282 }
path { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.grid { stroke: #eceae4; stroke-width: 1 } .label { fill: #1d2330 }`;

/** Lines and dots over two linear axes, as an SVG of its own. */
export function plot(axes: Axes, series: readonly Series[]): string {
  const { x, y } = scales(
    axes,
    series.flatMap(({ points }) => points),
  );
  return svg(size.width, size.height, [
    `<style>${style}</style>`,
    ...x.ticks(8).map((tick) => verticalRule(x(tick), axes.years ? String(tick) : x.tickFormat(8)(tick))),
    ...y.ticks(6).map((tick) => horizontalRule(y(tick), y.tickFormat(6)(tick))),
    `<text class="label" x="${(frame.left + frame.right) / 2}" y="${size.height - 12}" text-anchor="middle">${axes.x}</text>`,
    `<text class="label" transform="translate(16,${(frame.top + frame.bottom) / 2}) rotate(-90)" text-anchor="middle">${axes.y}</text>`,
    ...series.map((each, k) => mark(each, x, y, colours[k % colours.length])),
    ...series.map(legend),
  ]);
}

/** A matrix as an image: `rows[0]` at the top, 0 is white and 1 is dark. */
export function heatMap(
  { x, y, rows: names }: Axes & { readonly rows?: readonly string[] },
  rows: readonly (readonly number[])[],
): string {
  const cell = { width: 640 / rows[0].length, height: 300 / rows.length };
  const cells = rows.flatMap((row, i) =>
    row.map(
      (value, j) =>
        `<rect x="${round(64 + j * cell.width)}" y="${round(16 + i * cell.height)}" width="${round(cell.width)}" height="${round(cell.height)}" fill="${colours[0]}" fill-opacity="${round(value)}"/>`,
    ),
  );
  const labels = (names ?? []).map(
    (name, i) => `<text x="56" y="${round(20 + (i + 0.5) * cell.height)}" text-anchor="end">${name}</text>`,
  );
  return svg(720, 370, [
    `<style>${style}</style>`,
    `<rect x="64" y="16" width="640" height="300" style="fill: none; stroke: #eceae4"/>`,
    `<g shape-rendering="crispEdges">${cells.join("")}</g>`,
    ...labels,
    `<text class="label" x="384" y="344" text-anchor="middle">${x}</text>`,
    `<text class="label" transform="translate(24,166) rotate(-90)" text-anchor="middle">${y}</text>`,
  ]);
}

/** Pictures side by side, each a list of rows of brightness from 0 to 1, with a caption under each. */
export function pictures(images: Readonly<Record<string, readonly (readonly number[])[]>>, pixel: number): string {
  const shown = Object.entries(images);
  const [first] = shown.map(([, rows]) => ({ width: rows[0].length * pixel, height: rows.length * pixel }));
  const parts = shown.flatMap(([caption, rows], k) => {
    const left = 16 + k * (first.width + 16);
    const pixels = rows.flatMap((row, i) =>
      row.map((value, j) => {
        const grey = Math.round(255 * Math.min(Math.max(value, 0), 1));
        return `<rect x="${left + j * pixel}" y="${16 + i * pixel}" width="${pixel}" height="${pixel}" style="fill: rgb(${grey},${grey},${grey})"/>`;
      }),
    );
    return [
      `<g shape-rendering="crispEdges">${pixels.join("")}</g>`,
      `<text x="${left + first.width / 2}" y="${first.height + 36}" text-anchor="middle">${caption}</text>`,
    ];
  });
  return svg(16 + shown.length * (first.width + 16), first.height + 52, [`<style>${style}</style>`, ...parts]);
}

function svg(width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n${parts.join("\n")}\n</svg>\n`;
}

type Scale = ScaleLinear<number, number>;

function scales({ square }: Axes, points: readonly Point[]): { x: Scale; y: Scale } {
  const x = scaleLinear()
    .domain(domain(points.map(([at]) => at)))
    .range([frame.left, frame.right]);
  const y = scaleLinear()
    .domain(domain(points.map(([, value]) => value)))
    .range([frame.bottom, frame.top]);
  if (square) alike(x, y);
  return { x: x.nice(8), y: square ? y : y.nice(6) };
}

function domain(values: readonly number[]): [number, number] {
  const [low, high] = extent(values);
  return [low ?? 0, high ?? 1];
}

/** Widens the narrower of two domains until a unit is as long on both axes. */
function alike(x: Scale, y: Scale): void {
  const unit = (scale: Scale): number => {
    const [low, high] = scale.domain();
    const [from, to] = scale.range();
    return (1.1 * (high - low)) / Math.abs(to - from);
  };
  const widest = Math.max(unit(x), unit(y));
  for (const scale of [x, y]) {
    const [low, high] = scale.domain();
    const [from, to] = scale.range();
    const half = (widest * Math.abs(to - from)) / 2;
    scale.domain([(low + high) / 2 - half, (low + high) / 2 + half]);
  }
}

function verticalRule(at: number, text: string): string {
  return `<path class="grid" d="M${round(at)},${frame.top}V${frame.bottom}"/><text x="${round(at)}" y="${frame.bottom + 16}" text-anchor="middle">${text}</text>`;
}

function horizontalRule(at: number, text: string): string {
  return `<path class="grid" d="M${frame.left},${round(at)}H${frame.right}"/><text x="${frame.left - 6}" y="${round(at + 4)}" text-anchor="end">${text}</text>`;
}

function mark({ points, dots, dashed }: Series, x: Scale, y: Scale, colour: string): string {
  if (dots) {
    const path = points.map(([at, value]) => `M${round(x(at))},${round(y(value))}h0`).join("");
    return `<path stroke="${colour}" style="stroke-width: 6; stroke-opacity: 0.75" d="${path}"/>`;
  }
  const path = line<Point>(
    ([at]) => round(x(at)),
    ([, value]) => round(y(value)),
  ).defined(([at]) => !Number.isNaN(at))([...points]);
  return `<path stroke="${colour}"${dashed ? ' stroke-dasharray="6 5"' : ""} d="${path ?? ""}"/>`;
}

function legend({ label, dots, dashed }: Series, k: number): string {
  if (label === undefined) return "";
  const y = frame.top + 14 + 18 * k;
  const [from, to] = dots ? [frame.right + 25, "h0"] : [frame.right + 16, "h18"];
  const width = dots ? ' style="stroke-width: 6"' : dashed ? ' stroke-dasharray="6 5"' : "";
  return `<path stroke="${colours[k % colours.length]}"${width} d="M${from},${y}${to}"/><text x="${frame.right + 42}" y="${y + 4}">${label}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
