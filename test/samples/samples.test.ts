/**
 * Every sample runs, what it shows agrees with what is known, and its derivatives pass the numeric checks of the fixtures.
 * That the generated files are up to date is for `tsgrad build --check` to say.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { holds, type Study } from "../../samples/show/study.ts";
import { root } from "../support/load.ts";
import { checkFixture } from "../support/run-fixture.ts";
import type { SampleCases } from "./cases/types.ts";

type Module = Readonly<Record<string, unknown>>;

const folder = path.join(root, "samples");
const has = (name: string, file: string): boolean => fs.existsSync(path.join(folder, name, file));
const names = fs.readdirSync(folder).filter((name) => has(name, "main.ts") && has(name, "study.ts"));
const load = async (file: string): Promise<unknown> => import(/* @vite-ignore */ path.join(folder, file));
const moduleNames = (name: string): string[] =>
  fs.readdirSync(path.join(folder, name)).flatMap((file) => /^(.*)\.grad\.ts$/.exec(file)?.[1] ?? []);

describe.each(names)("%s", (name) => {
  test("shows what is known", async () => {
    const { study } = (await load(`${name}/study.ts`)) as { study: () => Study };
    const { checks, plots = {} } = study();
    expect(checks.length).toBeGreaterThan(2);
    expect(checks.filter((check) => !holds(check))).toEqual([]);
    for (const svg of Object.values(plots)) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("has derivatives that agree with differences and with each other", async () => {
    const { modules } = (await import(`./cases/${name}.ts`)) as { modules: SampleCases };
    expect(Object.keys(modules).sort()).toEqual(moduleNames(name).sort());
    for (const [module, fixture] of Object.entries(modules)) {
      const source = (await load(`${name}/${module}.ts`)) as Module;
      const generated = (await load(`${name}/${module}.grad.ts`)) as Module;
      const text = fs.readFileSync(path.join(folder, name, `${module}.ts`), "utf8");
      expect(checkFixture({ text, source, generated, fixture })).toEqual([]);
    }
  });
});

test("the samples are those that the README lists", () => {
  const listed = fs.readFileSync(path.join(folder, "README.md"), "utf8").matchAll(/^\| \[([\w-]+)\]\(\1\)/gm);
  expect([...listed].map(([, name]) => name).sort()).toEqual([...names, "nist"].sort());
});
