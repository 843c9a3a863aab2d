/** Checks of the forward mode and of Jacobians. */
import {
  call,
  careful,
  checkFresh,
  checkLengthError,
  checkPrimal,
  has,
  nameOfPart,
  sameNumbers,
  select,
  tangents,
  type Context,
} from "./check-context.ts";
import { mismatch } from "./differences.ts";
import * as values from "./values.ts";

export function checkJvp(context: Context): void {
  const { spec, options, slope, fail } = context;
  const u = tangents(context);
  const { result, args } = careful(context, "jvp", u);
  const [value, tangent] = result as [unknown, unknown];
  checkPrimal(context, "Jvp", value);
  checkFresh(context, "Jvp", [tangent], [...args, ...u, value]);
  const structure = values.structureDifference(tangent, select(spec.active, context.base), "tangent");
  if (structure !== undefined) fail(`Jvp: ${structure}`);
  const difference = mismatch(values.numbersIn(tangent), slope.value, options.difference, "Jvp against differences");
  if (difference !== undefined) fail(`: ${difference}`);
  checkAbsentTangents(context);
  u.forEach((_, i) => {
    checkLengthError(context, "jvp", u, i);
  });
}

/** `undefined` is a zero tangent. */
export function checkAbsentTangents(context: Context): void {
  const u = tangents(context);
  if (u.length < 2) return;
  const [, sparse] = call(context, "jvp", [u[0], ...u.slice(1).map(() => undefined)]).result as [unknown, unknown];
  const [, zeros] = call(context, "jvp", [u[0], ...u.slice(1).map((part) => values.mapNumbers(part, () => 0))])
    .result as [unknown, unknown];
  sameNumbers(context, sparse, zeros, "Jvp: with undefined for zero tangents");
}

/** Jacobian entries by [active output][wrt parameter]. */
export function checkJacobian(context: Context): void {
  const { spec, options, slope, base, fail } = context;
  const directions = tangents(context);
  const { result } = careful(context, "jacobian", []);
  const byOutput = spec.active.length === 1 ? [result] : (result as unknown[]);
  const product: number[] = [];
  spec.active.forEach((output, o) => {
    for (const row of values.leavesOf(select([output], base))) {
      const height = values.numbersIn(row.value).length;
      const sum = new Array<number>(height).fill(0);
      const towards = values.at(byOutput[o], row.path);
      spec.wrt.forEach((_, p) => {
        const whole = spec.wrt.length === 1 ? towards : (towards as unknown[])[p];
        for (const column of values.leavesOf(directions[p]).flatMap((leaf) => asTuple(leaf, whole))) {
          const entry = values.at(whole, column.path);
          const shape = [...values.shapeOf(row.value), ...values.shapeOf(column.value)];
          const actual = typeof entry === "number" ? [] : values.isTensor(entry) ? [...entry.shape] : undefined;
          if (values.show(actual) !== values.show(shape)) {
            const name = [nameOfPart(spec, p), ...column.path].join(".");
            fail(`Jacobian: the entry of ${name} has shape ${values.show(actual)}, not ${values.show(shape)}`);
          }
          const matrix = values.numbersIn(entry);
          const u = values.numbersIn(column.value);
          for (let i = 0; i < height; i++) {
            for (let j = 0; j < u.length; j++)
              sum[i] = (sum[i] ?? NaN) + (matrix[i * u.length + j] ?? NaN) * (u[j] ?? NaN);
          }
        }
      });
      product.push(...sum);
    }
  });
  const difference = mismatch(product, slope.value, options.difference, "Jacobian against differences");
  if (difference !== undefined) fail(`: ${difference}`);
  if (!has(context, "jvp")) return;
  const [, tangent] = call(context, "jvp", tangents(context)).result as [unknown, unknown];
  sameNumbers(context, product, tangent, "Jacobian: times u, against Jvp");
}

/** A tuple looks like an array of numbers; that there is an entry for each of its places tells the two apart. */
function asTuple(leaf: values.Leaf, entries: unknown): values.Leaf[] {
  const entry = values.at(entries, leaf.path);
  if (!Array.isArray(entry) || !Array.isArray(leaf.value)) return [leaf];
  return leaf.value.map((value: unknown, i) => ({ path: [...leaf.path, String(i)], value }));
}
