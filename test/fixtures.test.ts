/**
 * One folder a construct: `input.ts` is compiled, what comes out is checked by its numbers (`cases.ts`),
 * and only then compared with `expected/input.grad.ts` and `ir.txt`. `UPDATE=1 npm test` rewrites the expected files of
 * the fixtures whose numbers pass; `FIXTURES=fft,vjp-into` compiles only these.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { compile, type SourceMap } from "../compiler/index.ts";
import { format, loadLayout } from "../compiler/emit/format.ts";
import type { Fixture } from "./support/fixture.ts";
import { normalisedIr } from "./support/ir.ts";
import { mapFaults } from "./support/map-faults.ts";
import { load, root, scratch } from "./support/load.ts";
import { checkFixture } from "./support/run-fixture.ts";

const folder = path.join(root, "test/fixtures");
const update = process.env.UPDATE !== undefined && process.env.UPDATE !== "";
const entries = await readdir(folder, { withFileTypes: true });
const all = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
const wanted = process.env.FIXTURES?.split(",");
const names = all.filter((name) => wanted?.includes(name) ?? true);
const project = path.join(folder, "tsconfig.json");

const inputOf = (name: string): string => path.join(folder, name, "input.ts");
const expectedOf = (name: string): string => path.join(folder, name, "expected/input.grad.ts");

interface Built {
  readonly text: string;
  readonly map: SourceMap | undefined;
  readonly errors: readonly string[];
}

/** Compiles the named fixtures in one run: the generated text and the errors of each. */
async function build(chosen: readonly string[]): Promise<Map<string, Built>> {
  const { files, reports } = await compile({ cwd: folder, project, files: chosen.map(inputOf) });
  return new Map(
    chosen.map((name) => {
      const file = files.find(({ source }) => source === inputOf(name));
      const own = reports.filter(
        (report) => report.severity === "error" && report.origin?.file.startsWith(path.join(folder, name, "/")),
      );
      return [
        name,
        {
          text: file?.text ?? "",
          map: file?.sourceMap(),
          errors: own.map((report) => `${report.code}: ${report.message}`),
        },
      ];
    }),
  );
}

let built: Map<string, Built>;
let ir: Map<string, string>;
beforeAll(async () => {
  built = await build(names);
  ir = normalisedIr({ cwd: folder, project, files: names.map(inputOf) });
}, 400_000);

describe("fixtures", () => {
  test.each(names)("%s", async (name) => {
    const { text, errors } = built.get(name) ?? { text: "", errors: ["not compiled"] };
    expect(errors).toEqual([]);
    const generatedPath = path.join(folder, name, "input.grad.ts");
    const loaded = await load(
      `fixture-${name}`,
      'export * as source from "./input.ts";\nexport * as generated from "./input.grad.ts";\nexport * as fixture from "./cases.ts";\n',
      path.join(folder, name),
      new Map([[generatedPath, text]]),
    );
    const failures = checkFixture({
      text: await readFile(inputOf(name), "utf8"),
      source: loaded.source as Record<string, unknown>,
      generated: loaded.generated as Record<string, unknown>,
      fixture: loaded.fixture as Fixture,
    });
    expect(failures).toEqual([]);
    await compareOrUpdate(expectedOf(name), text);
    await compareOrUpdate(path.join(folder, name, "ir.txt"), ir.get(inputOf(name)) ?? "");
  });
});

async function compareOrUpdate(file: string, text: string): Promise<void> {
  if (update) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  } else {
    expect(text).toBe(await readFile(file, "utf8").catch(() => "(no expected file yet: run UPDATE=1 npm test)"));
  }
}

test("compiling again, in other company or alone, gives the same bytes", async () => {
  const some = names.filter((_, i) => i % 8 === 0).reverse();
  const again = await build(some);
  for (const name of some) expect(again.get(name)?.text).toBe(built.get(name)?.text);
  const alone = [
    "hardest-shape",
    "module-state",
    "references-swapped",
    "grad-inside",
    "recursion-shapes",
    "mutual-recursion",
    "generics",
  ];
  for (const name of alone.filter((each) => names.includes(each))) {
    expect((await build([name])).get(name)?.text).toBe(built.get(name)?.text);
  }
}, 180_000);

test("every line of a function leads to the statement that it comes from", () => {
  // A comment there has lost the statements that it was for.
  const faults = names
    .filter((name) => name !== "pullback-again")
    .flatMap((name) => {
      const { text, map } = built.get(name)!;
      return (map === undefined ? ["no map"] : mapFaults(text, map)).map((fault) => `${name}: ${fault}`);
    });
  expect(faults).toEqual([]);
});

test("laid out once more, the generated texts stay as they are", async () => {
  const layout = await loadLayout(expectedOf("classes"));
  for (const [name, { text }] of built) expect(await format(text, layout), name).toBe(text);
  // In few columns, where an object type is on several lines: Prettier keeps that.
  const narrow = { options: { printWidth: 60 } };
  const once = await format(built.get("classes")?.text ?? "", narrow);
  expect(await format(once, narrow)).toBe(once);
}, 120_000);

describe("expected files type-check", () => {
  const layout = path.join(scratch, "fixtures");
  beforeAll(async () => {
    await rm(layout, { recursive: true, force: true });
    await mkdir(layout, { recursive: true });
    for (const name of names) {
      const target = path.join(layout, name);
      await cp(path.join(folder, name), target, {
        recursive: true,
        filter: (file) => !/expected|cases\.ts/.test(path.relative(folder, file)),
      });
      await writeFile(path.join(target, "input.grad.ts"), built.get(name)?.text ?? "");
    }
    const config = JSON.parse(await readFile(project, "utf8")) as { compilerOptions: Record<string, unknown> };
    const paths = {
      tsgrad: [path.join(root, "runtime/index.ts")],
      "tsgrad/runtime": [path.join(root, "runtime/generated.ts")],
    };
    const strictest = { allowUnreachableCode: false, allowUnusedLabels: false, noImplicitReturns: true };
    const compilerOptions = {
      ...config.compilerOptions,
      ...strictest,
      noFallthroughCasesInSwitch: true,
      paths,
      typeRoots: [path.join(root, "node_modules/@types")],
    };
    await writeFile(path.join(layout, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*/*.ts"] }));
  });

  test.each(["typescript", "typescript-7"])(
    "with %s",
    async (version) => {
      const script = path.join(root, "node_modules", version, "bin/tsc");
      const run = promisify(execFile)(process.execPath, [script, "-p", layout, "--pretty", "false"], { cwd: layout });
      const output = await run.then(
        () => "",
        (error: unknown) => (error as { stdout: string }).stdout,
      );
      // Sources may do what generated code may not: fall through, stop early. Indented lines continue the one before.
      const lines = output.split("\n").filter((line) => line.includes(".grad.ts("));
      expect(lines).toEqual([]);
    },
    180_000,
  );
});
