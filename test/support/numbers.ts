/**
 * The numeric checks that every generated module passes before its text is looked at: the primal bit for
 * bit, the forward and the reverse modes against each other and against differences, and the promises
 * about memory (arguments, cotangents, fresh results, repeated calls).
 */
import { call, directionsOf, nameOf, select, tangents, type Context, type Options } from "./check-context.ts";
import { checkJacobian, checkJvp } from "./check-forward.ts";
import { checkGrad, checkPullback, checkValueAndGrad, checkVjp, checkVjpInto } from "./check-reverse.ts";
import { checkHessian, checkHvp } from "./check-second.ts";
import { derivativeOf, largest } from "./differences.ts";
import { seeded, seedOf } from "./random.ts";
import { run } from "./run.ts";
import { orDefault, type Spec } from "./spec.ts";
import * as values from "./values.ts";
import type { AnyFunction } from "./values.ts";

export { nameOf, type Options } from "./check-context.ts";

const defaults: Required<Options> = {
  exact: 1e-12,
  difference: 1e-6,
  steps: [2 ** -6, 2 ** -8, 2 ** -10, 2 ** -12],
  bits: true,
};

/** Checks all generated functions of `spec` at one argument list and returns what is wrong with them. */
export function checkFunction(
  spec: Spec,
  primal: AnyFunction,
  generated: Readonly<Record<string, unknown>>,
  makeArgs: () => unknown[],
  options: Options = {},
): string[] {
  const failures: string[] = [];
  const settings = { ...defaults, ...options };
  const flat: AnyFunction = spec.rest
    ? (...args) => primal(...args.slice(0, -1), ...(args.at(-1) as unknown[]))
    : primal;
  const padded = (): unknown[] => {
    const args = makeArgs();
    return [...args, ...Array<undefined>(spec.parameters.length - args.length).fill(undefined)];
  };
  const base = run(flat, padded());
  const random = seeded(seedOf(spec.name));
  const directions = directionsOf(spec, padded(), random);
  const curve = (t: number): number[] => {
    const args = padded().map((arg, i) => values.moved(orDefault(spec, arg, i), t, directions[i]));
    return values.numbersIn(select(spec.active, run(flat, args)));
  };
  const slope = base.thrown === undefined ? derivativeOf(curve, settings.steps) : { value: [], doubt: 0 };
  const context: Context = {
    spec,
    options: settings,
    primal: flat,
    generated,
    makeArgs: padded,
    base,
    random,
    directions,
    slope,
    fail: (message) => failures.push(`${spec.name}${message}`),
  };
  const size = Math.max(largest(slope.value), largest(values.numbersIn(select(spec.active, base))) * 1e-3);
  if (!(slope.doubt <= 10 * settings.difference * size)) {
    context.fail(`: differences do not converge at this sample (${String(slope.doubt)} of ${String(size)})`);
  }
  for (const mode of spec.modes) checkMode(context, mode);
  return failures;
}

function checkMode(context: Context, mode: string): void {
  const name = nameOf(context.spec, mode);
  if (typeof context.generated[name] !== "function") {
    context.fail(`: ${name} was not generated`);
    return;
  }
  try {
    if (context.base.thrown !== undefined) checkThrow(context, mode);
    else checks[mode]?.(context);
  } catch (error) {
    context.fail(`: ${name} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

const checks: Readonly<Record<string, (context: Context) => void>> = {
  "": checkValue,
  vjp: checkVjp,
  vjpInto: checkVjpInto,
  pullback: checkPullback,
  jvp: checkJvp,
  grad: checkGrad,
  valueAndGrad: checkValueAndGrad,
  jacobian: checkJacobian,
  hessian: checkHessian,
  hvp: checkHvp,
};

/** A generated function without a derivative gives what its source does. */
function checkValue(context: Context): void {
  const { base, fail } = context;
  const outcome = call(context, "");
  const difference =
    values.bitDifference(outcome.result, base.result, "value") ??
    values.bitDifference(outcome.args, base.args, "args") ??
    values.bitDifference(outcome.printed, base.printed, "console");
  if (difference !== undefined) fail(`: ${difference}`);
}

/** When f throws, its derivative throws the same with the arguments in the same state. */
function checkThrow(context: Context, mode: string): void {
  const { spec, base, fail } = context;
  const name = nameOf(spec, mode).slice(spec.name.length);
  const extra = mode === "vjp" || mode === "vjpInto" ? [1] : mode === "jvp" || mode === "hvp" ? tangents(context) : [];
  const outcome = call(context, mode, extra);
  const report = (difference: string | undefined): void => {
    if (difference !== undefined) fail(`${name}: ${difference}`);
  };
  report(values.bitDifference(describe(outcome.thrown), describe(base.thrown), "thrown"));
  report(values.bitDifference(outcome.args.slice(0, spec.parameters.length), base.args, "after the throw, args"));
  report(values.bitDifference(outcome.printed, base.printed, "console"));
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
