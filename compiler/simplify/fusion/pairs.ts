/** What operations on two tensors of one shape make of two elements, step by step as the runtime does it: with the same bits. */
import { isUndefined } from "../../ir/ask.ts";
import { int, num } from "../../ir/build.ts";
import { probability } from "../../ir/tensor-elements.ts";
import type { TensorOp } from "../../ir/tensor-ops.ts";
import type { Expr } from "../../ir/types.ts";
import { adding, averaging, type Fold } from "./folds.ts";

export interface Pair {
  readonly operands: readonly [Expr | undefined, Expr | undefined];
  readonly element: Element;
  /** What is made of them all; undefined where they stay. */
  readonly fold: Fold | undefined;
  /** Along which axis; of all without it. */
  readonly axis: Expr | undefined;
  readonly isVector: boolean;
}

/** Gives the result of an elementwise operation a name. */
type Step = (op: TensorOp, given: Readonly<Record<string, Expr>>) => Expr;
type Element = (x: Expr, y: Expr, step: Step) => Expr;

const binary = (step: Step, op: TensorOp, a: Expr, b: Expr): Expr => step(op, { a, b });

const product: Element = (x, y, step) => binary(step, "mul", x, y);

const apart: Element = (x, y, step) => binary(step, "sub", x, y);

const distance: Element = (x, y, step) => step("abs", { x: apart(x, y, step) });

/** Squares within a bound, and lines beyond. */
const rounded =
  (test: "less" | "lessEqual", bound: number, factor: number, slope: number): Element =>
  (x, y, step) => {
    const far = distance(x, y, step);
    const near = binary(step, "mul", step("square", { x: far }), num(factor));
    const shifted = binary(step, "sub", far, num(0.5 * bound));
    const line = slope === 1 ? shifted : binary(step, "mul", shifted, num(slope));
    return step("where", { condition: binary(step, test, far, num(bound)), x: near, y: line });
  };

const logistic: Element = (x, y, step) => {
  const linear = binary(step, "sub", step("relu", { x }), binary(step, "mul", x, y));
  const negative = step("neg", { x: step("abs", { x }) });
  return binary(step, "add", linear, step("log1p", { x: step("exp", { x: negative }) }));
};

/** Logarithms count as no less than -100. */
const surprise: Element = (p, y, step) => {
  const least = num(-100);
  const ofYes = binary(step, "maximum", step("log", { x: probability(p) }), least);
  const ofNo = binary(step, "maximum", step("log1p", { x: step("neg", { x: p }) }), least);
  const positive = binary(step, "mul", y, ofYes);
  return step("neg", { x: binary(step, "add", positive, binary(step, "mul", binary(step, "sub", num(1), y), ofNo)) });
};

const divergence: Element = (x, target, step) =>
  binary(step, "sub", binary(step, "xlogy", target, target), binary(step, "mul", target, x));

/** The operation on each pair of elements; undefined where it is none, or is not decided as we compile. */
export function pairOf(op: TensorOp, slots: ReadonlyMap<string, Expr>): Pair | undefined {
  const whole = { axis: undefined, isVector: false };
  if (op === "dot" || op === "vecdot") {
    const operands = [slots.get("a"), slots.get("b")] as const;
    if (op === "dot") return { ...whole, operands, element: product, fold: adding, isVector: true };
    const axis = slots.get("axis") ?? int(-1);
    return axis.kind === "literal" ? { ...whole, operands, element: product, fold: adding, axis } : undefined;
  }
  const element = lossOf(op, slots);
  const reduction = slots.get("reduction");
  const kind =
    reduction === undefined || isUndefined(reduction) ? "mean" : reduction.kind === "literal" && reduction.value;
  if (element === undefined || (kind !== "mean" && kind !== "sum" && kind !== "none")) return undefined;
  const fold = kind === "none" ? undefined : kind === "sum" ? adding : averaging;
  return { ...whole, operands: [slots.get("x"), slots.get("y")], element, fold };
}

function lossOf(op: TensorOp, slots: ReadonlyMap<string, Expr>): Element | undefined {
  switch (op) {
    case "mseLoss":
      return (x, y, step) => step("square", { x: apart(x, y, step) });
    case "l1Loss":
      return distance;
    case "smoothL1Loss": {
      const beta = positive(slots.get("beta"));
      return beta === undefined ? undefined : rounded("less", beta, 0.5 / beta, 1);
    }
    case "huberLoss": {
      const delta = positive(slots.get("delta"));
      return delta === undefined ? undefined : rounded("lessEqual", delta, 0.5, delta);
    }
    case "binaryCrossEntropyWithLogits":
      return logistic;
    case "binaryCrossEntropy":
      return surprise;
    case "klDiv":
      return divergence;
    default:
      return undefined;
  }
}

/** The bound of a loss, 1 by default; undefined where it is not known to be positive. */
function positive(bound: Expr | undefined): number | undefined {
  if (bound === undefined || isUndefined(bound)) return 1;
  return bound.kind === "literal" && typeof bound.value === "number" && bound.value > 0 ? bound.value : undefined;
}
