/** Runs one fixture: everything that its cases say, on a generated module. Returns what is wrong. */
import { checkFunction, nameOf } from "./numbers.ts";
import { run } from "./run.ts";
import type { Fixture } from "./fixture.ts";
import { primalOf, specsOf } from "./spec.ts";
import { mismatch } from "./differences.ts";
import { bitDifference, clone, numbersIn, show, structureDifference, withKnown, type AnyFunction } from "./values.ts";

export interface Loaded {
  /** The text of `input.ts`. */
  readonly text: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly generated: Readonly<Record<string, unknown>>;
  readonly fixture: Fixture;
}

export function checkFixture(loaded: Loaded): string[] {
  return withKnown(loaded.fixture.hints ?? {}, () => checkAll(loaded));
}

function checkAll({ text, source, generated, fixture }: Loaded): string[] {
  const failures: string[] = [];
  const specs = specsOf(text, fixture.hints ?? {});
  const promised = new Set(specs.flatMap((spec) => spec.modes.map((mode) => nameOf(spec, mode))));
  for (const name of Object.keys(generated)) if (!promised.has(name)) failures.push(`${name} is exported for nothing`);
  for (const name of promised) if (!(name in generated)) failures.push(`${name} was not generated`);
  for (const spec of specs) {
    const samples = fixture.cases[spec.name];
    if (samples === undefined) failures.push(`no cases for ${spec.name}`);
    const standIn = fixture.primals?.[spec.name];
    const primal = standIn ?? primalOf(spec, source);
    const options = { ...(standIn === undefined ? {} : { bits: false }), ...fixture.settings };
    samples?.forEach((sample, i) => {
      const found = checkFunction(spec, primal, generated, sample, options);
      failures.push(...found.map((failure) => `sample ${String(i)} of ${failure}`));
    });
  }
  const call = (name: string): AnyFunction => (generated[name] ?? source[name]) as AnyFunction;
  for (const { call: name, args, result } of fixture.exact ?? []) {
    const outcome = run(call(name), args());
    const what = `${name}(${args().map(String).join(", ")})`;
    const difference =
      outcome.thrown === undefined ? exactDifference(outcome.result, result) : `throws ${show(outcome.thrown)}`;
    if (difference !== undefined) failures.push(`${what}: ${difference}`);
  }
  for (const { primal, call: name, args, extra } of fixture.throwing ?? []) {
    const expected = run(call(primal), args());
    const actual = run(call(name), [...args(), ...extra()]);
    const difference =
      bitDifference(String(actual.thrown), String(expected.thrown), "thrown") ??
      bitDifference(actual.args.slice(0, expected.args.length), expected.args, "after the throw, args");
    if (difference !== undefined) failures.push(`${name}: ${difference}`);
  }
  for (const { call: name, args, v, message } of fixture.refused ?? []) {
    const before = clone(args());
    const pulled = (...own: unknown[]): unknown => (call(name)(...own) as [unknown, (v: unknown) => unknown])[1](v);
    const outcome = run(v === undefined ? call(name) : pulled, args());
    if (!(outcome.thrown instanceof Error)) failures.push(`${name} did not throw`);
    else if (message !== undefined && outcome.thrown.message !== message) {
      failures.push(`${name} says: ${outcome.thrown.message}; expected: ${message}`);
    }
    const difference = bitDifference(outcome.args, before, "after the throw, args");
    if (difference !== undefined) failures.push(`${name}: ${difference}`);
  }
  return failures;
}

/** Exact but for the sign of zero, which conventions say nothing about, and a last bit in long products. */
function exactDifference(actual: unknown, expected: unknown): string | undefined {
  const structure = structureDifference(actual, expected, "result");
  if (structure !== undefined) return structure;
  const a = numbersIn(actual);
  const e = numbersIn(expected);
  const same = e.every(
    (x, i) =>
      Object.is(x, a[i]) || x === a[i] || (Number.isFinite(x) && mismatch([a[i] ?? NaN], [x], 1e-14, "") === undefined),
  );
  return same ? undefined : `${JSON.stringify(a.map(String))}, expected ${JSON.stringify(e.map(String))}`;
}
