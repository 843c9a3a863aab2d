/** Projects, and how generated files import their sources. */
import { expect, test } from "vitest";
import { config, read, type Sources } from "./support.ts";

const f = "/** @differentiable */ export function f(x: number): number { return x; }\n";

function specifier(options: object, file: string, text: string, more: Sources = {}): string | undefined {
  const sources = { "tsconfig.json": config(options), [file]: text, ...more };
  const frontend = read(sources, { files: [file] });
  expect(frontend.reports).toEqual([]);
  return [...frontend.files.values()][0]?.selfSpecifier;
}

const nodenext = { module: "nodenext" };
const bundler = { module: "esnext", moduleResolution: "bundler" };
const helper = { "helper.ts": "export const k = 2;" };

test.each([
  ["nodenext", nodenext, "model.ts", f, "./model.js"],
  ["node16", { module: "node16" }, "model.ts", f, "./model.js"],
  ["bundler", bundler, "model.ts", f, "./model"],
  ["bundler with verbatimModuleSyntax", { ...bundler, verbatimModuleSyntax: true }, "model.ts", f, "./model"],
  [
    "bundler with .ts allowed",
    { ...bundler, allowImportingTsExtensions: true, noEmit: true },
    "model.ts",
    f,
    "./model.ts",
  ],
  ["nodenext with rewriting", { ...nodenext, rewriteRelativeImportExtensions: true }, "model.ts", f, "./model.ts"],
  [".mts under nodenext", nodenext, "model.mts", f, "./model.mjs"],
  [".cts under nodenext", nodenext, "model.cts", f, "./model.cjs"],
  [".mts under bundler", bundler, "model.mts", f, "./model.mjs"],
  [".tsx under bundler", { ...bundler, jsx: "preserve" }, "model.tsx", f, "./model"],
])("self specifier: %s", (_, options, file, text, expected) => {
  expect(specifier(options, file, text)).toBe(expected);
});

test("the source's own relative imports are the model", () => {
  const allowed = { ...bundler, allowImportingTsExtensions: true, noEmit: true };
  const using = (name: string): string => `import { k } from "${name}";\nexport { k };\n${f}`;
  expect(specifier(allowed, "model.ts", using("./helper"), helper)).toBe("./model");
  expect(specifier(allowed, "model.ts", using("./helper.js"), helper)).toBe("./model.js");
  expect(specifier(bundler, "model.ts", using("./helper.js"), helper)).toBe("./model.js");
});

test("other files are imported as the source imports them", () => {
  const sources = {
    "tsconfig.json": config({ ...bundler, paths: { "@/*": ["./src/*"] } }),
    "src/model.ts": `import { k } from "@/deep/helper";\nexport { k };\n${f}`,
    "src/deep/helper.ts": "import { j } from '../far/other';\nexport const k = j;",
    "src/far/other.ts": "export const j = 2;",
  };
  const frontend = read(sources, { files: ["src/model.ts"] });
  expect(frontend.reports).toEqual([]);
  const specifiers = frontend.files.get("/tsgrad-test/src/model.ts")?.specifiers;
  expect(specifiers?.get("/tsgrad-test/src/deep/helper.ts")).toBe("@/deep/helper");
  expect(specifiers?.get("/tsgrad-test/src/far/other.ts")).toBe("./far/other");
});

test("generated files stand beside their sources and keep their kind", () => {
  const paths = (name: string): unknown =>
    [...read({ [name]: f }, { files: [name] }).files.values()].map((file) => file.generatedPath);
  expect(paths("model.ts")).toEqual(["/tsgrad-test/model.grad.ts"]);
  expect(paths("model.mts")).toEqual(["/tsgrad-test/model.grad.mts"]);
  expect(paths("model.cts")).toEqual(["/tsgrad-test/model.grad.cts"]);
  expect(paths("model.tsx")).toEqual(["/tsgrad-test/model.grad.ts"]);
});

test("noUncheckedIndexedAccess is passed on", () => {
  const sources = { "tsconfig.json": config({ ...nodenext, noUncheckedIndexedAccess: true }), "model.ts": f };
  expect([...read(sources, { files: ["model.ts"] }).files.values()][0]?.uncheckedIndexedAccess).toBe(true);
});

test("solution configs are followed, each file under its own options", () => {
  const sources = {
    "tsconfig.json": { files: [], references: [{ path: "./a" }, { path: "./b" }] },
    "a/tsconfig.json": { ...config(nodenext), files: ["model.ts"] },
    "a/model.ts": f,
    "b/tsconfig.json": { ...config(bundler), files: ["model.ts"] },
    "b/model.ts": f,
  };
  for (const options of [{}, { files: ["a/model.ts", "b/model.ts"] }, { project: "tsconfig.json" }]) {
    const frontend = read(sources, options);
    expect(frontend.reports).toEqual([]);
    expect([...frontend.files.values()].map((file) => file.selfSpecifier)).toEqual(["./model.js", "./model"]);
  }
});

test("what is missing is reported, each thing once", () => {
  const codes = (sources: Sources, options: object): readonly string[] =>
    read(sources, options).reports.map((report) => `${report.code} ${report.message}`);
  expect(codes({ "model.ts": f }, { files: ["gone.ts", "also.ts", "model.ts"] })).toEqual([
    "TG2002 No file matches 'gone.ts'.",
    "TG2002 No file matches 'also.ts'.",
  ]);
  expect(codes({}, { project: "nowhere" })).toEqual([
    "TG2003 The project file cannot be read: 'nowhere' does not exist",
  ]);
  expect(codes({ "tsconfig.json": "{ broken" }, {})[0]).toMatch(/^TG2003 /);
  expect(codes({ "model.grad.ts": f }, { files: ["model.grad.ts"] })[0]).toMatch(/^TG2023 /);
});

test("deprecated options never block", () => {
  const sources = {
    "tsconfig.json": config({ target: "es5", module: "commonjs", moduleResolution: "node10", baseUrl: "." }),
    "model.ts": f,
  };
  const frontend = read(sources, { files: ["model.ts"] });
  expect(frontend.reports).toEqual([]);
  expect(frontend.targets).toHaveLength(1);
});

test("a plugin of ours under TypeScript 7 is reported", () => {
  const sources = {
    "tsconfig.json": config({ plugins: [{ transform: "tsgrad/transformer" }] }),
    "node_modules/typescript/package.json": { version: "7.0.2" },
    "model.ts": f,
  };
  expect(read(sources, { files: ["model.ts"] }).reports.map((report) => report.code)).toEqual(["TG2034"]);
});
