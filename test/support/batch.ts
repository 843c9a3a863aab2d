/** What a function over a batch gives, told by what its source gives for each example. */
import { Tensor } from "../../runtime/index.ts";
import type { Spec } from "./spec.ts";
import { isTensor, type AnyFunction } from "./values.ts";

export interface Batch {
  /** Which parameters have an axis in front. */
  readonly isOver: readonly boolean[];
  /** Whether the results are several. */
  readonly several: boolean;
  /** Which of them are `int`. */
  readonly areCounts: readonly boolean[];
  /** The function of one example. */
  readonly of: Spec;
}

type Sequence = ArrayLike<unknown>;

export function overBatch(one: AnyFunction, { isOver, several, areCounts }: Batch): AnyFunction {
  return (...args) => {
    const many = args.filter((arg, i) => isOver[i] && arg !== undefined);
    const counts = many.map((arg) => (isTensor(arg) ? arg.shape[0]! : (arg as Sequence).length));
    const results = Array.from({ length: counts[0]! }, (_, b) =>
      one(...args.map((arg, i) => (isOver[i] && arg !== undefined ? exampleOf(arg, b) : arg))),
    );
    const gathered = (all: readonly unknown[], k: number): unknown => (areCounts[k] ? all : together(all));
    if (!several) return gathered(results, 0);
    const rows = results as unknown[][];
    return areCounts.map((_, k) =>
      gathered(
        rows.map((row) => row[k]),
        k,
      ),
    );
  };
}

function exampleOf(arg: unknown, b: number): unknown {
  if (!isTensor(arg)) return (arg as Sequence)[b];
  const size = arg.data.length / arg.shape[0]!;
  return new Tensor(arg.data.slice(b * size, (b + 1) * size), arg.shape.slice(1));
}

function together(results: readonly unknown[]): unknown {
  if (results.every((result) => typeof result === "number")) return Float64Array.from(results);
  if (!results.every(isTensor)) return results;
  const data = Float64Array.from(results.flatMap((result) => [...result.data]));
  return new Tensor(data, [results.length, ...results[0]!.shape]);
}
