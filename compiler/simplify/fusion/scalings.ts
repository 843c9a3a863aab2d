/** What each element becomes by what is found of those along the same axes, step by step as the runtime does it: with the same bits. */
import { isUndefined } from "../../ir/ask.ts";
import { int, num, op } from "../../ir/build.ts";
import type { TensorOp } from "../../ir/tensor-ops.ts";
import type { Expr } from "../../ir/types.ts";
import { greatest, mean, type Pass, squaresFrom, sum } from "./folds.ts";

export interface Scaling {
  readonly axis: Expr;
  /** What the elements are multiplied by at the end, and what is added then: with the shape of the axes. */
  readonly weight?: Expr | undefined;
  readonly bias?: Expr | undefined;
  readonly value: (x: Expr, steps: Steps) => Expr;
}

export interface Steps {
  /** What one pass finds of the elements along the axes; it is given what passes before have found. */
  readonly gather: (pass: Pass, element: Expr, found?: readonly Expr[]) => Expr;
  /** Gives a name to what is needed twice. */
  readonly hold: (stem: string, value: Expr) => Expr;
  /** As one of the elements' type. */
  readonly round: (value: Expr) => Expr;
}

/** Undefined where the operation does not go so, or its axes are not known as we compile. */
export function scalingOf(operation: TensorOp, slots: ReadonlyMap<string, Expr>): Scaling | undefined {
  const given = (slot: string): Expr | undefined => {
    const value = slots.get(slot);
    return value === undefined || isUndefined(value) ? undefined : value;
  };
  const axis = given("axis") ?? int(-1);
  if (operation === "softmax") return { axis, value: shares };
  if (operation === "logSoftmax") return { axis, value: logarithms };
  const axes = given("axes");
  if (axes === undefined) return undefined;
  const eps = given("eps") ?? num(1e-5);
  if (eps.kind !== "literal") return undefined;
  const affine = { axis: axes, weight: given("weight"), bias: given("bias") };
  if (operation === "layerNorm") return { ...affine, value: standardised(eps) };
  return operation === "rmsNorm" ? { ...affine, value: normalised(eps) } : undefined;
}

/** eˣ / Σ eˣ, with the greatest element taken out. */
function shares(x: Expr, { gather, hold }: Steps): Expr {
  const top = gather(greatest, x);
  const power = hold("power", op("exp", [op("sub", [x, top])]));
  return op("div", [power, gather(sum, power)]);
}

function logarithms(x: Expr, { gather }: Steps): Expr {
  const top = gather(greatest, x);
  const shift: Pass = {
    initial: 0,
    step: (total, element, [from]) => op("add", [total, op("exp", [op("sub", [element, from!])])]),
    word: "Sum",
    end: (total, _, [from]) => op("add", [from!, op("log", [total])]),
  };
  return op("sub", [x, gather(shift, x, [top])]);
}

/** 1 / √(a mean of squares + eps) */
const scaleOf =
  (eps: Expr): NonNullable<Pass["end"]> =>
  (total, size, _, round) => {
    const shifted = round(op("add", [round(op("div", [total, size])), eps]));
    return round(op("div", [num(1), op("sqrt", [shifted])]));
  };

const standardised =
  (eps: Expr): Scaling["value"] =>
  (x, { gather, round }) => {
    const middle = gather(mean, x);
    const scale = gather({ ...squaresFrom, end: scaleOf(eps), word: "Scale" }, x, [middle]);
    return op("mul", [round(op("sub", [x, round(middle)])), scale]);
  };

const normalised =
  (eps: Expr): Scaling["value"] =>
  (x, { gather, hold, round }) => {
    const square = hold("square", round(op("mul", [x, x])));
    return op("mul", [x, gather({ ...sum, end: scaleOf(eps), word: "Scale" }, square)]);
  };
