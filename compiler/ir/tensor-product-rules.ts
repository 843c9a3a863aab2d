/** Shapes of what multiplies tensors: axes that are summed over have to agree. */
import {
  alignedProducts,
  axisOf,
  broadcast,
  differ,
  type Dim,
  type Dims,
  known,
  Misfit,
  showDims,
  unified,
} from "./tensor-dims.ts";
import { axisGiven, broadcasts, type Operands, requireSquares, requireTwoAxes, type Rule } from "./tensor-operands.ts";

function doNotAlign(op: string, a: Dims, b: Dims, inA: Dim, inB: Dim): Misfit {
  return new Misfit(`${op}: shapes ${showDims(a)} and ${showDims(b)} do not align: ${String(inA)} ≠ ${String(inB)}`);
}

const matmul: Rule = (on, op) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return undefined;
  const inA = a.at(-1);
  const inB = b.length === 1 ? b[0] : b.at(-2);
  if (differ(inA, inB)) throw doNotAlign(op, a, b, inA, inB);
  const batch = batchOf(op, a, b);
  return [...batch, ...(a.length === 1 ? [] : [a.at(-2)]), ...(b.length === 1 ? [] : [b.at(-1)])];
};

/** All axes but the last two, of which there may be none. */
function batchOf(op: string, a: Dims, b: Dims): Dims {
  const [batchA, batchB] = [a.slice(0, -2), b.slice(0, -2)];
  try {
    return broadcast(op, batchA, batchB) ?? [];
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    throw new Misfit(
      `${op}: shapes ${showDims(a)} and ${showDims(b)} do not align: ` +
        `their batches ${showDims(batchA)} and ${showDims(batchB)} do not broadcast`,
    );
  }
}

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

/** Two tensors that are broadcast are summed over one axis. */
const vecdot: Rule = (on, op) => {
  const both = broadcasts("a", "b")(on, op);
  const along = both && axisGiven(on, op, both, -1);
  return along === undefined ? undefined : both?.filter((_, axis) => axis !== along);
};

const similarity: Rule = (on, op) => {
  const [x, y] = [on.dims("x"), on.dims("y")];
  const both = unified(x, y, () => {
    return `${op}: shapes ${showDims(x ?? [])} and ${showDims(y ?? [])} differ; it does not broadcast`;
  });
  const along = both && axisGiven(on, op, both, -1);
  return along === undefined ? undefined : both?.filter((_, axis) => axis !== along);
};

const kron: Rule = (on) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  if (a === undefined || b === undefined) return undefined;
  return alignedProducts(a, b);
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

/** The last axes of one and the first ones of the other are summed over, or those that two lists name. */
const tensordot: Rule = (on, op) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  if (a === undefined || b === undefined) return undefined;
  const pairs = summedAxes(on, op, a, b);
  if (pairs === undefined) return undefined;
  const [ofA, ofB] = pairs;
  ofA.forEach((axis, k) => {
    const [inA, inB] = [a[axis], b[ofB[k]!]];
    if (differ(inA, inB)) throw doNotAlign(op, a, b, inA, inB);
  });
  return [...a.filter((_, axis) => !ofA.includes(axis)), ...b.filter((_, axis) => !ofB.includes(axis))];
};

function summedAxes(
  on: Operands,
  op: string,
  a: Dims,
  b: Dims,
): readonly [readonly number[], readonly number[]] | undefined {
  const count = on.isGiven("axes") ? on.number("axes") : 2;
  if (count !== undefined) {
    if (count < 0 || count > Math.min(a.length, b.length))
      throw new Misfit(`${op}: shapes ${showDims(a)} and ${showDims(b)} have no ${String(count)} axes to sum over`);
    const places = Array.from({ length: count }, (_, k) => k);
    return [places.map((k) => a.length - count + k), places];
  }
  const [ofA, ofB] = on.pairs("axes") ?? [];
  if (ofA === undefined || ofB === undefined || [...ofA, ...ofB].includes(undefined)) return undefined;
  const found = [ofA.map((axis) => axisOf(op, axis!, a)), ofB.map((axis) => axisOf(op, axis!, b))] as const;
  if (found.some((list) => list.length !== ofA.length || new Set(list).size < list.length))
    throw new Misfit(`${op}: axes ${showDims(ofA)} and ${showDims(ofB)} are no pairs`);
  return found;
}

const einsum: Rule = (on, op) => {
  const equation = on.text("equation")?.replaceAll(/\s/g, "");
  const list = on.list("list");
  if (equation === undefined || list === undefined || equation.includes(".")) return undefined;
  const fault = (what: string): Misfit => new Misfit(`${op}: "${on.text("equation")!}": ${what}`);
  const [left = "", right] = equation.split("->");
  const terms = left.split(",");
  if (terms.length !== list.length)
    throw fault(`it names ${String(terms.length)} operands, but ${String(list.length)} are given`);
  const lengths = new Map<string, Dim>();
  const owners = new Map<string, Dims>();
  terms.forEach((term, k) => {
    const dims = list[k];
    if (dims === undefined) return;
    if (dims.length !== term.length)
      throw fault(`"${term}" does not fit shape ${showDims(dims)} of ${String(dims.length)} axes`);
    term.split("").forEach((letter, axis) => {
      const before = lengths.get(letter);
      if (differ(before, dims[axis]))
        throw fault(
          `shapes ${showDims(owners.get(letter)!)} and ${showDims(dims)} do not align: ` +
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

const solved: Rule = (on, op) => {
  const [a, b] = [on.dims("a"), on.dims("b")];
  if (a !== undefined) requireSquares(op, a);
  if (a === undefined || b === undefined) return undefined;
  const rows = b.length === 1 ? b[0] : b.at(-2);
  if (differ(a.at(-1), rows)) throw doNotAlign(op, a, b, a.at(-1), rows);
  const batch = broadcast(op, a.slice(0, -2), b.slice(0, -2)) ?? [];
  return b.length === 1 ? [...batch, a.at(-1)] : [...batch, a.at(-1), b.at(-1)];
};

const attention: Rule = (on, op) => {
  const [q, k, v] = [on.dims("q"), on.dims("k"), on.dims("v")];
  for (const x of [q, k, v]) if (x !== undefined) requireTwoAxes(op, x);
  const aligned = (what: string, x: Dims | undefined, y: Dims | undefined, inX: Dim, inY: Dim): Dims | undefined => {
    if (x === undefined || y === undefined) return undefined;
    if (differ(inX, inY))
      throw new Misfit(
        `${op}: ${what} of shapes ${showDims(x)} and ${showDims(y)} do not align: ${String(inX)} ≠ ${String(inY)}`,
      );
    return batchOf(op, x, y);
  };
  const batch = aligned("queries and keys", q, k, q?.at(-1), k?.at(-1));
  aligned("keys and values", k, v, k?.at(-2), v?.at(-2));
  const scores = batch && [...batch, q!.at(-2), k!.at(-2)];
  const seen = on.isGiven("mask") ? broadcast(op, scores, on.dims("mask")) : scores;
  return q === undefined || v === undefined
    ? undefined
    : [...(seen?.slice(0, -2) ?? q.slice(0, -2)), q.at(-2), v.at(-1)];
};

export const productRules: readonly (readonly [names: string, rule: Rule])[] = [
  ["matmul", matmul],
  ["linear", linear],
  ["dot", dot],
  ["inner", inner],
  ["outer", vectors((a, b) => [a, b])],
  ["vecdot", vecdot],
  ["cosineSimilarity", similarity],
  ["kron", kron],
  ["cross", cross],
  ["tensordot", tensordot],
  ["einsum", einsum],
  ["solve solveTriangular", solved],
  ["scaledDotProductAttention", attention],
];
