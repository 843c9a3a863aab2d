/**
 * The numeric checks that every generated module passes before its text is looked at: the primal bit for
 * bit, the forward and the reverse modes against each other and against differences, and the promises
 * about memory (arguments, cotangents, fresh results, repeated calls).
 */
import { derivativeOf, largest, mismatch, type Difference } from "./differences.ts";
import { seeded, seedOf, type Random } from "./random.ts";
import { run, type Outcome } from "./run.ts";
import type { Output, Spec } from "./spec.ts";
import * as values from "./values.ts";
import type { AnyFunction } from "./values.ts";

export interface Options {
  /** Relative bound for ⟨v, J u⟩ = ⟨Jᵀ v, u⟩ and for one mode against another. */
  readonly exact?: number;
  /** Relative bound against differences. */
  readonly difference?: number;
  /** Steps of the differences, largest first. */
  readonly steps?: readonly number[];
  /** False where the primal is a stand-in that agrees only to rounding. */
  readonly bits?: boolean;
}

interface Context {
  readonly spec: Spec;
  readonly options: Required<Options>;
  readonly primal: AnyFunction;
  readonly generated: Readonly<Record<string, unknown>>;
  readonly makeArgs: () => unknown[];
  /** The primal's own outcome. */
  readonly base: Outcome;
  readonly random: Random;
  /** One direction for each parameter; `undefined` where there is none. */
  readonly directions: readonly unknown[];
  /** The value of the active outputs at `args + t * directions`, and its derivative. */
  readonly slope: Difference;
  readonly fail: (message: string) => void;
}

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
  const directions = padded().map((arg, i) =>
    spec.wrt.includes(i) ? direction(arg ?? spec.defaults.get(i), random) : undefined,
  );
  const curve = (t: number): number[] => {
    const args = padded().map((arg, i) => values.moved(arg ?? spec.defaults.get(i), t, directions[i]));
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

export function nameOf(spec: Spec, mode: string): string {
  return spec.name + mode.charAt(0).toUpperCase() + mode.slice(1);
}

// The pieces of a call

function call(context: Context, mode: string, extra: readonly unknown[] = [], args = context.makeArgs()): Outcome {
  return run(context.generated[nameOf(context.spec, mode)] as AnyFunction, [...args, ...extra]);
}

/**
 * Calls twice, checks all that the contract says of every call, and returns the first result with the
 * arguments of that call, which it must not share memory with.
 */
function careful(context: Context, mode: string, extra: readonly unknown[]): { result: unknown; args: unknown[] } {
  const { spec, base, fail } = context;
  const name = nameOf(spec, mode).slice(spec.name.length);
  const before = values.clone(extra);
  const first = call(context, mode, extra);
  if (first.thrown !== undefined) throw first.thrown;
  const report = (difference: string | undefined): void => {
    if (difference !== undefined) fail(`${name}: ${difference}`);
  };
  report(values.bitDifference(first.args.slice(0, spec.parameters.length), base.args, "afterwards, args"));
  report(values.bitDifference(extra, before, "afterwards, v or a tangent"));
  if (context.options.bits) report(values.bitDifference(first.printed, base.printed, "console"));
  const kept = values.clone(first.result);
  const second = call(context, mode, values.clone(before));
  if (second.thrown !== undefined) throw second.thrown;
  report(values.bitDifference(second.result, kept, "second call: result"));
  report(values.bitDifference(first.result, kept, "after the second call, the first result"));
  return { result: first.result, args: first.args };
}

/** The outputs `which` of a call of the primal: bare when there is one, else a list. */
function select(which: readonly Output[], outcome: Outcome): unknown {
  const chosen = which.map((output) => (output === "return" ? outcome.result : outcome.args[output]));
  return chosen.length === 1 ? chosen[0] : chosen;
}

function direction(value: unknown, random: Random): unknown {
  return values.mapNumbers(value, (x) => random.normal() * Math.max(Math.abs(x), 0.1));
}

function cotangent({ spec, base, random }: Context): unknown {
  return values.mapNumbers(select(spec.active, base), () => random.normal());
}

function tangents({ spec, directions }: Context): unknown[] {
  return spec.wrt.map((i) => values.clone(directions[i]));
}

/** The gradients as a list, of parameters first and then of locals. */
function listed({ spec }: Context, grads: unknown): unknown[] {
  return spec.wrt.length + spec.locals === 1 ? [grads] : (grads as unknown[]);
}

function dot(a: unknown, b: unknown): { sum: number; size: number } {
  const left = values.numbersIn(a);
  const right = values.numbersIn(b);
  let sum = 0;
  let size = 0;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const term = (left[i] ?? NaN) * (right[i] ?? NaN);
    sum += term;
    size += Math.abs(term);
  }
  return { sum, size };
}

// What is checked

function checkPrimal(context: Context, mode: string, value: unknown): void {
  const { spec, base, options, fail } = context;
  const expected = select(spec.outputs, base);
  const difference = options.bits
    ? values.bitDifference(value, expected, "value")
    : mismatch(values.numbersIn(value), values.numbersIn(expected), options.exact, "value");
  if (difference !== undefined) fail(`${mode}: ${difference}`);
}

/** Gradients have the structure of what they are gradients of, and memory of their own. */
function checkGradients(context: Context, mode: string, grads: unknown, held: readonly unknown[]): void {
  const { spec, fail } = context;
  const list = listed(context, grads);
  const templates = context.makeArgs();
  spec.wrt.forEach((place, i) => {
    const template = templates[place] ?? spec.defaults.get(place);
    const difference = values.structureDifference(list[i], template, `gradient of ${spec.parameters[place] ?? ""}`);
    if (difference !== undefined) fail(`${mode}: ${difference}`);
  });
  checkFresh(context, mode, list, held);
}

function checkFresh({ fail }: Context, mode: string, results: readonly unknown[], held: readonly unknown[]): void {
  const seen = new Set(held.flatMap(values.memoryOf));
  for (const memory of results.flatMap(values.memoryOf)) {
    if (seen.has(memory)) fail(`${mode}: a gradient or tangent shares memory with something else`);
    seen.add(memory);
  }
}

/** ⟨Jᵀ v, u⟩ against ⟨v, J u⟩, with J u from the forward mode if there is one, and from differences. */
function checkProducts(context: Context, mode: string, v: unknown, grads: unknown): void {
  const { spec, options, slope, directions, fail } = context;
  const list = listed(context, grads);
  const reverse = dot(
    spec.wrt.map((_, i) => list[i]),
    spec.wrt.map((place) => directions[place]),
  );
  const estimate = dot(v, slope.value);
  const scale = Math.max(reverse.size, estimate.size);
  if (!(Math.abs(reverse.sum - estimate.sum) <= options.difference * scale)) {
    fail(`${mode}: ⟨Jᵀv, u⟩ = ${String(reverse.sum)}, by differences ${String(estimate.sum)}`);
  }
  if (!has(context, "jvp")) return;
  const forward = call(context, "jvp", tangents(context));
  if (forward.thrown !== undefined) return;
  const product = dot(v, (forward.result as unknown[])[1]);
  if (!(Math.abs(reverse.sum - product.sum) <= options.exact * Math.max(reverse.size, product.size))) {
    fail(`${mode}: ⟨Jᵀv, u⟩ = ${String(reverse.sum)}, but ⟨v, Ju⟩ = ${String(product.sum)}`);
  }
}

function has({ spec, generated }: Context, mode: string): boolean {
  return spec.modes.includes(mode) && typeof generated[nameOf(spec, mode)] === "function";
}

/** Whatever the function has to offer that is one number, or `undefined`. */
function isScalar({ spec, base }: Context): boolean {
  return spec.active.length === 1 && typeof select(spec.active, base) === "number";
}

function sameNumbers(context: Context, actual: unknown, expected: unknown, what: string): void {
  const difference = mismatch(values.numbersIn(actual), values.numbersIn(expected), context.options.exact, what);
  if (difference !== undefined) context.fail(difference);
}

// Modes

function checkVjp(context: Context): void {
  const v = cotangent(context);
  const { result, args } = careful(context, "vjp", [v]);
  const [value, grads] = result as [unknown, unknown];
  checkPrimal(context, "Vjp", value);
  checkGradients(context, "Vjp", grads, [...args, v, value]);
  checkProducts(context, "Vjp", v, grads);
  checkLengthError(context, "vjp", [v], 0);
}

/** A cotangent or tangent that is one too long throws a RangeError. */
function checkLengthError(context: Context, mode: string, extra: readonly unknown[], place: number): void {
  const right = extra[place];
  const flat = Array.isArray(right) && right.length > 0 && right.every((x) => typeof x === "number");
  if (!values.isFloatArray(right) && !(flat && !isTuple(context, mode))) return;
  const numbers = [...values.numbersIn(right), 1];
  const wrong =
    right instanceof Float64Array
      ? Float64Array.from(numbers)
      : right instanceof Float32Array
        ? Float32Array.from(numbers)
        : numbers;
  const outcome = call(context, mode, extra.with(place, wrong));
  const name = outcome.thrown instanceof Error ? outcome.thrown.name : "nothing";
  if (name !== "RangeError") context.fail(`: ${nameOf(context.spec, mode)} with one number too many threw ${name}`);
}

function isTuple({ spec }: Context, mode: string): boolean {
  return mode === "vjp" && spec.active.length > 1;
}

function checkVjpInto(context: Context): void {
  const { spec, random, fail } = context;
  const v = cotangent(context);
  const templates = context.makeArgs().map((arg, i) => arg ?? spec.defaults.get(i));
  const buffers = spec.wrt.map((place) => values.mapNumbers(templates[place], () => random.normal()));
  const isBuffer = (buffer: unknown): boolean => typeof buffer === "object";
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
    if (!isBuffer(buffer)) return numbers[next++];
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

function tupled(list: readonly unknown[]): unknown {
  return list.length === 1 ? list[0] : list;
}

function checkPullback(context: Context): void {
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

function checkJvp(context: Context): void {
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
function checkAbsentTangents(context: Context): void {
  const u = tangents(context);
  if (u.length < 2) return;
  const [, sparse] = call(context, "jvp", [u[0], ...u.slice(1).map(() => undefined)]).result as [unknown, unknown];
  const [, zeros] = call(context, "jvp", [u[0], ...u.slice(1).map((part) => values.mapNumbers(part, () => 0))])
    .result as [unknown, unknown];
  sameNumbers(context, sparse, zeros, "Jvp: with undefined for zero tangents");
}

function checkGrad(context: Context): void {
  const { result: grads, args } = careful(context, "grad", []);
  checkGradients(context, "Grad", grads, args);
  checkProducts(context, "Grad", 1, grads);
}

function checkValueAndGrad(context: Context): void {
  const { result, args } = careful(context, "valueAndGrad", []);
  const [value, grads] = result as [unknown, unknown];
  checkPrimal(context, "ValueAndGrad", value);
  checkGradients(context, "ValueAndGrad", grads, args);
  checkProducts(context, "ValueAndGrad", 1, grads);
}

/** Jacobian entries by [active output][wrt parameter]. */
function checkJacobian(context: Context): void {
  const { spec, options, slope, directions, base, fail } = context;
  const { result } = careful(context, "jacobian", []);
  const byOutput = spec.active.length === 1 ? [result] : (result as unknown[]);
  const product: number[] = [];
  spec.active.forEach((output, o) => {
    const value = select([output], base);
    const height = values.numbersIn(value).length;
    const sum = new Array<number>(height).fill(0);
    spec.wrt.forEach((place, p) => {
      const entry = spec.wrt.length === 1 ? byOutput[o] : (byOutput[o] as unknown[])[p];
      const input = directions[place];
      const shape = [...values.shapeOf(value), ...values.shapeOf(input)];
      const isNumber = typeof entry === "number";
      const actual = isNumber ? [] : values.isTensor(entry) ? [...entry.shape] : undefined;
      if (values.show(actual) !== values.show(shape)) {
        fail(
          `Jacobian: the entry of ${spec.parameters[place] ?? ""} has shape ${values.show(actual)}, not ${values.show(shape)}`,
        );
      }
      const matrix = values.numbersIn(entry);
      const u = values.numbersIn(input);
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < u.length; j++) sum[i] = (sum[i] ?? NaN) + (matrix[i * u.length + j] ?? NaN) * (u[j] ?? NaN);
      }
    });
    product.push(...sum);
  });
  const difference = mismatch(product, slope.value, options.difference, "Jacobian against differences");
  if (difference !== undefined) fail(`: ${difference}`);
  if (!has(context, "jvp")) return;
  const [, tangent] = call(context, "jvp", tangents(context)).result as [unknown, unknown];
  sameNumbers(context, product, tangent, "Jacobian: times u, against Jvp");
}

/** The gradient at `args + t * directions` as numbers, by the best first-order mode there is. */
function gradientAt(context: Context): ((t: number) => number[]) | undefined {
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

function checkHvp(context: Context): void {
  const { result, args } = careful(context, "hvp", tangents(context));
  const [value, products] = result as [unknown, unknown];
  checkPrimal(context, "Hvp", value);
  checkGradients(context, "Hvp", products, args);
  checkSecond(context, "Hvp", values.numbersIn(products));
}

/** `H u` against differences of first derivatives along u. */
function checkSecond(context: Context, mode: string, product: readonly number[]): void {
  const gradient = gradientAt(context);
  if (gradient === undefined) {
    context.fail(`${mode}: needs grad, vjp or valueAndGrad to be checked against`);
    return;
  }
  const { value } = derivativeOf(gradient, context.options.steps);
  const difference = mismatch(product, value, context.options.difference, `${mode} against differences`);
  if (difference !== undefined) context.fail(`: ${difference}`);
}

function checkHessian(context: Context): void {
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
