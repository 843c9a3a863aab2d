/** Checks of the reverse modes. */
import { orDefault } from "./spec.ts";
import {
  call,
  careful,
  checkGradients,
  checkLengthError,
  checkPrimal,
  checkProducts,
  cotangent,
  partOf,
  type Context,
} from "./check-context.ts";
import { mismatch } from "./differences.ts";
import { run } from "./run.ts";
import * as values from "./values.ts";

export function checkVjp(context: Context): void {
  const v = cotangent(context);
  const { result, args } = careful(context, "vjp", [v]);
  const [value, grads] = result as [unknown, unknown];
  checkPrimal(context, "Vjp", value);
  checkGradients(context, "Vjp", grads, [...args, v, value]);
  checkProducts(context, "Vjp", v, grads);
  checkLengthError(context, "vjp", [v], 0);
}

export function checkVjpInto(context: Context): void {
  const { spec, random, fail } = context;
  const v = cotangent(context);
  const templates = context.makeArgs().map((arg, i) => orDefault(spec, arg, i));
  const buffers = spec.wrt.map((place, i) =>
    values.mapNumbers(partOf(spec, templates[place], i), () => random.normal()),
  );
  // Of what is absent there is no buffer, but its place is kept.
  const isBuffer = (buffer: unknown, k: number): boolean =>
    typeof buffer === "object" || (buffer === undefined && !spec.numbers.has(spec.wrt[k]!));
  const given = buffers.filter(isBuffer);
  const before = values.clone(buffers);
  const outcome = call(context, "vjpInto", [v, ...given]);
  if (outcome.thrown !== undefined) throw outcome.thrown;
  const bare = given.length === buffers.length;
  const value = bare ? outcome.result : (outcome.result as unknown[])[0];
  checkPrimal(context, "VjpInto", value);
  const rest = bare ? undefined : (outcome.result as unknown[])[1];
  const numbers = buffers.length - given.length === 1 ? [rest] : ((rest ?? []) as unknown[]);
  let next = 0;
  const grads = buffers.map((buffer, i) => {
    if (!isBuffer(buffer, i)) return numbers[next++];
    const old = values.numbersIn(before[i]);
    return values.mapNumbers(buffer, (x, k) => x - (old[k] ?? NaN));
  });
  const afterwards = values.bitDifference(
    outcome.args.slice(0, spec.parameters.length),
    context.base.args,
    "afterwards, args",
  );
  if (afterwards !== undefined) fail(`VjpInto: ${afterwards}`);
  checkProducts(
    { ...context, options: { ...context.options, exact: context.options.exact * 1e2 } },
    "VjpInto",
    v,
    tupled(grads),
  );
}

export function tupled(list: readonly unknown[]): unknown {
  return list.length === 1 ? list[0] : list;
}

export function checkPullback(context: Context): void {
  const { base, random, fail } = context;
  const args = context.makeArgs();
  const outcome = call(context, "pullback", [], args);
  if (outcome.thrown !== undefined) throw outcome.thrown;
  const [value, pullback] = outcome.result as [unknown, (v: unknown) => unknown];
  checkPrimal(context, "Pullback", value);
  const report = (difference: string | undefined): void => {
    if (difference !== undefined) fail(`Pullback: ${difference}`);
  };
  report(values.bitDifference(args, base.args, "afterwards, args"));
  report(values.bitDifference(outcome.printed, base.printed, "console"));
  const v = cotangent(context);
  const before = values.clone(v);
  const first = run(pullback, [v]);
  if (first.thrown !== undefined) throw first.thrown;
  report(values.bitDifference(first.printed, [], "console of pullback(v)"));
  report(values.bitDifference(v, before, "afterwards, v"));
  const kept = values.clone(first.result);
  checkGradients(context, "Pullback", first.result, [...args, v, value]);
  checkProducts(context, "Pullback", v, first.result);
  report(values.bitDifference(run(pullback, [v]).result, kept, "called again, gradient"));
  values.scramble(args, random.normal);
  values.scramble(value, random.normal);
  values.scramble(first.result, random.normal);
  report(values.bitDifference(run(pullback, [v]).result, kept, "after the caller changed its arrays, gradient"));
  // Another cotangent: the pullback is linear and forgets the earlier ones.
  const other = values.mapNumbers(v, (x) => -2 * x);
  const scaled = values.numbersIn(kept).map((x) => -2 * x);
  const again = run(pullback, [other]);
  report(mismatch(values.numbersIn(again.result), scaled, context.options.exact, "of -2v, gradient"));
}

export function checkGrad(context: Context): void {
  const { result: grads, args } = careful(context, "grad", []);
  checkGradients(context, "Grad", grads, args);
  checkProducts(context, "Grad", 1, grads);
}

export function checkValueAndGrad(context: Context): void {
  const { result, args } = careful(context, "valueAndGrad", []);
  const [value, grads] = result as [unknown, unknown];
  checkPrimal(context, "ValueAndGrad", value);
  checkGradients(context, "ValueAndGrad", grads, args);
  checkProducts(context, "ValueAndGrad", 1, grads);
}
