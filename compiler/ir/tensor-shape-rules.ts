/**
 * The shapes of the results of tensor operations, as far as those of their operands are known. Where it is sure that
 * operands do not fit, a `Misfit` says so; what no rule is for has an unknown shape.
 */
import {
  alignedProducts,
  axisOf,
  broadcast,
  differ,
  type Dim,
  type Dims,
  known,
  Misfit,
  productOf,
  showDims,
  sizeOf,
  unified,
} from "./tensor-dims.ts";
import type { Operands, Rule } from "./tensor-operands.ts";
import type { TensorOp } from "./tensor-ops.ts";
import { partRules } from "./tensor-part-rules.ts";

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

const broadcasts =
  (...slots: readonly string[]): Rule =>
  (on, op) =>
    slots
      .filter(on.isGiven)
      .map(on.dims)
      .reduce((a, b) => broadcast(op, a, b), []);

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

function doNotAlign(op: string, a: Dims, b: Dims, inA: Dim, inB: Dim): Misfit {
  return new Misfit(`${op}: shapes ${showDims(a)} and ${showDims(b)} do not align: ${String(inA)} ≠ ${String(inB)}`);
}

const matmul: Rule = (on, op) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return undefined;
  const inA = a.at(-1);
  const inB = b.length === 1 ? b[0] : b.at(-2);
  if (differ(inA, inB)) throw doNotAlign(op, a, b, inA, inB);
  const batch = broadcast(op, a.slice(0, -2), b.slice(0, -2)) ?? [];
  return [...batch, ...(a.length === 1 ? [] : [a.at(-2)]), ...(b.length === 1 ? [] : [b.at(-1)])];
};

const linear: Rule = (on, op) => {
  const [x, w, b] = [on.dims("x"), on.dims("w"), on.isGiven("b") ? on.dims("b") : undefined];
  if (w !== undefined && w.length !== 2) throw new Misfit(`${op}: weight of shape ${showDims(w)} is not [out, in]`);
  if (w !== undefined && b !== undefined && (b.length !== 1 || differ(b[0], w[0])))
    throw new Misfit(
      `${op}: bias of shape ${showDims(b)} is not [${String(w[0] ?? "?")}], as weight ${showDims(w)} wants it`,
    );
  if (x === undefined || w === undefined) return undefined;
  if (differ(x.at(-1), w[1])) throw doNotAlign(op, x, w, x.at(-1), w[1]);
  return [...x.slice(0, -1), known(w[0], b?.[0])];
};

const lastTwoSwapped: Rule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  if (x.length < 2) throw new Misfit(`${op}: shape ${showDims(x)} has no two axes`);
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
  const [x, shape] = [on.dims("x"), on.numbers("shape")];
  if (shape === undefined) return undefined;
  const size = x && sizeOf(x);
  const rest = sizeOf(shape.filter((length) => length !== -1));
  const isOpen = shape.includes(-1);
  const fits = size === undefined || rest === undefined || (isOpen ? rest !== 0 && size % rest === 0 : size === rest);
  if (!fits)
    throw new Misfit(
      `${op}: shape ${showDims(x ?? [])} has ${String(size)} elements, which do not fit ${showDims(shape)}`,
    );
  const open = size !== undefined && rest !== undefined && rest !== 0 ? size / rest : undefined;
  return shape.map((length) => (length === -1 ? open : length));
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
  const [x, shape] = [on.dims("x"), on.numbers("shape")];
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
    if (axis >= start.length || axis >= stop.length) return undefined;
    if (typeof dim !== "number" || from === undefined || to === undefined || by === undefined || by < 1)
      return undefined;
    const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + dim : at, 0), dim);
    return Math.max(0, Math.ceil((clamp(to) - clamp(from)) / by));
  });
};

const squares: Rule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  if (x.length < 2) throw new Misfit(`${op}: shape ${showDims(x)} has no two axes`);
  if (differ(x.at(-1), x.at(-2)))
    throw new Misfit(
      `${op}: matrices of shape ${showDims(x)} are not square: ${String(x.at(-2))} ≠ ${String(x.at(-1))}`,
    );
  return x;
};

const ofSquaresLast: Rule = (on, op) => squares(on, op)?.slice(0, -1);

const ofSquares: Rule = (on, op) => squares(on, op)?.slice(0, -2);

const solved: Rule = (on, op) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  if (a !== undefined) squares({ ...on, dims: () => a }, op);
  if (a === undefined || b === undefined) return undefined;
  const rows = b.length === 1 ? b[0] : b.at(-2);
  if (differ(a.at(-1), rows)) throw doNotAlign(op, a, b, a.at(-1), rows);
  return a.length === 2 ? b : undefined;
};

const vectors =
  (result: (a: Dim, b: Dim) => Dims): Rule =>
  (on, op) => {
    const [a, b] = [on.dims("a"), on.dims("b")];
    if (a === undefined || b === undefined) return undefined;
    if (a.length !== 1 || b.length !== 1) {
      const hint = op === "dot" ? "; use matmul" : "";
      throw new Misfit(`${op}: shapes ${showDims(a)} and ${showDims(b)} are not two vectors${hint}`);
    }
    return result(a[0], b[0]);
  };

const dot: Rule = (on, op) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  vectors(() => [])(on, op);
  if (a !== undefined && b !== undefined && differ(a[0], b[0])) throw doNotAlign(op, a, b, a[0], b[0]);
  return [];
};

/** The last axes of both are summed over. */
const inner: Rule = (on, op) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return undefined;
  if (differ(a.at(-1), b.at(-1))) throw doNotAlign(op, a, b, a.at(-1), b.at(-1));
  return [...a.slice(0, -1), ...b.slice(0, -1)];
};

/** Two tensors of one shape, or that broadcast, are summed over one axis. */
const alongOne =
  (a: string, b: string): Rule =>
  (on, op) => {
    const both = broadcasts(a, b)(on, op);
    const axis = on.isGiven("axis") ? on.number("axis") : -1;
    if (both === undefined || axis === undefined) return undefined;
    const along = axisOf(op, axis, both);
    return both.filter((_, k) => k !== along);
  };

const kron: Rule = (on) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  if (a === undefined || b === undefined) return undefined;
  return alignedProducts(a, b);
};

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
  if (x.length < 2) throw new Misfit(`${op}: shape ${showDims(x)} has no two axes`);
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

/** Windows along the last `rank` axes. */
const convolved =
  (rank: number): Rule =>
  (on, op) => {
    const [x, w] = [on.dims("x"), on.dims("w")];
    if (x === undefined || w === undefined) return undefined;
    if (x.length !== rank + 2 || w.length !== rank + 2)
      throw new Misfit(
        `${op}: shapes ${showDims(x)} and ${showDims(w)} must both have ${String(rank + 2)} axes: a batch, channels and ${String(rank)} spatial`,
      );
    const groups = on.isGiven("groups") ? on.number("groups") : 1;
    const channels = typeof x[1] === "number" && groups !== undefined ? x[1] / groups : groups === 1 ? x[1] : undefined;
    if (differ(channels, w[1]))
      throw new Misfit(
        `${op}: shapes ${showDims(x)} and ${showDims(w)} do not align: ${String(channels)} ≠ ${String(w[1])} channels in each group`,
      );
    const bias = on.isGiven("bias") ? on.dims("bias") : undefined;
    if (bias !== undefined && (bias.length !== 1 || differ(bias[0], w[0])))
      throw new Misfit(
        `${op}: bias of shape ${showDims(bias)} is not [${String(w[0] ?? "?")}], one number for each channel`,
      );
    const spans = w.slice(2).map((width, k) => {
      const dilation = windowNumber(on, "dilation", k, 1);
      return typeof width === "number" && dilation !== undefined ? dilation * (width - 1) + 1 : undefined;
    });
    return [x[0], w[0], ...windowed(on, op, x.slice(2), w.slice(2), spans)];
  };

const pooled =
  (rank: number): Rule =>
  (on, op) => {
    const x = on.dims("x");
    if (x === undefined) return undefined;
    if (x.length <= rank)
      throw new Misfit(`${op}: shape ${showDims(x)} has no channels in front of ${String(rank)} spatial axes`);
    const kernels = Array.from({ length: rank }, (_, k) => windowNumber(on, "kernel", k, undefined));
    return [...x.slice(0, -rank), ...windowed(on, op, x.slice(-rank), kernels, kernels, kernels)];
  };

/** How often windows of such spans fit. */
function windowed(
  on: Operands,
  op: string,
  lengths: Dims,
  kernel: Dims,
  spans: Dims,
  strides: Dims = lengths.map(() => 1),
): Dim[] {
  return lengths.map((length, k) => {
    const own = strides[k];
    const stride = windowNumber(on, "stride", k, typeof own === "number" ? own : undefined);
    const padding = windowNumber(on, "padding", k, 0);
    const span = spans[k];
    if (typeof length !== "number" || typeof span !== "number" || stride === undefined || padding === undefined)
      return undefined;
    const room = length + 2 * padding;
    if (span > room)
      throw new Misfit(
        `${op}: a kernel of shape ${showDims(kernel)} spans ${String(span)} elements, but axis ${String(k - lengths.length)} ` +
          `of shape ${showDims(lengths)} with padding ${String(padding)} has ${String(room)}`,
      );
    return Math.floor((room - span) / stride) + 1;
  });
}

function windowNumber(on: Operands, slot: string, k: number, otherwise: number | undefined): number | undefined {
  if (!on.isGiven(slot)) return otherwise;
  const one = on.number(slot);
  return one ?? on.numbers(slot)?.[k];
}

/** Of a list of indices, or of lengths that are given. */
const given: Rule = (on) => on.numbers("shape");

const written: Rule = (on) => on.numbers("shape") ?? (on.isGiven("shape") ? undefined : on.dims("values"));

const einsum: Rule = (on, op) => {
  const equation = on.text("equation")?.replaceAll(/\s/g, "");
  const list = on.list("list");
  if (equation === undefined || list === undefined || equation.includes(".")) return undefined;
  const [left = "", right] = equation.split("->");
  const terms = left.split(",");
  const lengths = new Map<string, Dim>();
  const owners = new Map<string, Dims>();
  terms.forEach((term, k) => {
    const dims = list[k];
    if (dims === undefined || dims.length !== term.length) return;
    term.split("").forEach((letter, axis) => {
      const before = lengths.get(letter);
      if (differ(before, dims[axis]))
        throw new Misfit(
          `${op}: "${equation}": shapes ${showDims(owners.get(letter)!)} and ${showDims(dims)} do not align: ` +
            `${letter} is ${String(before)} ≠ ${String(dims[axis])}`,
        );
      lengths.set(letter, known(before, dims[axis]));
      if (!owners.has(letter)) owners.set(letter, dims);
    });
  });
  const letters = left.replaceAll(",", "").split("");
  const result =
    right ??
    [...new Set(letters)]
      .filter((l) => letters.filter((m) => m === l).length === 1)
      .sort()
      .join("");
  return result.split("").map((letter) => lengths.get(letter));
};

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
  ["matmul", matmul],
  ["linear", linear],
  ["dot", dot],
  ["inner", inner],
  ["vecdot", alongOne("a", "b")],
  ["cosineSimilarity", alongOne("x", "y")],
  ["kron", kron],
  ["diag", diag],
  ["eigvalsh", ofSquaresLast],
  ["svdvals", singularValues],
  ["glu", halved],
  ["outer", vectors((a, b) => [a, b])],
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
  ["solve solveTriangular", solved],
  ["crossEntropy", labelled("logits", true)],
  ["nllLoss", labelled("x", false)],
  ["mseLoss l1Loss smoothL1Loss huberLoss binaryCrossEntropy binaryCrossEntropyWithLogits klDiv", compared],
  ["conv1d", convolved(1)],
  ["conv2d", convolved(2)],
  ["conv3d", convolved(3)],
  ["maxPool1d avgPool1d", pooled(1)],
  ["maxPool2d avgPool2d", pooled(2)],
  ["einsum", einsum],
  ...partRules,
];

function sequence(a: Dims | undefined, b: Dims | undefined): Dims | undefined {
  return a === undefined || b === undefined ? undefined : [...a, ...b];
}

const rules = new Map<string, Rule>(
  table.flatMap(([names, rule]) => names.split(" ").map((name) => [name, rule] as const)),
);
