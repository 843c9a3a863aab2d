/** Shapes of what takes tensors apart, puts parts into others, repeats them, or scales them by weights along some axes. */
import {
  alignedProducts,
  axisOf,
  broadcast,
  differ,
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

const lastTwo: Rule = (on, op) => {
  const x = on.dims("x") ?? on.dims("a");
  if (x !== undefined) requireTwoAxes(op, x);
  return undefined;
};

const trace: Rule = (on, op) => {
  lastTwo(on, op);
  return on.dims("x")?.slice(0, -2);
};

const cross: Rule = (on, op) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  const both = broadcast(op, a, b);
  const along = both && axisGiven(on, op, both, -1);
  if (both === undefined || along === undefined) return both;
  const length = both[along];
  if (typeof length === "number" && length !== 3)
    throw new Misfit(
      `${op}: shapes ${showDims(a ?? [])} and ${showDims(b ?? [])}: axis ${String(along)} has length ${String(length)}, not 3`,
    );
  return both;
};

/** The last axes of one and the first ones of the other are summed over, where their number is given. */
const tensordot: Rule = (on, op) => {
  const [a, b, count] = [on.dims("a"), on.dims("b"), on.number("axes")];
  if (a === undefined || b === undefined || count === undefined) return undefined;
  if (count < 0 || count > Math.min(a.length, b.length))
    throw new Misfit(`${op}: shapes ${showDims(a)} and ${showDims(b)} have no ${String(count)} axes to sum over`);
  for (let k = 0; k < count; k++) {
    const [inA, inB] = [a[a.length - count + k], b[k]];
    if (differ(inA, inB))
      throw new Misfit(`${op}: shapes ${showDims(a)} and ${showDims(b)} do not align: ${String(inA)} ≠ ${String(inB)}`);
  }
  return [...a.slice(0, a.length - count), ...b.slice(count)];
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

const takenAlong: Rule = (on, op) => {
  const [x, indices] = [on.dims("x"), on.dims("indices")];
  if (x !== undefined && indices !== undefined && x.length !== indices.length)
    throw new Misfit(`${op}: shapes ${showDims(x)} and ${showDims(indices)} have different numbers of axes`);
  return indices;
};

const scattered: Rule = (on, op) => {
  const [indices, updates] = [on.dims("indices"), on.dims("updates")];
  unified(updates, indices, () => {
    const [own, other] = [showDims(updates ?? []), showDims(indices ?? [])];
    return `${op}: updates of shape ${own} and indices of shape ${other} differ`;
  });
  return on.dims("x");
};

const masked: Rule = (on, op) => broadcast(op, on.dims("x"), on.dims("mask"));

/** Each axis gets longer, but those that no pair of amounts is for. */
const padded: Rule = (on, op) => {
  const [x, amounts] = [on.dims("x"), on.dims("widths")?.[0]];
  if (x === undefined || typeof amounts !== "number") return x?.map(() => undefined);
  if (amounts > x.length)
    throw new Misfit(`${op}: ${String(amounts)} pairs of amounts for shape ${showDims(x)} of ${String(x.length)} axes`);
  return x.map((dim, axis) => (axis < amounts ? undefined : dim));
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

const greatest: Rule = (on, op) => {
  const [x, k] = [on.dims("x"), on.number("k")];
  const along = x && axisGiven(on, op, x, -1);
  const length = along === undefined ? undefined : x![along];
  if (typeof length === "number" && k !== undefined && !(Number.isInteger(k) && k >= 0 && k <= length))
    throw new Misfit(`${op}: axis ${String(along)} of shape ${showDims(x!)} has no ${String(k)} greatest elements`);
  return undefined;
};

const split: Rule = (on, op) => {
  const [x, sizes] = [on.dims("x"), on.numbers("sizes")];
  const along = x && axisGiven(on, op, x, 0);
  if (along === undefined || sizes === undefined) return undefined;
  const length = x![along];
  const total = sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + size!, 0);
  if (differ(total, length))
    throw new Misfit(
      `${op}: sizes ${showDims(sizes)} do not add up to axis ${String(along)} of shape ${showDims(x!)}: ${String(total)} ≠ ${String(length)}`,
    );
  return undefined;
};

const unstacked: Rule = (on, op) => {
  const x = on.dims("x");
  if (x !== undefined) axisGiven(on, op, x, 0);
  return undefined;
};

const vectorsOnly: Rule = (on, op) => {
  for (const dims of on.list("list") ?? [])
    if (dims !== undefined && dims.length > 1) throw new Misfit(`${op}: shape ${showDims(dims)} is no vector`);
  return undefined;
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

const attention: Rule = (on, op) => {
  const [q, k, v] = [on.dims("q"), on.dims("k"), on.dims("v")];
  for (const x of [q, k, v]) if (x !== undefined) requireTwoAxes(op, x);
  const aligned = (what: string, x: Dims | undefined, y: Dims | undefined, inX: Dim, inY: Dim): void => {
    if (x !== undefined && y !== undefined && differ(inX, inY))
      throw new Misfit(
        `${op}: ${what} of shapes ${showDims(x)} and ${showDims(y)} do not align: ${String(inX)} ≠ ${String(inY)}`,
      );
  };
  aligned("queries and keys", q, k, q?.at(-1), k?.at(-1));
  aligned("keys and values", k, v, k?.at(-2), v?.at(-2));
  return q === undefined || v === undefined ? undefined : [...q.slice(0, -1), v.at(-1)];
};

export const partRules: readonly (readonly [names: string, rule: Rule])[] = [
  ["item", item],
  ["trace", trace],
  ["diagonal qr", lastTwo],
  ["cross", cross],
  ["tensordot", tensordot],
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
  ["topk", greatest],
  ["split", split],
  ["unstack", unstacked],
  ["meshgrid", vectorsOnly],
  ["interpolate", interpolated],
  ["moveaxis", moved],
  ["layerNorm rmsNorm", overAxes],
  ["groupNorm instanceNorm batchNorm", overChannels],
  ["scaledDotProductAttention", attention],
];
