/**
 * Optimisations switched off give the same numbers as with them. A fixture is compiled with every third of the switches,
 * `SEED=1` and `SEED=2` take those that are left out otherwise; `FIXTURES=fft,unions` takes these, with all switches.
 */
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readProject } from "../../compiler/frontend/index.ts";
import type { Frontend } from "../../compiler/frontend/types.ts";
import { compileRead } from "../../compiler/compile.ts";
import { upperFirst } from "../../compiler/ir/words.ts";
import type { PipelineOptions } from "../../compiler/pipeline.ts";
import { cotangent, directionsOf, nameOf, tangents } from "./check-context.ts";
import { mismatch } from "./differences.ts";
import type { Fixture } from "./fixture.ts";
import { load, root } from "./load.ts";
import { seeded, seedOf } from "./random.ts";
import { run } from "./run.ts";
import { primalOf, specsOf, type Spec } from "./spec.ts";
import { numbersIn, type AnyFunction } from "./values.ts";

const folder = path.join(root, "test/fixtures");
const wanted = process.env["FIXTURES"]?.split(",");
const names = (await readdir(folder)).filter(
  (name) => existsSync(path.join(folder, name, "cases.ts")) && (wanted?.includes(name) ?? true),
);
const modes = ["vjp", "grad", "valueAndGrad", "jvp", "hvp", "jacobian", "hessian"];
/** Modes that are made as another one is: where a function has that, it is enough. */
const madeAs: Readonly<Record<string, string>> = { grad: "vjp", valueAndGrad: "vjp", hessian: "hvp" };
const isCompared = (mode: string, all: readonly string[]): boolean =>
  modes.includes(mode) && !all.includes(madeAs[mode] ?? "");

/** The fixtures for the switch with this number. */
const chosen = (k: number): readonly string[] =>
  names.filter((_, i) => wanted !== undefined || (i + k + Number(process.env["SEED"] ?? 0)) % 3 === 0);

type Ablation = NonNullable<PipelineOptions["ablation"]>;

/** Those that have nothing to do with each other are switched off together. */
const ablations: readonly (readonly [name: string, ablation: Ablation])[] = [
  ["nothing is computed again", { neverRecompute: true }],
  ["everything is recorded", { recordAll: true }],
  ["nothing is simplified", { simplify: false }],
  ["no loops are fused, and local objects stay objects", { fuse: false, localObjects: false }],
  ["small arrays stay arrays, and sums are not kept in variables", { smallArrays: false, sum: false }],
  [
    "views stay views, and transposes; accumulations are not merged, nor tensors fused or their memory used again",
    { offsets: false, transposes: false, merge: false, fuseTensors: false, recycle: false },
  ],
  [
    "cotangents are added to zeros, nothing is handed on to the next iteration; dead stores stay, and loads are not shared",
    { seed: false, carry: false, clear: false, share: false },
  ],
  [
    "additions to adjoints are not gathered, nothing is hoisted; adjoints stay in the terms of sums, and first sums are added to zeros",
    { gather: false, hoist: false, factor: false, store: false },
  ],
  [
    "all of it",
    {
      neverRecompute: true,
      recordAll: true,
      simplify: false,
      fuse: false,
      smallArrays: false,
      offsets: false,
      localObjects: false,
      fuseTensors: false,
      recycle: false,
      transposes: false,
    },
  ],
];

interface Loaded {
  readonly errors: readonly string[];
  readonly source: Readonly<Record<string, unknown>>;
  readonly generated: Readonly<Record<string, unknown>>;
  readonly fixture: Fixture;
}

let frontend: Frontend | undefined;

/** Only what is compared has to be made, and what a source uses itself. */
function withModes(read: Frontend): Frontend {
  const targets = read.targets.map(({ modes: all, ...target }) => {
    const text = read.files.get(target.file)?.text ?? "";
    const isUsed = (mode: string): boolean => text.includes(`${target.name}${upperFirst(mode)}`);
    return { ...target, modes: all.filter((mode) => isCompared(mode, all) || isUsed(mode)) };
  });
  return { ...read, targets };
}

const inputOf = (fixture: string): string => path.join(folder, fixture, "input.ts");

/** Fixtures, compiled with the optimisations that are left, by name. */
async function build(
  name: string,
  ablation: Ablation,
  fixtures: readonly string[],
): Promise<ReadonlyMap<string, Loaded>> {
  const project = path.join(folder, "tsconfig.json");
  // What is read is the same each time, and the layout is of no matter here.
  frontend ??= withModes(readProject({ cwd: folder, project, files: names.map(inputOf) }));
  const sources = new Set(fixtures.map(inputOf));
  const read = { ...frontend, targets: frontend.targets.filter(({ file }) => sources.has(file)) };
  const { files, reports } = await compileRead(read, { ablation }, (text) => Promise.resolve(text));
  const errors = reports.filter((report) => report.severity === "error");
  const memory = new Map(files.map((file) => [file.path, file.text ?? "export {};"]));
  const messagesOf = (fixture: string): readonly string[] =>
    errors.filter(({ origin }) => origin?.file === inputOf(fixture)).map(({ message }) => message);
  return loaded(`ablation-${name.replaceAll(" ", "-")}`, fixtures, memory, messagesOf);
}

/** What the optimised texts are, checked in: that they are what is generated is for the test of the fixtures to say. */
async function checkedIn(): Promise<ReadonlyMap<string, Loaded>> {
  const memory = new Map(
    await Promise.all(
      names.map(async (name) => {
        const text = await readFile(path.join(folder, name, "expected/input.grad.ts"), "utf8");
        return [path.join(folder, name, "input.grad.ts"), text] as const;
      }),
    ),
  );
  return loaded("ablation-none", names, memory, () => []);
}

async function loaded(
  title: string,
  fixtures: readonly string[],
  memory: ReadonlyMap<string, string>,
  errorsOf: (fixture: string) => readonly string[],
): Promise<ReadonlyMap<string, Loaded>> {
  const lines = fixtures.flatMap((fixture, i) => [
    `export * as source${String(i)} from "./${fixture}/input.ts";`,
    `export * as generated${String(i)} from "./${fixture}/input.grad.ts";`,
    `export * as fixture${String(i)} from "./${fixture}/cases.ts";`,
  ]);
  const modules = await load(title, lines.join("\n"), folder, memory);
  return new Map(
    fixtures.map((fixture, i) => [
      fixture,
      {
        errors: errorsOf(fixture),
        source: modules[`source${String(i)}`],
        generated: modules[`generated${String(i)}`],
        fixture: modules[`fixture${String(i)}`],
      } as Loaded,
    ]),
  );
}

/** What the derivatives of a function give at a sample, by name; cotangents and tangents are the same each time. */
function numbersOf(
  spec: Spec,
  { source, generated, fixture }: Loaded,
  makeArgs: () => unknown[],
): Map<string, number[]> {
  const random = seeded(seedOf(spec.name));
  const args = (): unknown[] => {
    const given = makeArgs();
    return [...given, ...Array<undefined>(spec.parameters.length - given.length).fill(undefined)];
  };
  const primal = (fixture.primals?.[spec.name] ?? primalOf(spec, source)) as AnyFunction;
  const flat: AnyFunction = spec.rest ? (...all) => primal(...all.slice(0, -1), ...(all.at(-1) as unknown[])) : primal;
  const base = run(flat, args());
  const directions = directionsOf(spec, args(), random);
  const context = { spec, base, random, directions };
  const v = base.thrown === undefined ? cotangent(context) : 1;
  const results = new Map<string, number[]>();
  for (const mode of spec.modes.filter((each) => isCompared(each, spec.modes))) {
    const extra = mode === "vjp" ? [v] : mode === "jvp" || mode === "hvp" ? tangents(context) : [];
    const outcome = run(generated[nameOf(spec, mode)] as AnyFunction, [...args(), ...extra]);
    if (base.thrown === undefined) expect(outcome.thrown).toBeUndefined();
    results.set(mode, numbersIn([outcome.result, outcome.args]));
  }
  return results;
}

/** NaN and infinities have to be the same ones. */
function difference(
  actual: readonly number[],
  wanted: readonly number[],
  tolerance: number,
  what: string,
): string | undefined {
  const strange = (numbers: readonly number[]): number[] => numbers.map((x) => (Number.isFinite(x) ? 0 : x));
  expect(strange(actual), what).toEqual(strange(wanted));
  const finite = (numbers: readonly number[]): number[] => numbers.map((x) => (Number.isFinite(x) ? x : 0));
  return mismatch(finite(actual), finite(wanted), tolerance, what);
}

/** Every `of`-th of the optimisations, so that files with a part of them each run side by side. */
export function testAblations(part: number, of: number): void {
  let expected: ReadonlyMap<string, Loaded>;
  const specs = new Map<string, readonly Spec[]>();
  beforeAll(async () => {
    expected = await checkedIn();
    for (const name of names) {
      const text = await readFile(path.join(folder, name, "input.ts"), "utf8");
      specs.set(name, specsOf(text, expected.get(name)?.fixture.hints ?? {}));
    }
  });

  const numbered = ablations.map(([title, ablation], k) => [title, ablation, chosen(k)] as const);
  describe.each(numbered.filter((_, k) => k % of === part))("%s", (title, ablation, fixtures) => {
    let actual: ReadonlyMap<string, Loaded>;
    beforeAll(async () => {
      actual = await build(title, ablation, fixtures);
    });

    test.each(fixtures)("%s", (name) => {
      const before = expected.get(name);
      const after = actual.get(name);
      if (before === undefined || after === undefined) throw new Error(`${name} was not compiled`);
      expect(after.errors).toEqual([]);
      // Arrays of float32 round every sum that goes into them.
      const tolerance = before.fixture.settings?.exact ?? 1e-12;
      const failures = (specs.get(name) ?? []).flatMap((spec) =>
        (before.fixture.cases[spec.name] ?? []).flatMap((makeArgs, i) => {
          const known = numbersOf(spec, before, makeArgs);
          const found = numbersOf(spec, after, makeArgs);
          return [...known].flatMap(([mode, numbers]) => {
            const what = `${nameOf(spec, mode)}, sample ${String(i)}`;
            return difference(found.get(mode) ?? [], numbers, tolerance, what) ?? [];
          });
        }),
      );
      expect(failures).toEqual([]);
    });
  });
}
