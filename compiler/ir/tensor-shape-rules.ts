/**
 * The shapes of the results of tensor operations, as far as those of their operands are known. Where it is sure that
 * operands do not fit, a `Misfit` says so; what no rule is for has an unknown shape.
 */
import {
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
import {
  broadcasts,
  type Operands,
  requireSquares,
  requireTwoAxes,
  type Results,
  type Rule,
} from "./tensor-operands.ts";
import type { TensorOp } from "./tensor-ops.ts";
import { listRules } from "./tensor-list-rules.ts";
import { partRules } from "./tensor-part-rules.ts";
import { productRules } from "./tensor-product-rules.ts";
import { windowRules } from "./tensor-window-rules.ts";

/** Of an operation that gives several tensors; undefined of others. */
export function resultsOf(op: TensorOp, on: Operands): Results | undefined {
  return listRules[op]?.(on, op);
}

export function resultDims(op: TensorOp, on: Operands): Dims | undefined {
  return rules.get(op)?.(on, op);
}

const keeps: Rule = (on) => on.dims("x");

const scansAxis: Rule = (on, op) => {
  const dims = on.dims("x");
  const axis = on.number("axis");
  if (dims !== undefined && axis !== undefined) axisOf(op, axis, dims);
  return dims;
};

const reduces: Rule = (on, op) => {
  const dims = on.dims("x");
  const keepdims = on.isGiven("keepdims") ? on.flag("keepdims") : false;
  if (dims === undefined || keepdims === undefined) {
    return !on.isGiven("axis") && keepdims === false ? [] : undefined;
  }
  const given = on.isGiven("axis") ? on.numbers("axis") : dims.map((_, axis) => axis);
  if (given === undefined || given.includes(undefined)) return undefined;
  const axes = given.map((axis) => axisOf(op, axis!, dims));
  return keepdims
    ? dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : dims.filter((_, axis) => !axes.includes(axis));
};

const lastTwoSwapped: Rule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  requireTwoAxes(op, x);
  return [...x.slice(0, -2), x.at(-1), x.at(-2)];
};

const permuted: Rule = (on, op) => {
  const [x, axes] = [on.dims("x"), on.numbers("axes")];
  if (x === undefined || axes === undefined || axes.includes(undefined)) return undefined;
  const order = axes.map((axis) => axisOf(op, axis!, x));
  if (new Set(order).size !== x.length || order.length !== x.length)
    throw new Misfit(`${op}: axes ${showDims(axes)} are no order of the axes of shape ${showDims(x)}`);
  return order.map((axis) => x[axis]);
};

const swapped: Rule = (on, op) => {
  const [x, i, j] = [on.dims("x"), on.number("i"), on.number("j")];
  if (x === undefined || i === undefined || j === undefined) return undefined;
  const [a, b] = [axisOf(op, i, x), axisOf(op, j, x)];
  return x.map((dim, axis) => (axis === a ? x[b] : axis === b ? x[a] : dim));
};

const reshaped: Rule = (on, op) => {
  const [x, shape] = [on.dims("x"), on.lengths("shape")];
  if (shape === undefined) return undefined;
  const open = shape.indexOf(-1);
  const closed = shape.map((length, axis) => (axis === open ? 1 : length));
  const negative = closed.find((length) => typeof length === "number" && length < 0);
  if (negative !== undefined)
    throw new Misfit(`${op}: ${showDims(closed)} is no shape: ${String(negative)} is not a whole number from 0 on`);
  // The same name on both sides is the same length.
  const names = shape.filter((length) => typeof length === "string" && x?.includes(length) === true);
  const size = x && sizeOf(x.filter((length) => !names.includes(length)));
  const rest = sizeOf(shape.filter((length) => length !== -1 && !names.includes(length)));
  const fits =
    size === undefined || rest === undefined || (open >= 0 ? rest !== 0 && size % rest === 0 : size === rest);
  if (!fits) {
    const count = [...names, String(size)].join(" · ");
    throw new Misfit(`${op}: shape ${showDims(x ?? [])} has ${count} elements, which do not fit ${showDims(shape)}`);
  }
  const left = size !== undefined && rest !== undefined && rest !== 0 ? size / rest : undefined;
  return shape.map((length) => (length === -1 ? left : length));
};

const flattened: Rule = (on, op) => {
  const x = on.dims("x");
  const [start, end] = [
    on.isGiven("startAxis") ? on.number("startAxis") : 0,
    on.isGiven("endAxis") ? on.number("endAxis") : -1,
  ];
  if (x === undefined || start === undefined || end === undefined) return undefined;
  if (x.length === 0) return [1];
  const [from, to] = [axisOf(op, start, x), axisOf(op, end, x)];
  return from > to ? undefined : [...x.slice(0, from), productOf(x.slice(from, to + 1)), ...x.slice(to + 1)];
};

const broadcastTo: Rule = (on, op) => {
  const [x, shape] = [on.dims("x"), on.lengths("shape")];
  if (shape === undefined) return undefined;
  broadcast(op, x, shape);
  const isFitting = (dim: Dim, axis: number): boolean => {
    const to = shape[axis - (x?.length ?? 0) + shape.length];
    return typeof dim !== "number" || dim === 1 || to === undefined || to === dim;
  };
  if (x !== undefined && (x.length > shape.length || !x.every(isFitting)))
    throw new Misfit(`${op}: shape ${showDims(x)} does not broadcast to ${showDims(shape)}`);
  return shape;
};

/** The shapes of the members of a list, made to agree but along one axis. */
function members(on: Operands, slot: string): readonly Dims[] | undefined {
  const list = on.list(slot);
  if (list === undefined || list.length === 0 || list.includes(undefined)) return undefined;
  return list as readonly Dims[];
}

const concatenated: Rule = (on, op) => {
  const list = members(on, "list");
  const axis = on.isGiven("axis") ? on.number("axis") : 0;
  const each = on.each("list");
  if (each !== undefined && axis !== undefined) {
    const along = axisOf(op, axis, each);
    return each.map((dim, k) => (k === along ? undefined : dim));
  }
  const [first] = list ?? [];
  if (list === undefined || first === undefined || axis === undefined) return undefined;
  const along = axisOf(op, axis, first);
  const beside = (dims: Dims): Dims => dims.map((dim, k) => (k === along ? undefined : dim));
  const rest = list.reduce((a, b) => {
    const misfit = (): string =>
      `${op}: shapes ${showDims(first)} and ${showDims(b)} differ beside axis ${String(along)}`;
    return unified(beside(a), beside(b), misfit) ?? a;
  });
  const lengths = list.map((dims) => dims[along]);
  const total = lengths.reduce<Dim>(
    (sum, length) => (typeof sum === "number" && typeof length === "number" ? sum + length : undefined),
    0,
  );
  return rest.map((dim, k) => (k === along ? (list.length === 1 ? lengths[0] : total) : dim));
};

const stacked: Rule = (on, op) => {
  const list = members(on, "list");
  const axis = on.isGiven("axis") ? on.number("axis") : 0;
  const each = on.each("list");
  if (each !== undefined && axis !== undefined) {
    const at = axisOf(op, axis, each, each.length + 1);
    return [...each.slice(0, at), undefined, ...each.slice(at)];
  }
  const [first] = list ?? [];
  if (list === undefined || first === undefined || axis === undefined) return undefined;
  const own = list.reduce(
    (a, b) => unified(a, b, () => `${op}: shapes ${showDims(first)} and ${showDims(b)} differ`) ?? a,
  );
  const at = axisOf(op, axis, own, own.length + 1);
  return [...own.slice(0, at), list.length, ...own.slice(at)];
};

const squeezed: Rule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  const axes = on.isGiven("axis") ? on.numbers("axis") : undefined;
  if (!on.isGiven("axis")) return x.every((dim) => typeof dim === "number") ? x.filter((dim) => dim !== 1) : undefined;
  if (axes === undefined || axes.includes(undefined)) return undefined;
  const dropped = axes.map((axis) => axisOf(op, axis!, x));
  for (const axis of dropped) {
    const dim = x[axis];
    if (typeof dim === "number" && dim !== 1)
      throw new Misfit(`${op}: axis ${String(axis)} of shape ${showDims(x)} has length ${String(dim)}, not 1`);
  }
  return x.filter((_, axis) => !dropped.includes(axis));
};

const expanded: Rule = (on, op) => {
  const [x, axes] = [on.dims("x"), on.numbers("axis")];
  if (x === undefined || axes === undefined || axes.includes(undefined)) return undefined;
  const rank = x.length + axes.length;
  const places = axes.map((axis) => axisOf(op, axis!, x, rank));
  const old = [...x];
  return Array.from({ length: rank }, (_, axis): Dim => (places.includes(axis) ? 1 : old.shift()));
};

const sliced: Rule = (on, op) => {
  const [x, start, stop] = [on.dims("x"), on.numbers("start"), on.numbers("stop")];
  const windows = Math.max(start?.length ?? 0, stop?.length ?? 0);
  if (x !== undefined && windows > x.length)
    throw new Misfit(`${op}: ${String(windows)} windows for shape ${showDims(x)} of ${String(x.length)} axes`);
  if (x === undefined || start === undefined || stop === undefined) return x?.map(() => undefined);
  const step = on.isGiven("step") ? on.numbers("step") : x.map(() => 1);
  return x.map((dim, axis) => {
    const [from, to, by] = [start[axis], stop[axis], step?.[axis]];
    if (axis >= Math.min(start.length, stop.length)) return axis >= windows ? dim : undefined;
    if (typeof dim !== "number" || from === undefined || to === undefined || by === undefined || by < 1)
      return undefined;
    const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + dim : at, 0), dim);
    return Math.max(0, Math.ceil((clamp(to) - clamp(from)) / by));
  });
};

const squares: Rule = (on, op) => {
  const x = on.dims("x");
  if (x !== undefined) requireSquares(op, x);
  return x;
};

const ofSquaresLast: Rule = (on, op) => squares(on, op)?.slice(0, -1);

const ofSquares: Rule = (on, op) => squares(on, op)?.slice(0, -2);

const diag: Rule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  if (x.length !== 1 && x.length !== 2)
    throw new Misfit(`${op}: shape ${showDims(x)} is neither a vector nor a matrix`);
  return x.length === 1 ? [x[0], x[0]] : [shorter(x[0], x[1])];
};

function shorter(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return Math.min(a, b);
  return a === b ? a : undefined;
}

const singularValues: Rule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  requireTwoAxes(op, x);
  return [...x.slice(0, -2), shorter(x.at(-2), x.at(-1))];
};

const halved: Rule = (on, op) => {
  const x = on.dims("x");
  const axis = on.isGiven("axis") ? on.number("axis") : -1;
  if (x === undefined || axis === undefined) return undefined;
  const along = axisOf(op, axis, x);
  const length = x[along];
  if (typeof length === "number" && length % 2 !== 0)
    throw new Misfit(`${op}: axis ${String(along)} of shape ${showDims(x)} has odd length ${String(length)}`);
  return x.map((dim, k) => (k !== along ? dim : typeof dim === "number" ? dim / 2 : undefined));
};

/** A loss of a prediction and its labels: one number, or with reduction "none" one for each label. */
const labelled =
  (slot: string, orProbabilities: boolean): Rule =>
  (on, op) => {
    const [x, labels] = [on.dims(slot), on.dims("labels")];
    if (x?.length === 0) throw new Misfit(`${op}: shape [] has no axis of classes`);
    // Classes are along the second axis of a batch.
    const expected = x && (x.length === 1 ? [] : [x[0], ...x.slice(2)]);
    const isProbability = orProbabilities && labels?.length === x?.length;
    const misfit = (): string => {
      const [own, wanted] = [showDims(labels ?? []), showDims((isProbability ? x : expected) ?? [])];
      return `${op}: labels of shape ${own} do not fit shape ${showDims(x ?? [])}: they must be ${wanted}`;
    };
    const weight = on.isGiven("weight") ? on.dims("weight") : undefined;
    const classes = x?.length === 1 ? x[0] : x?.[1];
    if (weight !== undefined && (weight.length !== 1 || differ(weight[0], classes)))
      throw new Misfit(
        `${op}: weight of shape ${showDims(weight)} is not [${String(classes ?? "?")}], one number for each class`,
      );
    const agreed = unified(isProbability ? x : expected, labels, misfit);
    const each = isProbability ? expected : agreed;
    return reduced(on, each);
  };

const compared: Rule = (on, op) => {
  const [x, y] = [on.dims("x"), on.dims("y")];
  const misfit = (): string =>
    `${op}: shapes ${showDims(x ?? [])} and ${showDims(y ?? [])} differ; losses do not broadcast`;
  return reduced(on, unified(x, y, misfit));
};

function reduced(on: Operands, each: Dims | undefined): Dims | undefined {
  if (!on.isGiven("reduction")) return [];
  const reduction = on.text("reduction");
  return reduction === undefined ? undefined : reduction === "none" ? each : [];
}

/** Of a list of indices, or of lengths that are given. */
const given: Rule = (on) => on.lengths("shape");

const written: Rule = (on) => on.lengths("shape") ?? (on.isGiven("shape") ? undefined : on.dims("values"));

const table: readonly (readonly [string, Rule])[] = [
  [
    "exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sqrt rsqrt abs sign " +
      "floor ceil round trunc square reciprocal neg sigmoid logit softplus relu relu6 selu gelu silu mish hardsigmoid " +
      "hardswish softsign tanhshrink logSigmoid erf erfc erfinv lgamma digamma sinc leakyRelu elu celu hardtanh " +
      "nanToNum isnan isinf isfinite logicalNot zerosLike onesLike tril triu",
    keeps,
  ],
  ["cumsum cumprod logcumsumexp sort argsort flip softmax logSoftmax", scansAxis],
  [
    "add sub mul div pow atan2 hypot maximum minimum fmod remainder copysign logaddexp xlogy floorDivide greater " +
      "greaterEqual less lessEqual equal notEqual",
    broadcasts("a", "b"),
  ],
  ["where", broadcasts("condition", "x", "y")],
  ["clip", broadcasts("x", "min", "max")],
  ["sum mean prod max min variance std logsumexp norm any all countNonzero argmax argmin median", reduces],
  ["diag", diag],
  ["eigvalsh", ofSquaresLast],
  ["svdvals", singularValues],
  ["glu", halved],
  ["transpose", lastTwoSwapped],
  ["permuteDims", permuted],
  ["swapaxes", swapped],
  ["reshape", reshaped],
  ["flatten", flattened],
  ["broadcastTo", broadcastTo],
  ["concat", concatenated],
  ["stack", stacked],
  ["squeeze", squeezed],
  ["expandDims", expanded],
  ["slice", sliced],
  ["embedding", (on) => sequence(on.dims("indices"), on.dims("weight")?.slice(1))],
  ["oneHot", (on) => sequence(on.dims("indices"), [on.number("classes")])],
  ["zeros ones full", given],
  ["tensor", written],
  ["eye", (on) => [on.number("n"), on.number("n")]],
  ["linspace", (on) => [on.number("n")]],
  ["arange", () => [undefined]],
  ["inv cholesky matrixPower", squares],
  ["det", ofSquares],
  ["crossEntropy", labelled("logits", true)],
  ["nllLoss", labelled("x", false)],
  ["mseLoss l1Loss smoothL1Loss huberLoss binaryCrossEntropy binaryCrossEntropyWithLogits klDiv", compared],
  ...partRules,
  ...productRules,
  ...windowRules,
];

function sequence(a: Dims | undefined, b: Dims | undefined): Dims | undefined {
  return a === undefined || b === undefined ? undefined : [...a, ...b];
}

const rules = new Map<string, Rule>(
  table.flatMap(([names, rule]) => names.split(" ").map((name) => [name, rule] as const)),
);
