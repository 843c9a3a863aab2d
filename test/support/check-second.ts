/** Checks of second derivatives. */
import { orDefault } from "./spec.ts";
import {
  call,
  careful,
  checkGradients,
  checkPrimal,
  has,
  isScalar,
  sameNumbers,
  tangents,
  type Context,
} from "./check-context.ts";
import { derivativeOf, largest, mismatch } from "./differences.ts";
import * as values from "./values.ts";

/** The gradient at `args + t * directions` as numbers, by the best first-order mode there is. */
export function gradientAt(context: Context): ((t: number) => number[]) | undefined {
  const { spec, directions } = context;
  const at = (t: number): unknown[] =>
    context.makeArgs().map((arg, i) => values.moved(orDefault(spec, arg, i), t, directions[i]));
  if (has(context, "grad")) return (t) => values.numbersIn(call(context, "grad", [], at(t)).result);
  if (has(context, "vjp")) return (t) => values.numbersIn((call(context, "vjp", [1], at(t)).result as unknown[])[1]);
  if (has(context, "valueAndGrad")) {
    return (t) => values.numbersIn((call(context, "valueAndGrad", [], at(t)).result as unknown[])[1]);
  }
  return undefined;
}

export function checkHvp(context: Context): void {
  const { result, args } = careful(context, "hvp", tangents(context));
  const [value, products] = result as [unknown, unknown];
  checkPrimal(context, "Hvp", value);
  checkGradients(context, "Hvp", products, args);
  checkSecond(context, "Hvp", values.numbersIn(products));
}

/** `H u` against differences of first derivatives along u. */
export function checkSecond(context: Context, mode: string, product: readonly number[]): void {
  const gradient = gradientAt(context);
  if (gradient === undefined) {
    context.fail(`${mode}: needs grad, vjp or valueAndGrad to be checked against`);
    return;
  }
  const { value } = derivativeOf(gradient, context.options.steps);
  const difference = mismatch(product, value, context.options.difference, `${mode} against differences`);
  if (difference !== undefined) context.fail(`: ${difference}`);
}

export function checkHessian(context: Context): void {
  const { spec, fail } = context;
  const directions = tangents(context);
  if (!isScalar(context)) throw new Error("a Hessian of something that is not one number");
  const { result } = careful(context, "hessian", []);
  // Structures of rows outermost, then the wrt tuple, then structures of columns.
  const parts = spec.wrt.flatMap((_, p) => values.leavesOf(directions[p]).map((leaf) => ({ ...leaf, p })));
  const entryAt = (row: (typeof parts)[number], column: (typeof parts)[number]): unknown => {
    const one = spec.wrt.length === 1;
    const towards = values.at(one ? result : (result as unknown[])[row.p], row.path);
    return values.at(one ? towards : (towards as unknown[])[column.p], column.path);
  };
  const isAbsent = (p: number): boolean => directions[p] === undefined;
  spec.wrt.forEach((_, p) => {
    spec.wrt.forEach((_, q) => {
      const entry = spec.wrt.length === 1 ? result : (result as unknown[][])[p]?.[q];
      if ((isAbsent(p) || isAbsent(q)) && entry !== undefined)
        fail("Hessian: an entry of an absent parameter is there");
    });
  });
  const product: number[] = [];
  for (const row of parts) {
    const sum = new Array<number>(values.numbersIn(row.value).length).fill(0);
    for (const column of parts) {
      const entry = entryAt(row, column);
      const shape = [...values.shapeOf(row.value), ...values.shapeOf(column.value)];
      const actual = typeof entry === "number" ? [] : values.isTensor(entry) ? [...entry.shape] : undefined;
      if (values.show(actual) !== values.show(shape))
        fail(`Hessian: shape ${values.show(actual)}, not ${values.show(shape)}`);
      const matrix = values.numbersIn(entry);
      const mirror = values.numbersIn(entryAt(column, row));
      const u = values.numbersIn(column.value);
      for (let i = 0; i < sum.length; i++) {
        for (let j = 0; j < u.length; j++) {
          const here = matrix[i * u.length + j] ?? NaN;
          const there = mirror[j * sum.length + i] ?? NaN;
          if (!(Math.abs(here - there) <= 1e-10 * Math.max(largest(matrix), 1e-300))) {
            fail(`Hessian: not symmetric at ${String(i)}, ${String(j)}: ${String(here)} and ${String(there)}`);
          }
          sum[i] = (sum[i] ?? NaN) + here * (u[j] ?? NaN);
        }
      }
    }
    product.push(...sum);
  }
  checkSecond(context, "Hessian", product);
  if (!has(context, "hvp")) return;
  const [, products] = call(context, "hvp", tangents(context)).result as [unknown, unknown];
  sameNumbers(
    { ...context, options: { ...context.options, exact: 1e-10 } },
    product,
    products,
    "Hessian: times u, against Hvp",
  );
}
