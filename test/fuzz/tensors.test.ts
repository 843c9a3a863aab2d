/** Random tensor programs on every test run, always the same ones: `TENSORS=2000 SEED=7` for others. */
import path from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import { Tensor } from "../../runtime/index.ts";
import { load, root } from "../support/load.ts";
import { seeded } from "../support/random.ts";
import { checkFixture } from "../support/run-fixture.ts";
import { operations, tensorProgram } from "./tensor-programs.ts";

const count = Number(process.env.TENSORS ?? 30);
const seed = Number(process.env.SEED ?? 20260101);
const batch = 30;
const file = path.join(root, "test/fuzz/tensors.ts");

for (let from = 0; from < count; from += batch)
  test(`programs ${String(from)} to ${String(Math.min(from + batch, count) - 1)}`, async () => {
    const programs = Array.from({ length: Math.min(batch, count - from) }, (_, k) => tensorProgram(seed, from + k));
    const used = operations.split(" ").filter((name) => programs.some(({ text }) => text.includes(`${name}(`)));
    const source = `import { type Tensor, ${used.join(", ")} } from "tsgrad";\n${programs.map(({ text }) => text).join("\n")}\n`;
    const { files, reports } = await compile({ cwd: root, files: [file], overlay: new Map([[file, source]]) });
    const errors = reports.filter((report) => report.severity === "error");
    expect(
      errors.map(({ code, message, origin }) => `${code}: ${message} ${source.slice(origin?.start, origin?.end)}`),
    ).toEqual([]);
    const memory = new Map([
      [file, source],
      [file.replace(".ts", ".grad.ts"), files[0]?.text ?? ""],
    ]);
    const entry = 'export * as source from "./tensors.ts";\nexport * as generated from "./tensors.grad.ts";\n';
    const loaded = await load(`tensors-${String(from)}`, entry, path.dirname(file), memory);
    const cases = Object.fromEntries(
      programs.flatMap(({ shapes }, k) => {
        const sample = (): unknown[] => {
          const random = seeded(seed + from + k);
          const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
          const tensors = shapes.map(
            (shape) =>
              new Tensor(
                Float64Array.from({ length: size(shape) }, () => 0.7 * random.normal()),
                shape,
              ),
          );
          return [...tensors, random.uniform()];
        };
        const name = `program${String(from + k)}`;
        return [
          [name, [sample]],
          [`${name}Sum`, [sample]],
        ];
      }),
    );
    const failures = checkFixture({
      text: source,
      source: loaded.source as Record<string, unknown>,
      generated: loaded.generated as Record<string, unknown>,
      fixture: { cases, settings: { exact: 1e-10, difference: 1e-5 } },
    });
    expect(failures).toEqual([]);
  }, 120_000);
