/** A small project goes through each bundler with our plugin, without generated files on disk. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import { createServer } from "vite";
import { describe, expect, test } from "vitest";
import { headerFor } from "../../compiler/header.ts";
import { compile } from "../../compiler/index.ts";
import rollupPlugin from "../../compiler/integrations/rollup.ts";
import vitePlugin from "../../compiler/integrations/vite.ts";
import { ledTo } from "../support/maps.ts";
import { bundlersFor, strip } from "./builders.ts";
import { temporaryFolder } from "../support/temporary.ts";

interface Found {
  readonly value: number;
  readonly slopes: readonly number[];
  readonly forces: readonly number[];
}

const root = path.resolve(import.meta.dirname, "../..");
const folder = temporaryFolder("bundlers");
fs.cpSync(path.join(import.meta.dirname, "project"), folder, { recursive: true });

const entry = path.join(folder, "main.ts");
const options = { root: folder };
const bundlers = bundlersFor(folder);

async function foundIn(bundle: string): Promise<Found> {
  return ((await import(pathToFileURL(bundle).href)) as { readonly found: Found }).found;
}

/** The numbers that checked-in files give. */
async function expectedOf(): Promise<Found> {
  const { files, reports } = await compile({ cwd: folder });
  expect(reports).toEqual([]);
  const copy = path.join(folder, "built");
  fs.mkdirSync(copy);
  for (const name of ["main.ts", "model.ts", "inner.ts"])
    fs.copyFileSync(path.join(folder, name), path.join(copy, name));
  for (const { path: name, text } of files) fs.writeFileSync(path.join(copy, path.basename(name)), text ?? "");
  const outfile = path.join(folder, "expected.mjs");
  await esbuild.build({ entryPoints: [path.join(copy, "main.ts")], outfile, bundle: true, format: "esm" });
  fs.rmSync(copy, { recursive: true });
  return foundIn(outfile);
}

describe("a bundle has the derivatives that checked-in files give", async () => {
  const expected = await expectedOf();

  test.each(Object.entries(bundlers))("%s", async (name, build) => {
    const outfile = path.join(folder, `out-${name}`, "bundle.mjs");
    await build(outfile, entry);
    expect(await foundIn(outfile)).toEqual(expected);
    // Adjoint code leads to the line whose adjoint it is.
    expect(new Set(ledTo(outfile, /differenceBar = 4/))).toEqual(new Set(["model.ts:19"]));
    expect(ledTo(outfile, /\[value, slopes\] =/)).toEqual(["main.ts:6"]);
    expect(fs.readdirSync(folder).filter((each) => each.includes(".grad."))).toEqual([]);
  });
});

describe("an error of the source's stops the build, with its position and a hint", () => {
  const source = path.join(folder, "broken.ts");
  fs.writeFileSync(
    source,
    `/** @differentiable grad */\nexport function broken(x: number): number {\n  return Number(JSON.stringify(x));\n}\n`,
  );
  const input = path.join(folder, "broken-main.ts");
  fs.writeFileSync(input, `import { brokenGrad } from "./broken.grad.ts";\nexport const found = brokenGrad(1);\n`);

  test.each(Object.entries(bundlers))("%s", async (name, build) => {
    const error = await build(path.join(folder, `broken-${name}`, "bundle.mjs"), input).then(
      () => "",
      (thrown: unknown) => (thrown as Error).message,
    );
    expect(error).toContain("broken.ts:3:");
    expect(error).toMatch(/TG\d{4}/);
    expect(error).toContain("hint:");
  });
});

test("a file on disk that is out of date is told of, and what is bundled is fresh", async () => {
  const file = path.join(folder, "model.grad.ts");
  fs.writeFileSync(file, `${headerFor("model.ts")}\nexport const energyValueAndGrad = 3;\n`);
  const warnings: string[] = [];
  const bundle = await rollup({
    input: entry,
    plugins: [rollupPlugin(options), strip],
    onwarn: ({ message }) => warnings.push(message),
  });
  const { output } = await bundle.generate({ format: "esm" });
  fs.rmSync(file);
  expect(warnings.join("\n")).toContain("model.grad.ts is out of date: run `npx tsgrad build`");
  expect(output[0].code).toContain("function energyValueAndGrad(");
});

test("modules on no disk get declarations, which TypeScript finds through rootDirs", () => {
  const types = path.join(folder, ".tsgrad/types");
  expect(fs.readdirSync(types).sort()).toEqual(["inner.grad.d.ts", "model.grad.d.ts"]);
  const config = JSON.parse(fs.readFileSync(path.join(folder, "tsconfig.json"), "utf8")) as {
    compilerOptions: Record<string, unknown>;
  };
  config.compilerOptions["rootDirs"] = [".", ".tsgrad/types"];
  const strict = path.join(folder, "tsconfig.types.json");
  fs.writeFileSync(strict, JSON.stringify({ ...config, include: ["main.ts", "inner.ts"] }));
  for (const compiler of ["typescript-5.9", "typescript", "typescript-7"]) {
    const tsc = path.join(root, "node_modules", compiler, "bin/tsc");
    expect(execFileSync(process.execPath, [tsc, "-p", strict], { encoding: "utf8" })).toBe("");
  }
});

test("Vite's server gives a module anew when what it is generated from changes, callees in other files too", async () => {
  const live = path.join(folder, "live");
  fs.mkdirSync(live);
  const write = (name: string, text: string): void => {
    fs.writeFileSync(path.join(live, name), text);
  };
  write("power.ts", "export const power = (x: number): number => x ** 3;\n");
  write(
    "square.ts",
    'import { power } from "./power.ts";\n\n/** @differentiable grad */\nexport const square = (x: number): number => power(x);\n',
  );
  write("main.ts", 'import { squareGrad } from "./square.grad";\n\nexport const slope = squareGrad(2);\n');
  const server = await createServer({
    configFile: false,
    root: live,
    logLevel: "silent",
    server: { middlewareMode: true, ws: false },
    plugins: [vitePlugin({ root: live })],
  });
  try {
    const slope = async (): Promise<unknown> =>
      ((await server.ssrLoadModule(path.join(live, "main.ts"))) as { slope: unknown }).slope;
    expect(await slope()).toBe(12);
    write("power.ts", "export const power = (x: number): number => 5 * x ** 2;\n");
    await expect.poll(slope, { timeout: 10_000 }).toBe(20);
  } finally {
    await server.close();
  }
}, 30_000);
