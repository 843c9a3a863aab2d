/** The packed package in an empty project, used as its README says. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "tsgrad-e2e-")));

function run(command: string, args: readonly string[], cwd = project): string {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, NO_COLOR: "1" },
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}

const write = (name: string, text: string): void => {
  fs.writeFileSync(path.join(project, name), text);
};

const model = `import { stopGradient, type int } from "tsgrad";

/**
 * Energy of a spring chain.
 * @differentiable vjp grad jacobian - for the optimiser
 */
export function spring(x: Float64Array, k: number, n: int): number {
  let energy = 0;
  for (let i = 0; i + 1 < n; i++) {
    const d = x[i + 1]! - x[i]! - 1;
    energy += 0.5 * k * d * d;
  }
  return energy + 0 * stopGradient(k);
}
`;

const main = `import { springGrad, springJacobian, springVjp } from "./model.grad.js";
import { spring } from "./model.js";

declare const console: { log(text: string): void };
const x = new Float64Array([0, 1.5, 2]);
const [value, [xBar, kBar]]: [number, [Float64Array, number]] = springVjp(x, 2, 3, 1);
const [same] = springGrad(x, 2, 3);
const [jacobian, byK] = springJacobian(x, 2, 3);
console.log(JSON.stringify([value === spring(x, 2, 3), [...xBar], kBar, [...same], jacobian.toArray(), jacobian.shape, byK]));
`;

/** What \`tsc --init\` turns on, and more. */
const strict = {
  compilerOptions: {
    module: "nodenext",
    target: "es2022",
    lib: ["es2023"],
    types: [],
    outDir: "out",
    declaration: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    isolatedDeclarations: false,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    moduleDetection: "force",
    skipLibCheck: false,
  },
  include: ["*.ts"],
};

const compilers = { "5.9": "typescript-5.9", "6": "typescript", "7": "typescript-7" };
const tsc = (name: string, ...args: string[]): string =>
  run(process.execPath, [path.join(root, "node_modules", name, "bin/tsc"), ...args]);

beforeAll(() => {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--silent", "--pack-destination", project], root)) as {
    filename: string;
  }[];
  write("package.json", JSON.stringify({ name: "empty", private: true, type: "module" }));
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${packed?.filename ?? ""}`]);
  write("tsconfig.json", JSON.stringify(strict));
  write("model.ts", model);
  write("main.ts", main);
}, 240_000);

afterAll(() => {
  fs.rmSync(project, { recursive: true, force: true });
});

test("tsgrad build writes what the source already imports, and --check agrees", () => {
  expect(run("npx", ["tsgrad", "build"])).toContain("1 file written, 1 function");
  expect(run("npx", ["tsgrad", "build", "--check"])).toContain("1 of 1 file up to date");
});

test("the program runs", () => {
  tsc(compilers["6"], "-p", ".");
  const result: unknown = JSON.parse(run(process.execPath, ["out/main.js"]));
  const gradient = [-1, 2, -1];
  expect(result).toEqual([true, gradient, 0.25, gradient, gradient, [3], 0.25]);
});

test.each(Object.entries(compilers))("it type-checks with TypeScript %s, declarations of ours included", (_, name) => {
  expect(tsc(name, "-p", ".", "--noEmit")).toBe("");
});

test.each(Object.entries(compilers))("it type-checks under bundler resolution with TypeScript %s", (_, name) => {
  expect(tsc(name, "-p", ".", "--noEmit", "--module", "esnext", "--moduleResolution", "bundler")).toBe("");
});

test("one small file, cold, is built quickly", () => {
  const start = performance.now();
  run(process.execPath, ["node_modules/tsgrad/dist/compiler/cli/main.js", "build", "model.ts"]);
  const seconds = (performance.now() - start) / 1000;
  console.log(`cold build of one file: ${seconds.toFixed(2)} s`);
  expect(seconds).toBeLessThan(10); // the goal is 2.5; a busy machine must not fail the tests
});

test("the compiler is a library too", () => {
  write(
    "library.mjs",
    'import { compile } from "tsgrad/compiler";\nconst r = await compile({ cwd: process.cwd(), files: ["model.ts"] });\nconsole.log(r.files.length, r.reports.length);\n',
  );
  expect(run(process.execPath, ["library.mjs"])).toBe("1 0\n");
});

test("scripts run without a build: node --import tsgrad/register", () => {
  const forms = `import { grad, jacobian } from "tsgrad";
import { f } from "./model.js";

const inPlace = grad((x: number) => x ** 3)(2);
console.log(JSON.stringify([[...grad(f)(Float64Array.of(2, 1))], jacobian(grad(f))(Float64Array.of(2, 1)).toArray(), inPlace]));
`;
  fs.mkdirSync(path.join(project, "live"));
  write("live/helper.ts", "export const cube = (x: number): number => x ** 3;\n");
  write(
    "live/model.ts",
    'import { cube } from "./helper.js";\n\n/** @differentiable grad jacobian */\nexport const f = (x: Float64Array): number => cube(x[0]!) + x[1]!;\n',
  );
  write(
    "live/main.ts",
    'import { fGrad, fJacobian } from "./model.grad.js";\n\nconst x: Float64Array = Float64Array.of(2, 1);\nconsole.log(JSON.stringify([[...fGrad(x)], fJacobian(x).toArray()]));\n',
  );
  const node = (script: string): string => run(process.execPath, ["--import", "tsgrad/register", script]);
  expect(JSON.parse(node("live/main.ts"))).toEqual([
    [12, 1],
    [12, 1],
  ]);
  expect(fs.existsSync(path.join(project, "live/model.grad.ts"))).toBe(false);
  write("live/forms.ts", forms);
  const second = [
    [12, 0],
    [0, 0],
  ];
  expect(JSON.parse(node("live/forms.ts"))).toEqual([[12, 1], second, 12]);
  write("live/helper.ts", "export const cube = (x: number): number => Number(JSON.stringify(x));\n");
  expect(() => node("live/main.ts")).toThrow(/helper\.ts:1:\d+ - error TG\d+[^]*hint:/);
});

test("every bundler has its plugin", () => {
  const tools = ["vite", "rollup", "webpack", "esbuild", "rspack"];
  write(
    "plugins.mjs",
    `for (const tool of ${JSON.stringify(tools)}) console.log(typeof (await import("tsgrad/" + tool)).default());\n`,
  );
  expect(run(process.execPath, ["plugins.mjs"])).toBe("object\n".repeat(tools.length));
});
