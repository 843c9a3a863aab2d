/** What is kept of earlier runs is used where nothing has changed, and nowhere else. */
import { expect, test } from "vitest";
import { compile, type CompileResult, type Result } from "../compiler/index.ts";
import { createFolder, type Folder } from "./cli/support.ts";

const tsconfig = (options: object): string =>
  JSON.stringify({ compilerOptions: { strict: true, module: "nodenext", types: [], ...options } });

const model = (name: string, body: string, head = ""): string =>
  `${head}\n/** @differentiable grad */\nexport function ${name}(x: number): number {\n  ${body}\n}\n`;

function createProject(): Folder {
  return createFolder({
    "tsconfig.json": tsconfig({}),
    "helper.ts": "export function twice(x: number): number {\n  return 2 * x;\n}\n",
    "a.ts": model("a", "return twice(x) * x;", 'import { twice } from "./helper.js";'),
    "b.ts": model("b", "return x * x;"),
    "warned.ts": model("warned", "let y = x;\n  while (y < 10) y *= 2;\n  return y;"),
  });
}

/** Compiles all, and says how many functions it took anew. */
async function run(
  folder: Folder,
  results: Map<string, Result>,
): Promise<CompileResult & { readonly compiled: number; text(name: string): string | undefined }> {
  let compiled = 0;
  const onProgress = (_: number, of: number): void => void (compiled = of);
  const result = await compile({ cwd: folder.path, results, onProgress });
  const text = (name: string): string | undefined =>
    result.files.find(({ source }) => source === `${folder.path}/${name}`)?.text;
  return { ...result, compiled, text };
}

const withMaps = (files: CompileResult["files"]): object[] =>
  files.map((file) => ({ ...file, sourceMap: file.sourceMap() }));

/** The same as without anything kept. */
async function expectSame(folder: Folder, { files, reports, functions }: CompileResult): Promise<void> {
  const fresh = await compile({ cwd: folder.path });
  expect(withMaps(files)).toEqual(withMaps([...fresh.files].sort((a, b) => (a.source < b.source ? -1 : 1))));
  expect(new Set(reports)).toEqual(new Set(fresh.reports));
  expect(functions).toBe(fresh.functions);
}

test("without a change nothing is compiled, and all is said again", async () => {
  const folder = createProject();
  const results = new Map<string, Result>();
  const first = await run(folder, results);
  expect(first.compiled).toBe(3);
  expect(first.reports.map(({ code }) => code)).toEqual(["TG3106"]);
  const second = await run(folder, results);
  expect(second.compiled).toBe(0);
  expect(second).toMatchObject({ reports: first.reports, functions: 3 });
  expect(withMaps(second.files)).toEqual(withMaps(first.files));
  expect(second.files[0]?.sourceMap()?.sources).toEqual([`${folder.path}/a.ts`]);
});

test("a change concerns what leads to it", async () => {
  const folder = createProject();
  const results = new Map<string, Result>();
  const first = await run(folder, results);
  folder.write("helper.ts", "export function twice(x: number): number {\n  return 2 * x + 0 * x;\n}\n");
  const second = await run(folder, results);
  expect(second.compiled).toBe(1);
  expect(second.text("a.ts")).not.toBe(first.text("a.ts"));
  await expectSame(folder, second);
});

test.each<[string, (folder: Folder) => void]>([
  ["options", (folder) => folder.write("tsconfig.json", tsconfig({ noUncheckedIndexedAccess: true }))],
  ["declarations that all see", (folder) => folder.write("global.d.ts", "declare const scale: number;\n")],
])("%s concern all", async (_, change) => {
  const folder = createProject();
  const results = new Map<string, Result>();
  await run(folder, results);
  change(folder);
  const second = await run(folder, results);
  expect(second.compiled).toBe(3);
  await expectSame(folder, second);
});

test("the layout that the project asks for is part of a result", async () => {
  const folder = createProject();
  const results = new Map<string, Result>();
  await run(folder, results);
  folder.write(".prettierrc", JSON.stringify({ semi: false }));
  const second = await run(folder, results);
  expect(second.text("b.ts")).not.toContain(";\n");
  await expectSame(folder, second);
});

test("what has an error is tried each time, the others are not", async () => {
  const folder = createProject();
  folder.write("b.ts", model("b", "return x * missing;"));
  const results = new Map<string, Result>();
  await run(folder, results);
  const second = await run(folder, results);
  expect(second.compiled).toBe(0);
  expect(second.text("b.ts")).toBeUndefined();
  expect(second.reports.some(({ severity }) => severity === "error")).toBe(true);
  await expectSame(folder, second);
});

test("another file in the place of what an import meant is seen", async () => {
  const folder = createProject();
  folder.write("tsconfig.json", tsconfig({ module: "preserve", moduleResolution: "bundler" }));
  folder.write("sub/index.ts", "export const factor = 2;\n");
  folder.write("b.ts", model("b", "return factor * x;", 'import { factor } from "./sub";'));
  const results = new Map<string, Result>();
  await run(folder, results);
  folder.write("sub.ts", "export const factor = 3;\n");
  const second = await run(folder, results);
  expect(second.compiled).toBe(1);
  await expectSame(folder, second);
});

test("a warning in what two sources share comes again as long as either is there", async () => {
  const folder = createProject();
  folder.write("helper.ts", "export function twice(x: number): number {\n  while (x < 10) x *= 2;\n  return x;\n}\n");
  folder.write("b.ts", model("b", "return twice(x) + x;", 'import { twice } from "./helper.js";'));
  const results = new Map<string, Result>();
  await run(folder, results);
  const second = await run(folder, results);
  expect(second.compiled).toBe(0);
  await expectSame(folder, second);
  folder.write("a.ts", model("a", "return x;"));
  const third = await run(folder, results);
  expect(third.reports.filter(({ origin }) => origin?.file.endsWith("helper.ts"))).toHaveLength(1);
  await expectSame(folder, third);
});

test("the command keeps results beside the packages, and what is spoilt there is nothing", async () => {
  const folder = createProject();
  folder.write("node_modules/some/package.json", "{}");
  const first = await folder.build();
  expect(first.status).toBe(0);
  const place = "node_modules/.cache/tsgrad";
  const [name = ""] = folder.list(place);
  const kept = folder.read(`${place}/${name}`);
  for (const spoilt of ["", "{", '{"results":7}', kept.slice(0, kept.length / 2)]) {
    folder.write(`${place}/${name}`, spoilt);
    expect(await folder.build([], { check: true })).toMatchObject({ status: 0, err: first.err });
    expect(folder.list(place)).toEqual([name]);
    expect(folder.read(`${place}/${name}`)).toBe(kept);
  }
});
