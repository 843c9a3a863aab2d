/** Cotangents of the factors of products, which are products again: each family is closed under differentiation. */
import { type Axes, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { sumTo } from "./adjoints.ts";
import { multiply } from "./arithmetic.ts";
import { inverseAxes } from "./derivatives-shapes.ts";
import { einsum } from "./einsum.ts";
import { ones } from "./creation.ts";
import { permuteDims, reshape } from "./manipulation.ts";
import { matmulTN, tensordot } from "./products.ts";
import { sum } from "./reductions.ts";

/** vᵀ x over all but the last axes: the cotangent of the weight of `linear`. */
export function linearWeight(v: Tensor, x: Tensor): Tensor {
  return matmulTN(asRows(v), asRows(x));
}

/** All that stands along the last axis is a row. */
const asRows = (x: Tensor): Tensor => (x.ndim === 2 ? x : reshape(x, [x.size / x.shape.at(-1)!, x.shape.at(-1)!]));

type Pairs = number | readonly [Axes, Axes];

function pairsOf(axes: Pairs, rank: number, other: number): [number[], number[]] {
  if (typeof axes === "number") {
    const places = Array.from({ length: axes }, (_, k) => k);
    return [places.map((k) => rank - axes + k), places];
  }
  const [ofA, ofB] = axes.map((list) => (typeof list === "number" ? [list] : [...list])) as [number[], number[]];
  const from = (axis: number, n: number): number => (axis < 0 ? axis + n : axis);
  return [ofA.map((axis) => from(axis, rank)), ofB.map((axis) => from(axis, other))];
}

const axesWithout = (rank: number, axes: readonly number[]): number[] =>
  Array.from({ length: rank }, (_, k) => k).filter((k) => !axes.includes(k));

/** The cotangent of the left factor of `tensordot`, which has the shape. */
export function tensordotLeft(v: Tensor, b: Tensor, axes: Pairs, shape: Shape): Tensor {
  const [ofA, ofB] = pairsOf(axes, shape.length, b.ndim);
  const [freeA, freeB] = [axesWithout(shape.length, ofA), axesWithout(b.ndim, ofB)];
  // The axes are a's free ones, then those that b was summed over, in the order in which b has them.
  const made = tensordot(v, b, [freeB.map((_, k) => freeA.length + k), freeB]);
  const summed = axesWithout(b.ndim, freeB).map((axis) => ofA[ofB.indexOf(axis)]!);
  return permuteDims(made, inverseAxes([...freeA, ...summed]));
}

/** The cotangent of the right factor of `tensordot`, which has the shape. */
export function tensordotRight(a: Tensor, v: Tensor, axes: Pairs, shape: Shape): Tensor {
  const [ofA, ofB] = pairsOf(axes, a.ndim, shape.length);
  const [freeA, freeB] = [axesWithout(a.ndim, ofA), axesWithout(shape.length, ofB)];
  const made = tensordot(a, v, [freeA, freeA.map((_, k) => k)]);
  const summed = axesWithout(a.ndim, freeA).map((axis) => ofB[ofA.indexOf(axis)]!);
  return permuteDims(made, inverseAxes([...summed, ...freeB]));
}

const lastAxes: Pairs = [[-1], [-1]];

/** The cotangent of the left factor of `inner`, which has the shape. */
export function innerLeft(v: Tensor, b: Tensor, shape: Shape): Tensor {
  if (shape.length > 0 && b.ndim > 0) return tensordotLeft(v, b, lastAxes, shape);
  return sumTo(multiply(v, b), shape);
}

/** The cotangent of the right factor of `inner`, which has the shape. */
export function innerRight(a: Tensor, v: Tensor, shape: Shape): Tensor {
  if (shape.length > 0 && a.ndim > 0) return tensordotRight(a, v, lastAxes, shape);
  return sumTo(multiply(a, v), shape);
}

/** The cotangent of the left factor of `kron`, which has the shape. */
export function kronLeft(v: Tensor, b: Tensor, shape: Shape): Tensor {
  return kronTowards(v, b, shape, 0);
}

/** The cotangent of the right factor of `kron`, which has the shape. */
export function kronRight(a: Tensor, v: Tensor, shape: Shape): Tensor {
  return kronTowards(v, a, shape, 1);
}

/** Axis k of a Kronecker product is two: of the left factor, and of the right one. */
function kronTowards(v: Tensor, other: Tensor, shape: Shape, side: 0 | 1): Tensor {
  const full = (lengths: Shape): number[] => [...Array.from({ length: v.ndim - lengths.length }, () => 1), ...lengths];
  const pair = (own: number, others: number): number[] => (side === 0 ? [own, others] : [others, own]);
  const [own, others] = [full(shape), full(other.shape)];
  const grid = reshape(
    v,
    own.flatMap((length, k) => pair(length, others[k]!)),
  );
  const weights = reshape(
    other,
    others.flatMap((length) => pair(1, length)),
  );
  return reshape(sum(multiply(grid, weights), { axis: own.map((_, k) => 2 * k + 1 - side) }), shape);
}

/**
 * The cotangent of operand k of `einsum(equation, ...list)`, of which only the shape is read: a sum of products of the others
 * and v over the labels that it does not have.
 */
export function einsumTowards(equation: string, k: number, v: Tensor, ...list: readonly Tensor[]): Tensor {
  const [inputs = "", given] = equation.replaceAll(" ", "").split("->");
  const terms = inputs.split(",");
  const output = given ?? impliedOutput(inputs);
  const own = terms[k]!;
  const others = terms.filter((_, i) => i !== k);
  const operands = list.filter((_, i) => i !== k);
  const around = [...others, output];
  const isAround = (label: string): boolean => around.some((term) => term.includes(label));
  // What only this operand has was summed over: each of its elements gets the same.
  const isComplete =
    (own.includes("...") ? isAround("...") : true) && Array.from(own.replace("...", "")).every(isAround);
  const { shape } = list[k]!;
  const all = isComplete ? [...operands, v] : [...operands, v, ones(shape, v.dtype)];
  const left = [...others, output, ...(isComplete ? [] : [own])];
  return sumTo(einsum(`${left.join(",")}->${own}`, ...all), shape);
}

/** Without "->" the output has the labels that stand once, in alphabetical order, behind what is broadcast. */
function impliedOutput(inputs: string): string {
  const labels = Array.from(inputs.replaceAll("...", "").replaceAll(",", ""));
  const once = labels.filter((label) => labels.indexOf(label) === labels.lastIndexOf(label)).sort();
  return `${inputs.includes("...") ? "..." : ""}${once.join("")}`;
}
