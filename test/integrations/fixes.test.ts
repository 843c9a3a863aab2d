/**
 * Quick fixes on the examples of all diagnostics: each edit is made and the source compiled again. The diagnostic is gone, and
 * no other has come.
 */
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Report } from "../../compiler/diagnostics/report.ts";
import type { Code } from "../../compiler/diagnostics/table.ts";
import { createSharedPrograms } from "../../compiler/frontend/index.ts";
import { findingsIn } from "../../compiler/integrations/editor/findings.ts";
import { fixedCodes } from "../../compiler/integrations/editor/fixed-codes.ts";
import type { Edit, Finding, Fix } from "../../compiler/integrations/editor/messages.ts";
import { createFolder } from "../cli/support.ts";

const programs = createSharedPrograms(() => "");
const examples = path.join(import.meta.dirname, "../errors");

const textOf = (code: Code): string => fs.readFileSync(path.join(examples, code, "input.ts"), "utf8");

/** What is found in a text, and the fixes that are offered for one of its diagnostics. */
async function findings(text: string): Promise<readonly Finding[]> {
  const { path: cwd } = createFolder();
  const file = `${cwd}/input.ts`;
  const overlay = new Map([[file, text]]);
  const of = { cwd, project: undefined, files: undefined };
  return (await findingsIn(file, { of, overlay, programs, readText: (name) => overlay.get(name) })).findings;
}

function edited(text: string, edits: readonly Edit[]): string {
  let out = text;
  for (const { start, end, text: put } of edits.toSorted((a, b) => b.start - a.start))
    out = out.slice(0, start) + put + out.slice(end);
  return out;
}

const count = (found: readonly Finding[], is: (report: Report) => boolean): number =>
  found.filter(({ report }) => is(report)).length;

/** Makes the edits of a fix; the code comes up less often, and no other error has come. */
async function fixed(text: string, before: readonly Finding[], code: Code, { edits }: Fix): Promise<string> {
  const after = edited(text, edits);
  const now = await findings(after);
  const isOf = (report: Report): boolean => report.code === code;
  const isOther = (report: Report): boolean => report.code !== code && report.severity === "error";
  expect(count(now, isOf), after).toBeLessThan(count(before, isOf));
  expect(count(now, isOther), JSON.stringify(now)).toBeLessThanOrEqual(count(before, isOther));
  return after;
}

test.each(fixedCodes)("%s", async (code) => {
  const text = textOf(code);
  const before = await findings(text);
  const offered = before.flatMap(({ report, fixes }) => (report.code === code ? fixes : []));
  // Once for each kind.
  const fixes = new Map(offered.map((fix) => [fix.title.replace(/'[^']*'|around .*/, ""), fix]));
  expect(fixes.size).toBeGreaterThan(0);
  const done: Record<string, readonly string[]> = {};
  for (const fix of fixes.values()) done[fix.title] = changed(text, await fixed(text, before, code, fix));
  expect(done).toMatchSnapshot();
});

/** The lines that only one of two texts has. */
function changed(before: string, after: string): readonly string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

const counts = (head: string, type = "number"): string =>
  `${head}/** @differentiable */\nexport const power = (x: number, n: ${type}): number => {\n  let y = x;\n  for (let i = 0; i < n; i++) y *= x;\n  return y;\n};\n`;

test.each([
  ["a type import of ours", 'import type { Tensor } from "tsgrad";\n', 'import type { Tensor, int } from "tsgrad";\n'],
  ["an import of values", 'import { grad } from "tsgrad";\n', 'import { grad, type int } from "tsgrad";\n'],
  ["another's import", "import fs from 'fs'\n", "import type { int } from 'tsgrad'\nimport fs from 'fs'\n"],
  ["it is there", 'import type { int } from "tsgrad";\n', 'import type { int } from "tsgrad";\n'],
  [
    "a first line for the shell",
    "#!/usr/bin/env node\n",
    '#!/usr/bin/env node\nimport type { int } from "tsgrad";\n\n',
  ],
  ["line ends of Windows", "\r\n", 'import type { int } from "tsgrad";\r\n\r\n\r\n'],
])("int is imported as the source imports: %s", async (_, head, expected) => {
  const [finding] = (await findings(counts(head))).filter(({ report }) => report.code === "TG3102");
  expect(edited(counts(head), finding?.fixes[0]?.edits ?? [])).toBe(counts(expected, "int"));
});

test.each([
  ["another name", 'import { type int as whole } from "tsgrad";\n', "whole"],
  ["a namespace", 'import * as t from "tsgrad";\n', "t.int"],
])("int under %s", async (_, head, name) => {
  const [finding] = (await findings(counts(head))).filter(({ report }) => report.code === "TG3102");
  expect(edited(counts(head), finding?.fixes[0]?.edits ?? [])).toBe(counts(head, name));
});

test("where int means something else, there is no such fix", async () => {
  const [finding] = (await findings(counts("type int = string;\nexport type { int };\n"))).filter(
    ({ report }) => report.code === "TG3102",
  );
  expect(finding?.fixes.map(({ title }) => title)).toEqual(["Ignore TG3102 here"]);
});

test("a name that was mistyped becomes that which is meant; a parameter that nothing mentions says so", async () => {
  const text = `/**\n * @differentiable grad\n * @wrt heigth, width\n */\nexport function area(width: number, height: number, depth: number): number {\n  return width * height;\n}\n`;
  const before = await findings(text);
  const [fix] = before.flatMap(({ fixes }) => fixes);
  expect(fix?.title).toBe("Change to 'height'");
  expect(await fixed(text, before, "TG2006", fix!)).toContain("@wrt height, width");
  const unused = text.replace(" * @wrt heigth, width\n", "");
  const found = await findings(unused);
  const [rename] = found.flatMap(({ fixes }) => fixes);
  expect(await fixed(unused, found, "TG3104", rename!)).toContain("_depth: number");
});
