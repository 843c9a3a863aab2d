/** A pullback sees what a module held when it was made, whatever the module holds by now. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { load, root } from "./support/load.ts";
import type { AnyFunction } from "./support/values.ts";

const folder = path.join(root, "test/fixtures/module-state");

test.each([
  { name: "configured", args: [0.7, [1.2, 0.4]], v: 1 },
  { name: "weighted", args: [Float64Array.of(0.7, 1.2, 0.4)], v: Float64Array.of(1, 2, 3) },
])("$name", async ({ name, args, v }) => {
  const text = await readFile(path.join(folder, "expected/input.grad.ts"), "utf8");
  const { source, generated } = (await load(
    `module-state-${name}`,
    'export * as source from "./input.ts";\nexport * as generated from "./input.grad.ts";\n',
    folder,
    new Map([[path.join(folder, "input.grad.ts"), text]]),
  )) as Readonly<Record<string, Readonly<Record<string, AnyFunction>>>>;
  const [, pullback] = generated![`${name}Pullback`]!(...args) as [unknown, AnyFunction];
  const before = pullback(v);
  source!.configure!(5);
  expect(pullback(v)).toEqual(before);
  const [, later] = generated![`${name}Pullback`]!(...args) as [unknown, AnyFunction];
  expect(later(v)).not.toEqual(before);
});
