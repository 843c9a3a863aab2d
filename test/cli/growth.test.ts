/** The time to compile a function grows about as its text does. */
import path from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import { createFolder } from "./support.ts";

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

const kinds: Readonly<
  Record<string, { readonly counts: readonly [number, number]; readonly text: (n: number) => string }>
> = {
  "statements with constants": {
    counts: [600, 2400],
    text: (n) => {
      const lines = range(n).map((i) => `const t${String(i + 2)} = t${String(i + 1)} * 1.5 + Math.sin(t${String(i)});`);
      return `const t0 = x;\nconst t1 = 2 * x;\n${lines.join("\n")}\nreturn t${String(n + 1)};`;
    },
  },
  "statements that assign": {
    counts: [600, 2400],
    text: (n) => {
      const lines = range(n).map((i) => (i % 2 === 0 ? "a = a * b + 1;" : "b = Math.cos(a) - b;"));
      return `let a = x;\nlet b = 2 * x;\n${lines.join("\n")}\nreturn a + b;`;
    },
  },
  "terms of a sum": {
    counts: [200, 800],
    text: (n) =>
      `return ${range(n)
        .map((i) => `x * ${String(i)}.5`)
        .join(" + ")};`,
  },
};

/** Milliseconds of this process's own work, which what else runs on the machine changes little. */
async function workOf(body: string): Promise<number> {
  const folder = createFolder({
    "model.ts": `/** @differentiable grad */\nexport function f(x: number): number {\n${body}\n}\n`,
  });
  const before = process.cpuUsage();
  const { files, reports } = await compile({ cwd: folder.path, files: [path.join(folder.path, "model.ts")] });
  const { user, system } = process.cpuUsage(before);
  expect(reports).toEqual([]);
  expect(files).toHaveLength(1);
  return (user + system) / 1000;
}

test.each(Object.keys(kinds))("%s", { timeout: 120_000 }, async (kind) => {
  const { counts, text } = kinds[kind]!;
  const [small, large] = counts;
  await workOf(text(small));
  const least = await workOf(text(small));
  const most = await workOf(text(large));
  // Four times as much; what grows with the square takes sixteen times as long.
  expect(most / least).toBeLessThan(9);
});
