/** What a numeric check knows, and the calls and comparisons that all of them share. */
import { mismatch, type Difference } from "./differences.ts";
import type { Random } from "./random.ts";
import { run, type Outcome } from "./run.ts";
import { orDefault, type Output, type Spec } from "./spec.ts";
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

export interface Context {
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

export function nameOf(spec: Spec, mode: string): string {
  return spec.name + mode.charAt(0).toUpperCase() + mode.slice(1);
}

export function has({ spec, generated }: Context, mode: string): boolean {
  return spec.modes.includes(mode) && typeof generated[nameOf(spec, mode)] === "function";
}

export function call(
  context: Context,
  mode: string,
  extra: readonly unknown[] = [],
  args = context.makeArgs(),
): Outcome {
  return run(context.generated[nameOf(context.spec, mode)] as AnyFunction, [...args, ...extra]);
}

/**
 * Calls twice, checks all that the contract says of every call, and returns the first result with the
 * arguments of that call, which it must not share memory with.
 */
export function careful(
  context: Context,
  mode: string,
  extra: readonly unknown[],
): { result: unknown; args: unknown[] } {
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
export function select(which: readonly Output[], outcome: Outcome): unknown {
  const chosen = which.map((output) => {
    if (typeof output === "number") return outcome.args[output];
    return output === "return" ? outcome.result : values.at(outcome.result, output.part);
  });
  return chosen.length === 1 ? chosen[0] : chosen;
}

export function direction(value: unknown, random: Random): unknown {
  return values.mapNumbers(value, (x) => random.normal() * Math.max(Math.abs(x), 0.1));
}

export function cotangent({ spec, base, random }: Pick<Context, "spec" | "base" | "random">): unknown {
  return values.mapNumbers(select(spec.active, base), () => random.normal());
}

/** One direction for each parameter that is differentiated; those for fields are zero in all others. */
export function directionsOf(spec: Spec, args: readonly unknown[], random: Random): unknown[] {
  return args.map((arg, place) => {
    const paths = spec.paths.filter((_, i) => spec.wrt[i] === place);
    if (paths.length === 0) return undefined;
    const whole = values.onlyAt(direction(orDefault(spec, arg, place), random), paths);
    return values.zeroedAt(whole, spec.without[spec.wrt.indexOf(place)] ?? []);
  });
}

/** What is differentiated, by the name that the annotation has for it. */
export function nameOfPart(spec: Spec, i: number): string {
  return [spec.parameters[spec.wrt[i] ?? 0] ?? "", ...(spec.paths[i] ?? [])].join(".");
}

export function tangents({ spec, directions }: Pick<Context, "spec" | "directions">): unknown[] {
  return spec.wrt.map((place, i) => values.clone(partOf(spec, directions[place], i)));
}

/** What is differentiated of the value of its parameter. */
export function partOf(spec: Spec, value: unknown, i: number): unknown {
  return values.without(values.at(value, spec.paths[i] ?? []), spec.without[i] ?? []);
}

/** The gradients as a list, of parameters first and then of locals. */
export function listed({ spec }: Context, grads: unknown): unknown[] {
  return spec.wrt.length + spec.locals === 1 ? [grads] : (grads as unknown[]);
}

export function dot(a: unknown, b: unknown): { sum: number; size: number } {
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

/** Whatever the function has to offer that is one number, or `undefined`. */
export function isScalar({ spec, base }: Context): boolean {
  if (spec.active.length !== 1) return false;
  const output = select(spec.active, base);
  return typeof output === "number" || (values.isTensor(output) && output.shape.length === 0);
}

export function checkPrimal(context: Context, mode: string, value: unknown): void {
  const { spec, base, options, fail } = context;
  const expected = select(spec.outputs, base);
  const difference = options.bits
    ? values.bitDifference(value, expected, "value")
    : mismatch(values.numbersIn(value), values.numbersIn(expected), options.exact, "value");
  if (difference !== undefined) fail(`${mode}: ${difference}`);
}

/** Gradients have the structure of what they are gradients of, and memory of their own. */
export function checkGradients(context: Context, mode: string, grads: unknown, held: readonly unknown[]): void {
  const { spec, fail } = context;
  const list = listed(context, grads);
  const templates = context.makeArgs();
  spec.wrt.forEach((place, i) => {
    const template = partOf(spec, orDefault(spec, templates[place], place), i);
    const difference = values.structureDifference(list[i], template, `gradient of ${nameOfPart(spec, i)}`);
    if (difference !== undefined) fail(`${mode}: ${difference}`);
  });
  checkFresh(context, mode, list, held);
}

export function checkFresh(
  { fail }: Context,
  mode: string,
  results: readonly unknown[],
  held: readonly unknown[],
): void {
  const seen = new Set(held.flatMap(values.memoryOf));
  for (const memory of results.flatMap(values.memoryOf)) {
    if (seen.has(memory)) fail(`${mode}: a gradient or tangent shares memory with something else`);
    seen.add(memory);
  }
}

/** ⟨Jᵀ v, u⟩ against ⟨v, J u⟩, with J u from the forward mode if there is one, and from differences. */
export function checkProducts(context: Context, mode: string, v: unknown, grads: unknown): void {
  const { spec, options, slope, fail } = context;
  const list = listed(context, grads);
  const reverse = dot(
    spec.wrt.map((_, i) => list[i]),
    tangents(context),
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

export function sameNumbers(context: Context, actual: unknown, expected: unknown, what: string): void {
  const difference = mismatch(values.numbersIn(actual), values.numbersIn(expected), context.options.exact, what);
  if (difference !== undefined) context.fail(difference);
}

/** A cotangent or tangent that is one too long, in any of its arrays and tuples, throws a RangeError. */
export function checkLengthError(context: Context, mode: string, extra: readonly unknown[], place: number): void {
  for (const wrong of longer(extra[place])) {
    const outcome = call(context, mode, extra.with(place, wrong));
    const name = outcome.thrown instanceof Error ? outcome.thrown.name : "nothing";
    if (name === "RangeError") continue;
    return context.fail(`: ${nameOf(context.spec, mode)} with one too many in ${values.show(wrong)} threw ${name}`);
  }
}

/** Copies of a value, of which each has one array that is longer. */
function longer(value: unknown): unknown[] {
  if (value instanceof Float64Array) return [Float64Array.of(...value, 1)];
  if (value instanceof Float32Array) return [Float32Array.of(...value, 1)];
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    return [
      [...items, items.at(-1) ?? 1],
      ...items.flatMap((item, i) => longer(item).map((part) => items.with(i, part))),
    ];
  }
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return [];
  return Object.entries(value).flatMap(([key, part]) => longer(part).map((own) => ({ ...value, [key]: own })));
}
