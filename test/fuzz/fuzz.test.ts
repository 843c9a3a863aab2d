/** Random programs on every test run, always the same ones. */
import { expect, test } from "vitest";
import { describe as shown, emptySummary, refusals, runBatch, shrink } from "./session.ts";
import { generate } from "./generate.ts";
import { judge } from "./judge.ts";
import { printProgram } from "./print.ts";
import { typeErrors, projectFolder } from "./typecheck.ts";

const seed = 20260101;
/** How many programs of each language. Of all, one in nine is a program of numbers and arrays only. */
const shares = { all: 26, flows: 26, dense: 12, checkpoints: 6, functions: 8, holders: 6 } as const;
const languages = ["all", "flows", "dense", "checkpoints", "functions", "holders"] as const;
const count = languages.reduce((sum, language) => sum + shares[language], 0);

test("programs are valid TypeScript, and different", () => {
  const files = new Map<string, string>();
  for (let i = 0; i < 100; i++) {
    const language = i < 40 ? "all" : i < 60 ? "dense" : i < 70 ? "checkpoints" : i < 80 ? "functions" : "holders";
    const text = printProgram({ ...generate(seed, i, language), nested: false }, "p");
    files.set(`${projectFolder}/p${String(i)}.ts`, text);
  }
  expect(typeErrors(files)).toEqual([]);
  expect(new Set(files.values()).size).toBe(100);
});

test("the same seed and number give the same program", () => {
  expect(printProgram(generate(7, 3, "all"), "p")).toBe(printProgram(generate(7, 3, "all"), "p"));
});

test(`${String(count)} random programs`, async () => {
  const summary = emptySummary();
  for (const language of languages) {
    const found = await runBatch(judge, language, seed, 0, shares[language], summary);
    if (found[0] !== undefined) expect.fail(shown(await shrink(judge, found[0], 30_000), seed));
  }
  expect(summary.ran).toBe(count);
  // Programs that say nothing would pass as well.
  expect(summary.checked.points).toBeGreaterThan(2 * count);
  expect(summary.checked.differences).toBeGreaterThan(count);
  expect(summary.checked.second).toBeGreaterThan(count / 20);
  // A program that is refused proves nothing.
  expect(refusals(summary)).toBeLessThanOrEqual(Math.ceil(count / 100));
}, 300_000);
