/**
 * Models as they are written in practice, and programs as they are ported, by their numbers: values bit for bit, tangents against differences, reverse against
 * forward, second order.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import type { Fixture } from "../support/fixture.ts";
import { load, root } from "../support/load.ts";
import { checkFixture } from "../support/run-fixture.ts";

test.each(["models", "ports"])(
  "%s",
  async (name) => {
    const folder = path.join(root, "test/tensors", name);
    const file = path.join(folder, `${name}.ts`);
    const { files, reports } = await compile({ cwd: root, files: [file] });
    expect(reports.filter((report) => report.severity === "error")).toEqual([]);
    const entry = `export * as source from "./${name}.ts";\nexport * as generated from "./${name}.grad.ts";\nexport * as fixture from "./cases.ts";\n`;
    const memory = new Map([[file.replace(".ts", ".grad.ts"), files[0]?.text ?? ""]]);
    const loaded = await load(`tensor-${name}`, entry, folder, memory);
    const failures = checkFixture({
      text: await readFile(file, "utf8"),
      source: loaded.source as Record<string, unknown>,
      generated: loaded.generated as Record<string, unknown>,
      fixture: loaded.fixture as Fixture,
    });
    expect(failures).toEqual([]);
  },
  120_000,
);
