/** Checks of second derivatives. */
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
    context.makeArgs().map((arg, i) => values.moved(arg ?? spec.defaults.get(i), t, directions[i]));
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
  const { spec, directions, fail } = context;
  if (!isScalar(context)) throw new Error("a Hessian of something that is not one number");
  const { result } = careful(context, "hessian", []);
  const rows = spec.wrt.length === 1 ? [[result]] : (result as unknown[][]);
  const sizes = spec.wrt.map((place) => values.numbersIn(directions[place]).length);
  const product: number[] = [];
  spec.wrt.forEach((place, p) => {
    const sum = new Array<number>(sizes[p] ?? 0).fill(0);
    spec.wrt.forEach((other, q) => {
      const entry = rows[p]?.[q];
      if (directions[place] === undefined || directions[other] === undefined) {
        if (entry !== undefined) fail("Hessian: an entry of an absent parameter is there");
        return;
      }
      const shape = [...values.shapeOf(directions[place]), ...values.shapeOf(directions[other])];
      const actual = typeof entry === "number" ? [] : values.isTensor(entry) ? [...entry.shape] : undefined;
      if (values.show(actual) !== values.show(shape))
        fail(`Hessian: shape ${values.show(actual)}, not ${values.show(shape)}`);
      const matrix = values.numbersIn(entry);
      const mirror = values.numbersIn(rows[q]?.[p]);
      const u = values.numbersIn(directions[other]);
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
    });
    product.push(...sum);
  });
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
