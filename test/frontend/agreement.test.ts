/** The types that generated modules have while we compile are those of the modules that come out. */
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { read } from "./support.ts";

const fixtures = path.resolve(import.meta.dirname, "../fixtures");
const names = fs.readdirSync(fixtures).filter((name) => fs.existsSync(path.join(fixtures, name, "input.ts")));

function sourcesOf(name: string): Record<string, string> {
  const files = fs.readdirSync(path.join(fixtures, name)).filter((file) => /^[^.]+\.ts$/.test(file));
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(fixtures, name, file), "utf8")]));
}

/** What comes out, as the tests of the fixtures have it. */
const generatedOf = (name: string): string =>
  fs
    .readFileSync(path.join(fixtures, name, "expected/input.grad.ts"), "utf8")
    .replaceAll(/(from "\.\/\w+)\.ts"/g, '$1.js"');

test.each(names)("%s", (name) => {
  const sources = sourcesOf(name);
  const text = generatedOf(name);
  const exported = [...text.matchAll(/^export function (\w+)/gm)].flatMap(([, found]) => found ?? []);
  const check = exported.map(
    (f) =>
      `export const to_${f}: typeof virtual.${f} = real.${f};\nexport const from_${f}: typeof real.${f} = virtual.${f};`,
  );
  const frontend = read(
    {
      ...sources,
      "real.ts": text.replace(/^\/\/ Generated.*\n/, ""),
      "check.ts": `import * as virtual from "./input.grad.js";\nimport * as real from "./real.js";\n${check.join("\n")}
/** @differentiable */ export function reached(x: number): number { return x; }\n`,
    },
    { files: ["check.ts"] },
  );
  expect(exported.length).toBeGreaterThan(0);
  expect(frontend.reports.map((report) => report.message)).toEqual([]);
});
