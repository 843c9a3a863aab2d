/** What makes one number of all elements, one element after the other, as the runtime's reductions do: with the same bits. */
import { isUndefined } from "../../ir/ask.ts";
import { op } from "../../ir/build.ts";
import type { TensorOp } from "../../ir/tensor-ops.ts";
import type { Expr } from "../../ir/types.ts";

export interface Fold {
  /** What there is before the first element. */
  readonly initial: number;
  /** What there is with one more element, which is a variable or a literal. */
  readonly step: (total: Expr, element: Expr) => Expr;
  /** What is gathered, as part of a name. */
  readonly word: string;
  /** What becomes of it at the end, if anything. */
  readonly end?: (total: Expr, size: Expr) => Expr;
  /** Of no elements there is no result. */
  readonly needsElements: boolean;
  /** Whether the result is one of the elements. */
  readonly isExact: boolean;
}

const words = { add: "Sum", mul: "Product", max: "Max", min: "Min" };

const folding = (
  initial: number,
  name: keyof typeof words,
  of: (element: Expr) => Expr = (element) => element,
): Fold => ({
  initial,
  step: (total, element) => op(name, [total, of(element)]),
  word: words[name],
  needsElements: name === "max" || name === "min",
  isExact: name === "max" || name === "min",
});

const magnitude = (element: Expr): Expr => op("abs", [element]);

export const adding: Fold = folding(0, "add");
export const averaging: Fold = { ...adding, end: (total, size) => op("div", [total, size]) };
const lengthOf: Fold = {
  ...folding(0, "add", (element) => op("mul", [element, element])),
  end: (total) => op("sqrt", [total]),
};

const folds: { readonly [O in TensorOp]?: Fold } = {
  sum: adding,
  mean: averaging,
  prod: folding(1, "mul"),
  max: folding(-Infinity, "max"),
  min: folding(Infinity, "min"),
};

/** By the order, other than 2. */
const norms: ReadonlyMap<unknown, Fold> = new Map([
  [1, folding(0, "add", magnitude)],
  [Infinity, folding(0, "max", magnitude)],
  [-Infinity, folding(Infinity, "min", magnitude)],
]);

/** How the operation goes through the elements, of all axes or some; undefined where it does not. */
export function foldOf(operation: TensorOp, slots: ReadonlyMap<string, Expr>): Fold | undefined {
  const others = [...slots].filter(([slot, value]) => !["x", "axis", "keepdims"].includes(slot) && !isUndefined(value));
  if (operation !== "norm") return others.length === 0 ? folds[operation] : undefined;
  const [order, ...rest] = others;
  if (order === undefined) return lengthOf;
  if (order[0] !== "ord" || rest.length > 0 || order[1].kind !== "literal") return undefined;
  const { value } = order[1];
  return value === 2 || value === "fro" ? lengthOf : norms.get(value);
}
