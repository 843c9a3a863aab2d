/**
 * The functions of the fixtures as they were read, printed again: they compute what the source computes, bit
 * for bit, and type-check. Derivatives are printed by the same emitter, from the same language.
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { emitModule } from "../../compiler/emit/assemble.ts";
import { readProject } from "../../compiler/frontend/index.ts";
import type { Frontend, SourceFile } from "../../compiler/frontend/types.ts";
import type { Func } from "../../compiler/ir/types.ts";
import { calleesOf } from "../../compiler/ir/visit.ts";
import type { Fixture } from "../support/fixture.ts";
import { load, root } from "../support/load.ts";
import { run } from "../support/run.ts";
import { bitDifference, type AnyFunction } from "../support/values.ts";
import { layout } from "./support.ts";

const folder = path.join(root, "test/fixtures");
const entries = await readdir(folder, { withFileTypes: true });
const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
const inputOf = (name: string): string => path.join(folder, name, "input.ts");

let frontend: Frontend;
beforeAll(() => {
  frontend = readProject({ cwd: folder, project: path.join(folder, "tsconfig.json"), files: names.map(inputOf) });
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

async function moduleOf(source: SourceFile, functions: readonly Func[]): Promise<string> {
  const input = {
    source,
    header: "",
    functions: functions.map((func) => ({ func, exported: true })),
    symbols: frontend.symbols,
  };
  return layout(emitModule(input, { uncheckedIndexedAccess: true }));
}

test.each(names)("%s", async (name) => {
  const file = inputOf(name);
  const source = frontend.files.get(file);
  const functions = functionsOf(file);
  if (source === undefined || functions === undefined) return;
  const text = await moduleOf(source, functions);
  const loaded = await load(
    `primal-${name}`,
    'export * as source from "./input.ts";\nexport * as printed from "./printed.ts";\nexport * as fixture from "./cases.ts";\n',
    path.dirname(file),
    // Some sources import what is generated from them, and fixtures may use it.
    new Map([
      [path.join(folder, name, "printed.ts"), text],
      [path.join(folder, name, "input.grad.ts"), "export {};"],
    ]),
  );
  const { cases } = loaded.fixture as Fixture;
  for (const target of frontend.targets.filter((t) => t.file === file)) {
    const primal = (loaded.source as Record<string, AnyFunction | undefined>)[target.name];
    const printed = (loaded.printed as Record<string, AnyFunction | undefined>)[target.func];
    for (const sample of primal === undefined ? [] : (cases[target.name] ?? [])) {
      expect(printed).toBeDefined();
      const [expected, actual] = [run(primal!, sample()), run(printed!, sample())];
      expect(bitDifference(actual, expected, target.name)).toBeUndefined();
    }
  }
});
