/**
 * The functions of the fixtures as they were read, and as they are after normalisation, printed again: they
 * compute what the source computes, bit for bit, and type-check. Derivatives are printed by the same emitter,
 * from the same language.
 */
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { emitModule } from "../../compiler/emit/assemble.ts";
import { readProject } from "../../compiler/frontend/index.ts";
import type { Frontend } from "../../compiler/frontend/types.ts";
import type { Func } from "../../compiler/ir/types.ts";
import { calleesOf } from "../../compiler/ir/visit.ts";
import { recursiveFunctions } from "../../compiler/normalise/inline.ts";
import { normalise } from "../../compiler/normalise/index.ts";
import type { Fixture } from "../support/fixture.ts";
import { load, root } from "../support/load.ts";
import { run } from "../support/run.ts";
import { specsOf } from "../support/spec.ts";
import { bitDifference, type AnyFunction } from "../support/values.ts";
import { typeErrors } from "./support.ts";

const folder = path.join(root, "test/fixtures");
const entries = await readdir(folder, { withFileTypes: true });
const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
const inputOf = (name: string): string => path.join(folder, name, "input.ts");
const entry = [
  "source from './input.ts'",
  "read from './read.ts'",
  "normal from './normal.ts'",
  "fixture from './cases.ts'",
]
  .map((line) => `export * as ${line};`)
  .join("\n");

let frontend: Frontend;
/** The printed modules by fixture, as read and normalised. */
const printed = new Map<string, { readonly read: string; readonly normal: string }>();

beforeAll(() => {
  frontend = readProject({ cwd: folder, project: path.join(folder, "tsconfig.json"), files: names.map(inputOf) });
  const recursive = recursiveFunctions(frontend.program);
  for (const name of names) {
    const functions = functionsOf(inputOf(name));
    if (functions === undefined) continue;
    const normal = functions.map((func) => normalise(func, frontend.program, (callee) => recursive.has(callee)));
    printed.set(name, { read: moduleOf(name, functions), normal: moduleOf(name, normal) });
  }
}, 60_000);

/** The annotated functions of a file and all that they call; undefined if one of those is still to be derived. */
function functionsOf(file: string): Func[] | undefined {
  const found = new Map<string, Func>();
  const visit = (key: string): boolean => {
    const func = frontend.program.get(key);
    if (func === undefined) return false;
    if (found.has(key)) return true;
    found.set(key, func);
    return [...calleesOf(func.body)].every(visit);
  };
  const complete = frontend.targets.filter((target) => target.file === file).every((target) => visit(target.func));
  return complete ? [...found.values()] : undefined;
}

function moduleOf(name: string, functions: readonly Func[]): string {
  const source = frontend.files.get(inputOf(name));
  if (source === undefined) return "";
  const emitted = functions.map((func) => ({ func, exported: true }));
  const input = { source, header: "", functions: emitted, symbols: frontend.symbols };
  return emitModule(input, { uncheckedIndexedAccess: true }).text;
}

let compared = 0;

describe("computes what the source computes", () => {
  test.each(names)("%s", async (name) => {
    const texts = printed.get(name);
    const source = frontend.files.get(inputOf(name));
    if (texts === undefined || source === undefined) return;
    const memory = {
      "read.ts": texts.read,
      "normal.ts": texts.normal,
      // Some sources import what is generated from them.
      "input.grad.ts": "export {};",
    };
    const loaded = await load(
      `primal-${name}`,
      entry,
      path.join(folder, name),
      new Map(Object.entries(memory).map(([file, text]) => [path.join(folder, name, file), text])),
    );
    const { cases, hints } = loaded.fixture as Fixture;
    const rest = new Set(specsOf(source.text, hints ?? {}).flatMap((spec) => (spec.rest ? [spec.name] : [])));
    for (const target of frontend.targets.filter((t) => t.file === source.path)) {
      const primal = (loaded.source as Record<string, AnyFunction | undefined>)[target.name];
      if (primal === undefined) continue;
      // What is printed takes a rest parameter as one array.
      const called: AnyFunction = (...args) =>
        rest.has(target.name) ? primal(...args.slice(0, -1), ...(args.at(-1) as unknown[])) : primal(...args);
      for (const sample of cases[target.name] ?? []) {
        const expected = run(called, sample());
        for (const form of [loaded.read, loaded.normal] as Record<string, AnyFunction | undefined>[]) {
          const again = form[target.func];
          expect(again).toBeDefined();
          compared++;
          expect(bitDifference(run(again!, sample()), expected, target.name)).toBeUndefined();
        }
      }
    }
  });
});

test("many calls were compared", () => {
  expect(compared).toBeGreaterThan(200);
});

test("what is printed type-checks", async () => {
  const files: Record<string, string> = {
    "tsgrad.d.ts": 'declare module "tsgrad" { export type int = number & { readonly "~tsgrad.int"?: true }; }',
    "console.d.ts":
      "declare const console: Record<'log' | 'info' | 'warn' | 'error' | 'debug', (...args: unknown[]) => void>;",
  };
  for (const [name, { read, normal }] of printed) {
    files[`${name}/read.ts`] = read;
    files[`${name}/normal.ts`] = normal;
    for (const file of await readdir(path.join(folder, name))) {
      if (file.endsWith(".ts") && file !== "cases.ts")
        files[`${name}/${file}`] = await readFile(path.join(folder, name, file), "utf8");
    }
  }
  // What a user wrote may leave parameters and results of its own unused.
  const errors = typeErrors(files, { allowImportingTsExtensions: true, noUnusedLocals: false });
  expect(errors.filter((error) => /^[\w-]+\/(read|normal)\.ts/.test(error))).toEqual([]);
}, 30_000);
