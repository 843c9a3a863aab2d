import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { watch } from "../../compiler/cli/watch.ts";
import { createFolder, type Folder } from "./support.ts";

const derived = (name: string, body: string, head = ""): string =>
  `${head}/** @differentiable grad */\nexport function ${name}(x: number): number {\n  return ${body};\n}\n`;

let running: { stop(): Promise<void> } | undefined;

/** Starts watching; `said` has what was printed since it was asked last. */
function start(folder: Folder): { said(): string; until(text: RegExp): Promise<string> } {
  let out = "";
  const stopper = new AbortController();
  const terminal = {
    cwd: folder.path,
    colored: false,
    interactive: false,
    out: (text: string) => void (out += text),
    err: (text: string) => void (out += text),
  };
  const ended = watch([], {}, terminal, stopper.signal);
  running = {
    async stop() {
      stopper.abort();
      expect(await ended).toBe(0);
    },
  };
  const said = (): string => {
    const text = out;
    out = "";
    return text;
  };
  const until = async (text: RegExp): Promise<string> => {
    await expect.poll(() => out, { timeout: 20_000, interval: 20 }).toMatch(text);
    return said();
  };
  return { said, until };
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

test("only what a change concerns is built again: sources, and those that lead to it", async () => {
  const folder = createFolder({
    "helper.ts": "export const twice = (x: number): number => 2 * x;\n",
    "a.ts": derived("a", "twice(x) * x", 'import { twice } from "./helper.ts";\n\n'),
    "b.ts": derived("b", "x * x"),
    "c.ts": derived("c", "aGrad(x) * x", 'import { aGrad } from "./a.grad.ts";\n\n'),
  });
  const watching = start(folder);
  expect(await watching.until(/Watching/)).toContain("3 files written");
  folder.write("b.ts", derived("b", "x ** 3"));
  expect(await watching.until(/ s\.\n/)).toMatch(/^1 file written, 1 function/);
  expect(folder.read("b.grad.ts")).toContain("3 * x");
  folder.write("helper.ts", "export const twice = (x: number): number => 3 * x;\n");
  expect(await watching.until(/ s\.\n/)).toMatch(/^2 files written, 2 functions/);
  expect(folder.read("a.grad.ts")).toContain("3 * x");
}, 60_000);

test("an error is told, the last good file stays, and the next change is tried again", async () => {
  const folder = createFolder({ "a.ts": derived("a", "x * x") });
  const watching = start(folder);
  await watching.until(/Watching/);
  const before = folder.read("a.grad.ts");
  folder.write("a.ts", derived("a", "eval(String(x))"));
  expect(await watching.until(/ s\.\n/)).toMatch(/a\.ts:3:\d+ - error TG\d+/);
  expect(folder.read("a.grad.ts")).toBe(before);
  folder.write("a.ts", derived("a", "missing(x)", 'import { missing } from "./later.ts";\n\n'));
  expect(await watching.until(/ s\.\n/)).toContain("TG2001");
  folder.write("later.ts", "export const missing = (x: number): number => x ** 4;\n");
  expect(await watching.until(/ s\.\n/)).toContain("1 file written");
  expect(folder.read("a.grad.ts")).toContain("4 * x");
}, 60_000);

test("new sources are found, and a change of the tsconfig concerns all", async () => {
  const folder = createFolder({
    "tsconfig.json": '{ "compilerOptions": { "strict": true, "target": "es2022" } }',
    "a.ts": derived("a", "x * x"),
  });
  const watching = start(folder);
  await watching.until(/Watching/);
  folder.write("b.ts", "export const nothing = 1;\n" + derived("b", "x ** 3"));
  expect(await watching.until(/ s\.\n/)).toContain("1 file written, 1 unchanged");
  fs.writeFileSync(path.join(folder.path, "tsconfig.json"), '{ "compilerOptions": { "target": "es2022" } }');
  expect(await watching.until(/ s\.\n/)).toContain("2 unchanged");
}, 60_000);
