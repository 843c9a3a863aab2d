/**
 * What README.md shows is what happens: its example is compiled and run, its figures are computed again, its links
 * lead somewhere. `UPDATE=1` rewrites the example.
 */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { format } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test, vi } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { compile } from "../compiler/index.ts";
import { readTasks } from "../samples/nist/datasets.ts";
import { agreement, wantedDigits } from "../samples/nist/agreement.ts";
import { withDifferences } from "../samples/nist/differences.ts";
import { fit } from "../samples/nist/fit.ts";
import type { Problem } from "../samples/nist/problems.ts";
import { load, root } from "./support/load.ts";

const file = path.join(root, "README.md");
const text = await readFile(file, "utf8");
const folder = path.join(root, "test/readme");
const update = process.env.UPDATE !== undefined && process.env.UPDATE !== "";

/** A code block below a comment that names it: what stands before its text, and the text. */
const blockOf = (name: string): RegExp =>
  new RegExp(`(<!-- example: ${name.replaceAll(".", "\\.")} -->\n\n\`\`\`\\w+\n)([^]*?)(?=\`\`\`)`);
const block = (name: string): string => blockOf(name).exec(text)?.[2] ?? "";
const withBlock = (whole: string, name: string, content: string): string =>
  whole.replace(blockOf(name), (_, head: string) => head + content);

test("the example is what the compiler writes, and prints what is shown", async () => {
  const source = path.join(folder, "spring.ts");
  const { files, reports } = await compile({
    cwd: root,
    files: [source],
    overlay: new Map([[source, block("spring.ts")]]),
  });
  expect(reports).toEqual([]);
  const generated = files[0]?.text ?? "";

  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => lines.push(`${format(...values)}\n`));
  await load("readme", block("main.ts"), folder, new Map([[path.join(folder, "spring.grad.ts"), generated]]));
  log.mockRestore();
  const output = lines.join("");

  if (update) await writeFile(file, withBlock(withBlock(text, "spring.grad.ts", generated), "output", output));
  else expect([block("spring.grad.ts"), block("output")]).toEqual([generated, output]);
});

test("the figures of the NIST sets are those of the demo", { timeout: 120_000 }, () => {
  const tasks = readTasks();
  const reached = (start: 0 | 1, jacobianOf: (problem: Problem) => Problem): string => {
    const good = tasks.filter(({ dataset, problem }) => {
      const { parameters } = fit(jacobianOf(problem), dataset, dataset.starts[start]);
      return Math.min(...agreement(parameters, dataset.certified.parameters)) >= wantedDigits;
    });
    return `${good.length} of ${tasks.length}`;
  };
  const shown = [...text.matchAll(/^\| start [12].*?\| +(\d+ of \d+) +\| +(\d+ of \d+) +\|$/gm)];
  const actual = ([0, 1] as const).map((start) => [
    reached(start, (problem) => problem),
    reached(start, withDifferences),
  ]);
  expect(shown.map(([, ...figures]) => figures)).toEqual(actual);
});

test("every file that the documents link to exists", async () => {
  for (const name of ["README.md", "ARCHITECTURE.md", "LANGUAGE.md", "ERRORS.md", "samples/nist/README.md"]) {
    const document = await readFile(path.join(root, name), "utf8");
    const links = [...document.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, to]) => to ?? "");
    const missing = links.filter((to) => !existsSync(path.resolve(root, path.dirname(name), to)));
    expect(missing, name).toEqual([]);
  }
});

test("every script that the documents name exists", async () => {
  for (const name of ["README.md", "ARCHITECTURE.md", "samples/nist/README.md"]) {
    const document = await readFile(path.join(root, name), "utf8");
    const scripts = [...document.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script ?? "");
    expect(scripts.filter((script) => !(script in packageJson.scripts))).toEqual([]);
  }
});

test("a bundle with tensors is as small as is said", async () => {
  const contents =
    'import { mul, sum, tensor } from "tsgrad"; const x = tensor([1, 2]); console.log(sum(mul(x, x)).item());';
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    alias: { tsgrad: path.join(root, "runtime/index.ts") },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const made = outputFiles[0]!.contents;
  const kB = (bytes: Uint8Array): number => Math.round(bytes.length / 1000);
  expect(text).toContain(`${kB(made)} kB minified and ${kB(gzipSync(made))} kB compressed`);
});
