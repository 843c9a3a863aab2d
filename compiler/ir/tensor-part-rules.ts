/** Shapes of what takes tensors apart, puts parts into others, repeats them, or scales them by weights along some axes. */
import {
  alignedProducts,
  axisOf,
  broadcast,
  type Dim,
  type Dims,
  Misfit,
  productOf,
  showDims,
  sizeOf,
  unified,
} from "./tensor-dims.ts";
import { axisGiven, type Operands, requireTwoAxes, type Rule } from "./tensor-operands.ts";

const item: Rule = (on, op) => {
  const x = on.dims("x");
  const size = x && sizeOf(x);
  if (x !== undefined && size !== undefined && size !== 1)
    throw new Misfit(`${op}: a tensor of shape ${showDims(x)} has ${String(size)} elements, not one`);
  return [];
};

const trace: Rule = (on, op) => {
  const x = on.dims("x");
  if (x !== undefined) requireTwoAxes(op, x);
  return x?.slice(0, -2);
};

/** As many elements as there are rows and columns from the offset on. */
const diagonal: Rule = (on, op) => {
  const x = on.dims("x");
  const offset = on.isGiven("offset") ? on.number("offset") : 0;
  if (x === undefined) return undefined;
  requireTwoAxes(op, x);
  const [rows, columns] = [x.at(-2), x.at(-1)];
  const isKnown = typeof rows === "number" && typeof columns === "number" && offset !== undefined;
  const length = isKnown ? Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0))) : undefined;
  return [...x.slice(0, -2), length ?? (rows === columns && offset === 0 ? rows : undefined)];
};

/** `x` with one axis replaced by others. */
function inPlaceOfAxis(on: Operands, op: string, by: Dims | undefined): Dims | undefined {
  const x = on.dims("x");
  const at = x && axisGiven(on, op, x, 0);
  if (x === undefined || at === undefined || by === undefined) return undefined;
  return [...x.slice(0, at), ...by, ...x.slice(at + 1)];
}

const index: Rule = (on, op) => {
  const [x, i] = [on.dims("x"), on.number("i")];
  const along = x && axisGiven(on, op, x, 0);
  const length = along === undefined ? undefined : x![along];
  if (i !== undefined && typeof length === "number" && !(Number.isInteger(i) && i >= -length && i < length))
    throw new Misfit(
      `${op}: ${String(i)} is out of range for axis ${String(along)} of shape ${showDims(x!)}, which has length ${String(length)}`,
    );
  return inPlaceOfAxis(on, op, []);
};

const taken: Rule = (on, op) => (on.isGiven("axis") ? inPlaceOfAxis(on, op, on.dims("indices")) : on.dims("indices"));

/** Beside the axis both are broadcast. */
const takenAlong: Rule = (on, op) => {
  const [x, indices] = [on.dims("x"), on.dims("indices")];
  if (x === undefined || indices === undefined) return indices;
  if (x.length !== indices.length)
    throw new Misfit(`${op}: shapes ${showDims(x)} and ${showDims(indices)} have different numbers of axes`);
  const along = axisGiven(on, op, x, -1);
  if (along === undefined) return x.map(() => undefined);
  const beside = (dims: Dims): Dims => dims.map((dim, axis) => (axis === along ? 1 : dim));
  return broadcast(op, beside(x), beside(indices))?.map((dim, axis) => (axis === along ? indices[axis] : dim));
};

const scattered: Rule = (on, op) => {
  const [indices, updates] = [on.dims("indices"), on.dims("updates")];
  unified(updates, indices, () => {
    const [own, other] = [showDims(updates ?? []), showDims(indices ?? [])];
    return `${op}: updates of shape ${own} and indices of shape ${other} differ`;
  });
  const x = on.dims("x");
  const along = x && axisGiven(on, op, x, 0);
  const isBeyond = (dim: Dim, axis: number): boolean => {
    const room = x?.[axis];
    return axis !== along && typeof dim === "number" && typeof room === "number" && dim > room;
  };
  if (x !== undefined && indices !== undefined && along !== undefined)
    if (x.length !== indices.length || indices.some(isBeyond))
      throw new Misfit(
        `${op}: indices of shape ${showDims(indices)} do not fit shape ${showDims(x)} beside axis ${String(along)}`,
      );
  return x;
};

const masked: Rule = (on, op) => broadcast(op, on.dims("x"), on.dims("mask"));

/** Each axis gets longer, but those that no pair of amounts is for. */
const padded: Rule = (on, op) => {
  const [x, amounts] = [on.dims("x"), on.pairs("widths")];
  if (x === undefined || amounts === undefined) return x?.map(() => undefined);
  if (amounts.length > x.length)
    throw new Misfit(
      `${op}: ${String(amounts.length)} pairs of amounts for shape ${showDims(x)} of ${String(x.length)} axes`,
    );
  return x.map((dim, axis) => {
    const [before, after] = amounts[axis] ?? [0, 0];
    if (before === 0 && after === 0) return dim;
    if (typeof dim !== "number" || before === undefined || after === undefined) return undefined;
    if (on.isGiven("mode") && on.text("mode") === "reflect" && dim > 0 && Math.max(before, after) >= dim)
      throw new Misfit(
        `${op}: mode "reflect" reaches at most ${String(dim - 1)} elements along axis ${String(axis)} of shape ${showDims(x)}, not ${String(Math.max(before, after))}`,
      );
    return before + dim + after;
  });
};

const repeated: Rule = (on, op) => {
  const [x, n] = [on.dims("x"), on.number("n")];
  if (x === undefined) return undefined;
  if (!on.isGiven("axis")) return [n === undefined ? undefined : productOf([...x, n])];
  const along = axisGiven(on, op, x, 0);
  return along === undefined
    ? undefined
    : x.map((dim, axis) => (axis !== along ? dim : n === undefined ? undefined : productOf([dim, n])));
};

const tiled: Rule = (on) => {
  const [x, reps] = [on.dims("x"), on.numbers("reps")];
  if (x === undefined || reps === undefined) return undefined;
  return alignedProducts(x, reps);
};

/** Along axes that are only asked whether they are there. */
const alongAxes: Rule = (on, op) => {
  const [x, axes] = [on.dims("x"), on.isGiven("axis") ? on.numbers("axis") : []];
  if (x !== undefined) for (const axis of axes ?? []) if (axis !== undefined) axisOf(op, axis, x);
  return x;
};

const interpolated: Rule = (on) => {
  const [x, size] = [on.dims("x"), on.numbers("size")];
  return x === undefined || size === undefined ? undefined : [...x.slice(0, -size.length), ...size];
};

const moved: Rule = (on, op) => {
  const [x, from, to] = [on.dims("x"), on.number("from"), on.number("to")];
  if (x === undefined || from === undefined || to === undefined) return undefined;
  const [source, target] = [axisOf(op, from, x), axisOf(op, to, x)];
  const rest = x.filter((_, axis) => axis !== source);
  return [...rest.slice(0, target), x[source], ...rest.slice(target)];
};

/** What scales `x`, and is added to it, has the shape of its axes. */
function requireAxes(on: Operands, op: string, x: Dims, axes: readonly number[], slots: readonly string[]): void {
  const wanted = axes.map((axis) => x[axis]);
  for (const slot of slots.filter(on.isGiven))
    unified(on.dims(slot), wanted, () => {
      const own = showDims(on.dims(slot) ?? []);
      return `${op}: ${slot} of shape ${own} is not ${showDims(wanted)}, as axes ${showDims(axes)} of shape ${showDims(x)} want it`;
    });
}

const overAxes: Rule = (on, op) => {
  const [x, axes] = [on.dims("x"), on.numbers("axes")];
  if (x === undefined || axes === undefined || axes.includes(undefined)) return x;
  const found = axes.map((axis) => axisOf(op, axis!, x)).sort((a, b) => a - b);
  requireAxes(on, op, x, found, ["weight", "bias"]);
  return x;
};

const overChannels: Rule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  if (x.length < 2 && op !== "batchNorm")
    throw new Misfit(`${op}: shape ${showDims(x)} has no channels: it must be [batch, channels, …]`);
  const axis = axisGiven(on, op, x, 1);
  if (axis !== undefined) requireAxes(on, op, x, [axis], ["mean", "variance", "weight", "bias"]);
  const groups = on.isGiven("groups") ? on.number("groups") : undefined;
  const channels = x[1];
  if (typeof channels === "number" && groups !== undefined && (groups < 1 || channels % groups !== 0))
    throw new Misfit(
      `${op}: ${String(channels)} channels of shape ${showDims(x)} do not divide into ${String(groups)} groups`,
    );
  return x;
};

export const partRules: readonly (readonly [names: string, rule: Rule])[] = [
  ["item", item],
  ["trace", trace],
  ["diagonal", diagonal],
  ["index", index],
  ["take", taken],
  ["takeAlongAxis", takenAlong],
  ["scatterAdd", scattered],
  ["maskedFill", masked],
  ["dropout", masked],
  ["pad", padded],
  ["repeat", repeated],
  ["tile", tiled],
  ["roll", alongAxes],
  ["interpolate", interpolated],
  ["moveaxis", moved],
  ["layerNorm rmsNorm", overAxes],
  ["groupNorm instanceNorm batchNorm", overChannels],
];
