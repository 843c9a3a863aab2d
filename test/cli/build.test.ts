import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "./support.ts";

const square = "/** @differentiable grad */\nexport function square(x: number): number {\n  return x * x;\n}\n";
const broken =
  "/** @differentiable grad */\nexport function broken(x: number): number {\n  return eval(String(x));\n}\n";

interface Json {
  readonly functions: number;
  readonly files: readonly { readonly path: string; readonly source: string; readonly status: string }[];
  readonly diagnostics: readonly object[];
}

test("a build writes the generated file, and a second one leaves it alone", async () => {
  const folder = createFolder({ "model.ts": square });
  const first = await folder.build(["model.ts"]);
  expect([first.status, first.err]).toEqual([0, ""]);
  expect(first.out).toMatch(/^1 file written, 1 function in \d/);
  expect(folder.read("model.grad.ts")).toContain("export function squareGrad(x: number): number");
  expect(folder.read("model.grad.ts")).toContain("/* eslint-disable */");
  const { mtimeMs } = fs.statSync(path.join(folder.path, "model.grad.ts"));
  const second = await folder.build(["model.ts"]);
  expect(second.out).toContain("1 unchanged");
  expect(fs.statSync(path.join(folder.path, "model.grad.ts")).mtimeMs).toBe(mtimeMs);
  expect(fs.readdirSync(folder.path).sort()).toEqual(["model.grad.ts", "model.ts"]);
});

test("globs, folders and the whole project find the sources", async () => {
  const folder = createFolder({ "src/a.ts": square, "src/deep/b.ts": square, "src/c.d.ts": "", "other.ts": square });
  expect((await folder.build(["src/**/*.ts"])).out).toContain("2 files written");
  expect((await folder.build(["src"])).out).toContain("2 unchanged");
  expect((await folder.build()).out).toContain("1 file written, 2 unchanged");
});

test("no matching file is an error, and builds nothing else", async () => {
  const folder = createFolder({ "model.ts": square });
  const ran = await folder.build(["nothing/*.ts", "gone.ts"]);
  expect(ran.status).toBe(1);
  expect(ran.err).toContain("error TG2002: No file matches 'nothing/*.ts'.");
  expect(ran.err).toContain("error TG2002: No file matches 'gone.ts'.");
  expect(folder.has("model.grad.ts")).toBe(false);
});

test("a project without annotations is done at once", async () => {
  const ran = await createFolder({ "model.ts": "export const x = 1;\n" }).build();
  expect([ran.status, ran.err]).toEqual([0, ""]);
  expect(ran.out).toContain("No function has a @differentiable annotation");
});

test("--check writes nothing and lists what is missing or out of date", async () => {
  const folder = createFolder({ "a.ts": square, "b.ts": square.replaceAll("square", "other") });
  const missing = await folder.build([], { check: true });
  expect(missing.status).toBe(1);
  expect(missing.err).toContain("error TG2032: 'a.grad.ts' is missing.");
  expect(missing.err).toContain("error TG2032: 'b.grad.ts' is missing.");
  expect(folder.has("a.grad.ts")).toBe(false);
  await folder.build();
  expect((await folder.build([], { check: true })).status).toBe(0);
  folder.write("a.ts", square.replace("x * x", "x * x * x"));
  const before = folder.read("a.grad.ts");
  const stale = await folder.build([], { check: true });
  expect([stale.status, stale.err.trim().split("\n")[0]]).toEqual([1, "error TG2032: 'a.grad.ts' is out of date."]);
  expect(folder.read("a.grad.ts")).toBe(before);
});

test("line ends that version control changed are not out of date", async () => {
  const folder = createFolder({ "model.ts": square });
  await folder.build();
  folder.write("model.grad.ts", folder.read("model.grad.ts").replaceAll("\n", "\r\n"));
  expect((await folder.build([], { check: true })).status).toBe(0);
});

test("a file without our header is never overwritten", async () => {
  const folder = createFolder({ "model.ts": square, "model.grad.ts": "export const mine = 1;\n" });
  const ran = await folder.build();
  expect(ran.status).toBe(1);
  expect(ran.err).toContain("error TG2031: 'model.grad.ts' exists and was not written by tsgrad");
  expect(folder.read("model.grad.ts")).toBe("export const mine = 1;\n");
});

test("a function with an error does not stop other files, and its own keeps its last good version", async () => {
  const folder = createFolder({ "a.ts": square, "b.ts": square });
  await folder.build();
  const good = folder.read("b.grad.ts");
  folder.write("a.ts", square.replace("x * x", "3 * x"));
  folder.write("b.ts", square.replace("x * x", "2 * x") + broken);
  const ran = await folder.build();
  expect(ran.status).toBe(1);
  expect(folder.read("a.grad.ts")).toContain("3");
  expect(folder.read("b.grad.ts")).toBe(good);
  expect(ran.out).toMatch(/1 file written, 1 kept as before/);
});

test("a report has a position, a frame and a hint", async () => {
  const folder = createFolder({
    "src/model.ts": "// @differentiable\nexport function f(x: number): number {\n  return x;\n}\n",
  });
  const ran = await folder.build();
  expect(ran.status).toBe(1);
  const hint = "  hint: Write `/** @differentiable */` directly above a function declaration,";
  expect(ran.err)
    .toContain(`src/model.ts:1:4 - error TG2004: This comment contains @differentiable but belongs to no function.
> 1 | // @differentiable
    |    ^^^^^^^^^^^^^^^
  2 | export function f(x: number): number {
${hint}`);
});

test("--json prints nothing but JSON", async () => {
  const folder = createFolder({ "a.ts": square, "b.ts": broken });
  const ran = await folder.build([], { json: true });
  expect([ran.status, ran.err]).toEqual([1, ""]);
  const json = JSON.parse(ran.out) as Json;
  expect(json.files).toEqual([
    { path: "a.grad.ts", source: "a.ts", status: "written" },
    { path: "b.grad.ts", source: "b.ts", status: "kept" },
  ]);
  const place = broken.indexOf("eval");
  expect(json.diagnostics).toEqual([
    {
      code: "TG1030",
      category: "error",
      message: "eval runs a text that is only known when the program runs.",
      hint: "Write the expression itself.",
      page: "ERRORS.md#tg1030",
      file: "b.ts",
      start: place,
      length: "eval(String(x))".length,
      line: 3,
      column: 10,
      related: [
        {
          message: "The derivative of 'broken' is asked for here.",
          file: "b.ts",
          start: broken.indexOf("@differentiable"),
          length: "@differentiable".length,
          line: 1,
          column: 5,
        },
      ],
    },
  ]);
});

test("functions of packages without sources are imported as the source imports them", async () => {
  const folder = createFolder({
    "node_modules/special/package.json": '{ "name": "special", "type": "module", "types": "index.d.ts" }',
    "node_modules/special/index.d.ts":
      "export declare function weight(i: number): number;\nexport declare function limit(): number;\n",
    "lib.d.ts": "export declare function local(i: number): number;\n",
    "model.ts": `import { weight as w } from "special";
import * as special from "special";

/** @differentiable vjp */
export function f(x: number, y: number): number {
  return y * x * w(2) * special.limit();
}
`,
    "inner/relative.ts": `import { local } from "../lib.js";
export function weighted(x: number): number { return x * local(2); }
`,
    "relative.ts": `import { weighted } from "./inner/relative.js";
/** @differentiable vjp */
export function g(x: number): number { return 2 * weighted(x); }
`,
  });
  const ran = await folder.build();
  expect(ran.err).toBe("");
  const text = folder.read("model.grad.ts");
  expect(text).toContain('import { limit, weight } from "special";');
  expect(text).toContain("const wResult = weight(2);");
  expect(folder.read("relative.grad.ts")).toContain('import { local } from "./lib.js";');
});

test("all problems of a project come in one run, and what is sound is built", async () => {
  const folder = createFolder({
    "good.ts": square,
    "type.ts": "/** @differentiable */\nexport function f(x: number): string {\n  return x;\n}\n",
    "syntax.ts": "/** @differentiable */\nexport function f(x: number): number { return x * ; }\n",
    "deep.ts": `/** @differentiable */\nexport function f(x: number): number { return ${"!".repeat(5000)}x ? 1 : x; }\n`,
    "comment.ts": "// @differentiable\nexport const x = 1;\n",
    // The "a" is no expression of an unknown type.
    "literal.ts": `/** @differentiable */
export function f(p: { a?: number }): number { return delete p["a" as "a"] ? 1 : 0; }
`,
    // A wrong mode, a wrong @wrt and a body that is refused; and a function beside it that is refused when it is derived.
    "several.ts": `import { grad } from "tsgrad";
/**
 * @differentiable gradd
 */
export function f(x: number): number {
  return x * Math.random();
}

/**
 * @differentiable
 * @wrt y
 */
export function g(x: number): number {
  return x * Date.now();
}

/** @differentiable grad */
export function h(x: number): number {
  return x > 1 ? grad(h)(x - 1) : x;
}

/**
 * @differentiable vjp
 * @vjpRule missing
 */
export function k(x: number): number {
  return x * x;
}
`,
  });
  const ran = await folder.build();
  expect(ran.status).toBe(1);
  expect(ran.err.match(/^\S+(?=:\d+:\d+ - )|TG\d+(?=:)/gm)).toEqual([
    ...["comment.ts", "TG2004", "deep.ts", "TG1034", "literal.ts", "TG1001"],
    ...["several.ts", "TG2005", "several.ts", "TG1005", "several.ts", "TG2006", "several.ts", "TG1005"],
    ...["several.ts", "TG3003", "several.ts", "TG2012"],
    ...["syntax.ts", "TG2001", "type.ts", "TG2009", "type.ts", "TG2001"],
  ]);
  expect(folder.has("good.grad.ts")).toBe(true);
  expect(folder.has("several.grad.ts")).toBe(false);
});

test("a comment silences the warnings that it names, at its own line or above the line with code", async () => {
  const smooth = (above: string, after: string): string => `/** @differentiable */
${above}
export function smooth(x: Float64Array, width: number): number { ${after}
  return x[width]! * x[width]!;
}
`;
  const codes = async (text: string): Promise<string[]> => {
    const ran = await createFolder({ "model.ts": text }).build();
    expect(ran.status).toBe(0);
    return ran.err.match(/TG\d+(?=:)/g) ?? [];
  };
  expect(await codes(smooth("", ""))).toEqual(["TG3102"]);
  expect(await codes(smooth("// tsgrad-ignore TG3102 - it only counts", ""))).toEqual([]);
  expect(await codes(smooth("// tsgrad-ignore TG3103, TG3102\n// and more to say\n", ""))).toEqual([]);
  expect(await codes(smooth("", "// tsgrad-ignore TG3102"))).toEqual([]);
  expect(await codes(smooth("// tsgrad-ignore TG3103", ""))).toEqual(["TG3102"]);
  expect(await codes(smooth("/* said in passing: // tsgrad-ignored TG3102 */", ""))).toEqual(["TG3102"]);
  expect(await codes(`// tsgrad-ignore TG3102\n${smooth("", "")}`)).toEqual([]);
  expect(await codes(smooth("", 'console.log("// tsgrad-ignore TG3102");'))).toEqual(["TG3102"]);
});

test("--verbose names each file", async () => {
  const ran = await createFolder({ "a.ts": square }).build([], { verbose: true });
  expect(ran.out).toContain("written   a.grad.ts");
});

test("generated files are laid out as the project's prettier settings ask, without their plugins", async () => {
  const settings = {
    singleQuote: true,
    semi: false,
    useTabs: true,
    plugins: ["prettier-plugin-nowhere"],
    requirePragma: true,
    endOfLine: "crlf",
  };
  const folder = createFolder({ "model.ts": square, ".prettierrc": JSON.stringify(settings) });
  const ran = await folder.build();
  expect([ran.status, ran.err]).toEqual([0, ""]);
  expect(folder.read("model.grad.ts")).toMatch(/^\treturn [^;\r]*$/m);
});

test("settings that cannot be read are a warning", async () => {
  const folder = createFolder({ "model.ts": square, ".prettierrc": "{ broken" });
  const ran = await folder.build();
  expect(ran.status).toBe(0);
  expect(ran.err).toContain("warning TG2030");
  expect(folder.has("model.grad.ts")).toBe(true);
});

test("projects of one build may have types and constants of the same names", async () => {
  const source = (field: string): string =>
    `export interface State { ${field}: number }\nconst factor = 3;\n` +
    `/** @differentiable vjp */\nexport function f(s: State): State {\n  return { ${field}: s.${field} * factor };\n}\n`;
  const project = JSON.stringify({ compilerOptions: { strict: true, module: "nodenext", target: "es2022" } });
  const folder = createFolder({
    "tsconfig.json": JSON.stringify({ files: [], references: [{ path: "./a" }, { path: "./b" }] }),
    "a/tsconfig.json": project,
    "a/model.ts": source("x"),
    "b/tsconfig.json": project,
    "b/other.ts": source("y"),
  });
  const together = await folder.build();
  expect([together.status, together.err]).toEqual([0, ""]);
  expect(folder.read("b/other.grad.ts")).toContain("return [{ y: s.y * factor }, { y: v.y * factor }];");
  expect((await folder.build(["b/other.ts"])).out).toContain("1 unchanged");
});

test("the same source gives the same bytes, alone or with its project", async () => {
  const sources = { "a.ts": square, "b.ts": square.replaceAll("square", "other"), "c.ts": square };
  const all = createFolder(sources);
  await all.build();
  for (const name of ["a", "b", "c"]) {
    const alone = createFolder(sources);
    await alone.build([`${name}.ts`]);
    expect(alone.read(`${name}.grad.ts`)).toBe(all.read(`${name}.grad.ts`));
  }
});

test("the mode of an overwritten file stays", async () => {
  const folder = createFolder({ "model.ts": square });
  await folder.build();
  const file = path.join(folder.path, "model.grad.ts");
  fs.chmodSync(file, 0o640);
  folder.write("model.ts", square.replace("x * x", "x"));
  await folder.build();
  expect(fs.statSync(file).mode & 0o777).toBe(0o640);
});
