/**
 * What makes one number of all elements, in one pass through them or several, one element after the other, as the runtime's
 * reductions do: with the same bits.
 */
import { isUndefined } from "../../ir/ask.ts";
import { booleanType, compare, num, numberType, op } from "../../ir/build.ts";
import type { TensorOp } from "../../ir/tensor-ops.ts";
import type { Expr } from "../../ir/types.ts";

/** Once through all elements. What the passes before have found is given to each. */
export interface Pass {
  /** What there is before the first element. */
  readonly initial: number;
  /** What there is with one more element, which is a variable or a literal; `hold` gives a name to what is needed twice. */
  readonly step: (total: Expr, element: Expr, found: readonly Expr[], hold: (value: Expr) => Expr) => Expr;
  /** What is gathered, as part of a name. */
  readonly word: string;
  /** What becomes of it at the end, if anything; `round` makes it one of the elements' type. */
  readonly end?: (total: Expr, size: Expr, found: readonly Expr[], round: (value: Expr) => Expr) => Expr;
}

export interface Fold {
  /** The last one finds the result. */
  readonly passes: readonly [Pass, ...Pass[]];
  /** Of no elements there is no result. */
  readonly needsElements: boolean;
  /** Whether the result needs no rounding to the elements' type. */
  readonly isExact: boolean;
  /** The type of the result, where it is not that of the elements. */
  readonly dtype?: "int32" | "bool";
}

const words = { add: "Sum", mul: "Product", max: "Max", min: "Min" };

const once = (initial: number, name: keyof typeof words, of: (element: Expr) => Expr = (element) => element): Pass => ({
  initial,
  step: (total, element) => op(name, [total, of(element)]),
  word: words[name],
});

const fold = (...passes: Fold["passes"]): Fold => ({ passes, needsElements: false, isExact: false });

const choice = (pass: Pass): Fold => ({ passes: [pass], needsElements: true, isExact: true });

/** Of elements that may be truths, too. */
const asking = (dtype: "int32" | "bool", ...passes: Fold["passes"]): Fold => ({
  passes,
  needsElements: false,
  isExact: true,
  dtype,
});

const chosen = (test: Expr, yes: Expr, no: Expr): Expr => ({ kind: "select", test, yes, no, type: numberType });

const isSome = (element: Expr): Expr => compare("ne", element, num(0));

const isAny: Pass = { initial: 0, step: (total, element) => chosen(isSome(element), num(1), total), word: "Any" };
const areAll: Pass = { initial: 1, step: (total, element) => chosen(isSome(element), total, num(0)), word: "All" };

const counting: Pass = {
  initial: 0,
  step: (total, element) => chosen(isSome(element), op("add", [total, num(1)]), total),
  word: "Count",
};

/**
 * The place of the first element that is the one that was found, or NaN if that is. Until there is one, -1 less the number of
 * elements before.
 */
const placing: Pass = {
  initial: -1,
  step: (total, element, [found]) => {
    const areNaN = both(op("isNaN", [element], booleanType), op("isNaN", [found!], booleanType));
    const isIt: Expr = {
      kind: "logic",
      op: "||",
      left: compare("eq", element, found!),
      right: areNaN,
      type: booleanType,
    };
    const isThere = compare("ge", total, num(0));
    const next = op("sub", [num(-1), total]);
    return chosen(isThere, total, chosen(isIt, next, op("sub", [total, num(1)])));
  },
  word: "Place",
};

const both = (left: Expr, right: Expr): Expr => ({ kind: "logic", op: "&&", left, right, type: booleanType });

const magnitude = (element: Expr): Expr => op("abs", [element]);

export const sum = once(0, "add");
export const mean: Pass = { ...sum, end: (total, size) => op("div", [total, size]), word: "Mean" };
export const greatest = once(-Infinity, "max");
const least = once(Infinity, "min");

export const adding = fold(sum);
export const averaging = fold({ ...mean, word: sum.word });
const lengthOf = fold({
  ...once(0, "add", (element) => op("mul", [element, element])),
  end: (total) => op("sqrt", [total]),
});

/** Squared distances from a mean that was found. */
export const squaresFrom: Pass = {
  initial: 0,
  step: (total, element, [middle], hold) => {
    const distance = hold(op("sub", [element, middle!]));
    return op("add", [total, op("mul", [distance, distance])]);
  },
  word: "Squares",
};

/** Squared distances from the mean, divided by their number less the correction. */
function scattering(correction: Expr | undefined, end: (variance: Expr) => Expr): Fold {
  const isPlain = correction === undefined || (correction.kind === "literal" && correction.value === 0);
  return fold(mean, {
    ...squaresFrom,
    end: (total, size) => end(op("div", [total, isPlain ? size : op("max", [num(0), op("sub", [size, correction])])])),
  });
}

/** The greatest element is taken out, unless it is infinite, or NaN: then it is the result. */
const logarithmOfSum = fold(greatest, {
  initial: 0,
  step: (total, element, [top]) => op("add", [total, op("exp", [op("sub", [element, top!])])]),
  word: "Sum",
  end: (total, _, [top]) => ({
    kind: "select",
    test: op("isFinite", [top!], booleanType),
    yes: op("add", [top!, op("log", [total])]),
    no: top!,
    type: numberType,
  }),
});

const folds: { readonly [O in TensorOp]?: Fold } = {
  sum: adding,
  mean: averaging,
  prod: fold(once(1, "mul")),
  max: choice(greatest),
  min: choice(least),
  logsumexp: logarithmOfSum,
  any: asking("bool", isAny),
  all: asking("bool", areAll),
  countNonzero: asking("int32", counting),
  argmax: { ...asking("int32", greatest, placing), needsElements: true },
  argmin: { ...asking("int32", least, placing), needsElements: true },
};

/** By the order, other than 2. */
function normOf(order: number): Fold {
  if (order === 0) return fold(counting);
  if (order === 1) return fold(once(0, "add", magnitude));
  if (order === Infinity) return { ...choice(once(0, "max", magnitude)) };
  if (order === -Infinity) return { ...choice(once(Infinity, "min", magnitude)) };
  return fold({
    ...once(0, "add", (element) => op("pow", [magnitude(element), num(order)])),
    end: (total) => op("pow", [total, num(1 / order)]),
  });
}

/** How the operation goes through the elements, of all axes or some; undefined where it does not. */
export function foldOf(operation: TensorOp, slots: ReadonlyMap<string, Expr>): Fold | undefined {
  const others = [...slots].filter(([slot, value]) => !["x", "axis", "keepdims"].includes(slot) && !isUndefined(value));
  const [option] = others;
  if (others.length > 1) return undefined;
  if (operation === "variance" || operation === "std") {
    const end = (variance: Expr): Expr => (operation === "std" ? op("sqrt", [variance]) : variance);
    return scattering(option?.[1], end);
  }
  if (operation !== "norm") return option === undefined ? folds[operation] : undefined;
  if (option === undefined) return lengthOf;
  const [, order] = option;
  if (order.kind !== "literal") return undefined;
  if (order.value === 2 || order.value === "fro") return lengthOf;
  return typeof order.value === "number" && !Number.isNaN(order.value) ? normOf(order.value) : undefined;
}
