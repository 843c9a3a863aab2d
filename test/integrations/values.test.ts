/** Transforms as values, `grad(f)` in ordinary code, through each bundler and `tsgrad/register`. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { compile, type CompileResult } from "../../compiler/index.ts";
import { serviceFor } from "../../compiler/integrations/service.ts";
import { ledTo } from "../support/maps.ts";
import { bundlersFor, installRuntime, type Build } from "./builders.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder("values");
fs.cpSync(path.join(import.meta.dirname, "values"), folder, { recursive: true });

const at = (name: string): string => path.join(folder, name);
const write = (name: string, text: string): void => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
};

// A package with TypeScript sources, one file of which imports another.
write("node_modules/springs/package.json", JSON.stringify({ name: "springs", type: "module", exports: "./index.ts" }));
write(
  "node_modules/springs/half.ts",
  "export const scale = [0.5];\nexport const half = (x: number): number => scale[0]! * x;\n",
);
write(
  "node_modules/springs/index.ts",
  'import { half } from "./half.ts";\n\nexport const far = (x: number): number => half(x) ** 2;\n',
);
write("package.json", JSON.stringify({ type: "module" }));

const close = (x: number): unknown => expect.closeTo(x, 10);

const second = [
  [4, 2],
  [2, 0],
];
const expected = {
  value: close(1.385),
  towardsAt: [-1.5, 2.4, -3.6, 2.8].map(close),
  towardsStiffness: close(0.69),
  annotated: close(0.69),
  forces: [-1.5, 2.4, -3.6, 2.8].map(close),
  again: [close(2.07), ...[-4.5, 7.2, -10.8, 8.4].map(close)],
  twice: [8, 16],
  rows: second,
  same: second,
  hessian: second,
  product: [4, 2],
  tangent: [10, 14],
  nested: 108,
  captured: [[24, 15], 15, 12, 12],
  package: 1.5,
  instance: [9, 12],
  inPlace: [6, [3, 2]],
  hessianOfPower: 13,
  squares: [1, 4, 9],
  slopes: [
    [4, 1],
    [6, 9],
  ],
  values: [
    [1, 1],
    [
      [2, 6],
      [4, 4],
      [-2, -2],
    ],
  ],
  summed: 8,
  transposed: [
    [10, 31.5],
    [14, 30],
  ],
};

describe("a bundle has what value forms stand for", async () => {
  await installRuntime(folder);
  const { esbuild, ...others } = bundlersFor(folder);
  const foundBy = async (name: string, build: Build, source: string): Promise<unknown> => {
    const outfile = at(`out-${name}/bundle.mjs`);
    await build(outfile, at(source));
    expect(fs.readdirSync(folder).filter((each) => each.includes(".grad."))).toEqual([]);
    if (source === "few.ts") expect(ledTo(outfile, /\blocal: /)).toEqual(["few.ts:11"]);
    return ((await import(pathToFileURL(outfile).href)) as { readonly found: unknown }).found;
  };

  test("all of them", async () => {
    expect(await foundBy("esbuild", esbuild!, "main.ts")).toEqual(expected);
  });

  test.each(Object.entries(others))("%s", async (name, build) => {
    expect(await foundBy(name, build, "few.ts")).toEqual({
      slope: 13,
      second: 13,
      ofAnnotated: [1, 2],
      local: 12,
      captured: 12,
    });
  });
});

test("without a build, a value form says how each tool is set up", () => {
  write("plain.mjs", 'import { grad } from "tsgrad";\n\ngrad((x) => x);\n');
  const said = (): string => node(at("plain.mjs"));
  for (const name of ["tsgrad/vite", "/webpack", "tsgrad/register", "tsgrad/transformer", "npx tsgrad build"])
    expect(said).toThrow(name);
});

test("a form is what the command line writes for the function with these annotations, byte for byte", async () => {
  const source = fs.readFileSync(at("model.ts"), "utf8");
  const asked = (mode: string, wrt: string): string =>
    source.replace("@differentiable grad", `@differentiable ${mode}`).replace(/ \* @wrt stiffness\n/, wrt);
  const textOf = async (overlay: ReadonlyMap<string, string>, options: object): Promise<string | undefined> => {
    const result: CompileResult = await compile({ cwd: folder, files: [at("model.ts")], overlay, ...options });
    expect(result.reports).toEqual([]);
    return result.files[0]?.text;
  };
  const forms = { "energy-valueAndGrad": "", "energy-grad_0": " * @wrt at\n", "energy-hvp_1": " * @wrt stiffness\n" };
  for (const [form, wrt] of Object.entries(forms)) {
    const mode = /-(\w+?)(?:_|$)/.exec(form)?.[1] ?? "";
    const annotated = await textOf(new Map([[at("model.ts"), asked(mode, wrt)]]), {});
    expect(annotated).toContain("export function energy");
    expect(await textOf(new Map(), { modules: [at(`model@${form}.grad.ts`)] })).toBe(annotated);
  }
});

describe("what cannot be replaced is an error at its place", () => {
  const cases: Readonly<Record<string, readonly [source: string, at: string, code: string, says: RegExp]>> = {
    "a parameter": [
      "export const of = (f: (x: number) => number): unknown => grad(f);",
      "f",
      "TG2041",
      /which function f stands for only shows when the program runs/,
    ],
    "a captured function": [
      "export function outer(k: (x: number) => number): number { return grad((x: number) => k(x))(1); }",
      "k",
      "TG2041",
      /'k' of the function around it/,
    ],
    "a captured variable that another one hides": [
      "export function outer(k: number): number { const f = (x: number): number => k * x; { const k = 2; return grad(f)(k); } }",
      "k",
      "TG2041",
      /'k' of the function around it/,
    ],
    "no source": ["export const slope = grad(Math.tanh);", "Math.tanh", "TG2041", /no TypeScript source of Math.tanh/],
    "a method": [
      "class A { f(x: number): number { return x; } }\nconst a = new A();\nexport const slope = grad((x: number) => a.f(x)), g = grad(a.f);",
      "a.f",
      "TG2041",
      /is a method/,
    ],
    overloads: [
      "function f(x: number): number;\nfunction f(x: string): number;\nfunction f(x: number | string): number { return Number(x); }\nexport const slope = grad(f);",
      "f",
      "TG1010",
      /overloaded/,
    ],
    generics: [
      "const f = <T extends number>(x: T): number => x;\nexport const slope = grad(f);",
      "grad(f)",
      "TG1011",
      /type parameters/,
    ],
    "a function that writes": [
      "function f(x: Float64Array): number { x[0] = 1; return x[1]!; }\nexport const slope = grad(f);",
      "grad(f)",
      "TG2043",
      /writes into its parameter 'x'/,
    ],
    "options that are not literal": [
      "const f = (x: number): number => x;\nconst wrt = 0;\nexport const slope = grad(f, { wrt });",
      "wrt",
      "TG1021",
      /literal positions/,
    ],
    "a position without parameter": [
      "const f = (x: number, name: string): number => x * name.length;\nexport const slope = grad(f, { wrt: 1 });",
      "grad(f, { wrt: 1 })",
      "TG3002",
      /position 1 of wrt/,
    ],
    "a transform that is not called": ["export const how = { grad };", "grad", "TG2042", /not called/],
    "axes that are not literal": [
      "const f = (x: number): number => x;\nexport const all = vmap(f, { inAxes: [0, null].slice(0, 1) as [0] });",
      "inAxes: [0, null].slice(0, 1) as [0]",
      "TG1021",
      /inAxes: \[0, null\]/,
    ],
    "functions of a batch": [
      'import { pullback } from "tsgrad";\nconst f = (x: number): number => x;\nexport const all = vmap(pullback(f));',
      "vmap(pullback(f))",
      "TG3008",
      /gives a function/,
    ],
    "a vector where a number is needed": [
      "const f = (x: Float64Array): Float64Array => x;\nexport const slope = grad(f);",
      "f",
      "TG2001",
      /not assignable/,
    ],
    "what has no derivative": [
      "const f = (x: number): number => Number(JSON.stringify(x));\nexport const slope = grad(f);",
      "Number(JSON.stringify(x))",
      "TG1031",
      /JSON.stringify/,
    ],
  };
  const service = serviceFor({ cwd: folder });

  test.each(Object.entries(cases))("%s", async (_, [source, place, code, says]) => {
    const text = `import { grad, vmap } from "tsgrad";\nvoid [grad, vmap].length;\n${source}\n`.replace(
      /^void.*\n/m,
      "",
    );
    write("wrong.ts", text);
    const { reports = [] } = (await service.replace(at("wrong.ts"), text)) ?? {};
    const found = reports.find((report) => report.code === code);
    expect(reports.map(({ code: each, message, hint }) => `${each} ${message} ${hint ?? ""}`).join("\n")).toMatch(says);
    expect(found?.hint).toBeTruthy();
    expect(text.slice(found?.origin?.start, found?.origin?.end)).toBe(place);
  });
});

test("a form follows what it came from, and what names it", async () => {
  write("live/model.ts", "export const power = (x: number): number => x ** 2;\n");
  write("live/lib.ts", 'export { power } from "./model.ts";\n');
  const text =
    'import { grad } from "tsgrad";\nimport { power } from "./lib.ts";\n\nexport const slope = grad(power)(3);\n';
  write("live/main.ts", text);
  const service = serviceFor({ cwd: folder });
  const replaced = await service.replace(at("live/main.ts"), text);
  const leading = ["live/main.ts", "live/lib.ts", "live/model.ts", "tsconfig.json", "package.json"].map(at);
  expect(replaced?.inputs).toEqual(leading);
  const served = at("live/model@power-grad.grad.ts");
  expect((await service.serve(served)).code).toContain("return 2 * x;");
  expect(service.dependents(at("live/model.ts"))).toEqual([served]);
  write("live/model.ts", "export const power = (x: number): number => x ** 4; // changed\n");
  expect((await service.serve(served)).code).toContain("return 4 * x ** 3;");
});

test("each place of a source keeps its line and column", async () => {
  const text = fs.readFileSync(at("main.ts"), "utf8");
  const { code = "" } = (await serviceFor({ cwd: folder }).replace(at("main.ts"), text)) ?? {};
  const [before, after] = [text, code].map((each) => each.split("\n"));
  expect(after?.slice(0, before?.length).map((line) => line.length)).toEqual(before?.map((line) => line.length));
  for (const [row, line] of before?.entries() ?? [])
    for (const word of line.matchAll(/\b(?:at|found|Array|Float64Array|slope)\b(?=[^(]*$)/g))
      expect(after?.[row]?.slice(word.index, word.index + word[0].length)).toBe(word[0]);
});

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
}
