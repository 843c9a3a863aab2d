/** Builds that are cut off, find no room or no permission, or run while sources change: nothing is lost. */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { createFolder, tsgrad, type Folder } from "./support.ts";

const modelOf = (i: number, factor: number): string =>
  `/** @differentiable grad */\nexport function f${String(i)}(x: number): number {\n  return ${String(factor)} * x ** 2;\n}\n`;
const names = Array.from({ length: 8 }, (_, i) => `model${String(i)}`);
const write = (folder: Folder, factor: number): void => {
  for (const [i, name] of names.entries()) folder.write(`${name}.ts`, modelOf(i, factor));
};
const generated = (folder: Folder): readonly (string | undefined)[] =>
  names.map((name) => (folder.has(`${name}.grad.ts`) ? folder.read(`${name}.grad.ts`) : undefined));
const leftovers = (folder: Folder): readonly string[] => folder.list(".").filter((name) => name.endsWith(".tmp"));

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const main = path.resolve(import.meta.dirname, "../../compiler/cli/main.ts");

/** Kills a build as soon as something new stands in the folder. */
async function killedBuild(folder: Folder): Promise<void> {
  const isNew = new Set<string>();
  const watcher = fs.watch(folder.path, (_, name) => {
    if (name?.includes(".grad.ts")) isNew.add(name);
    if (isNew.size > 1) child.kill("SIGKILL");
  });
  const child = spawn(process.execPath, ["--import", tsx, main, "build"], { cwd: folder.path, stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  watcher.close();
}

test("a build that is killed leaves whole files, old ones or new ones", { timeout: 60_000 }, async () => {
  const folder = createFolder();
  write(folder, 3);
  expect((await folder.build()).status).toBe(0);
  const before = generated(folder);
  write(folder, 5);
  await killedBuild(folder);
  const between = generated(folder);
  // What was killed with a file half written has left it beside: of a process that is gone.
  const gone = spawnSync(process.execPath, ["--version"]).pid;
  folder.write(`.model3.grad.ts.${String(gone)}.tmp`, "export function f3Gr");
  expect((await folder.build()).status).toBe(0);
  const after = generated(folder);
  expect(after.every((text) => text?.includes("10 * x"))).toBe(true);
  between.forEach((text, i) => {
    expect([before[i], after[i]]).toContain(text);
  });
  expect(leftovers(folder)).toEqual([]);
});

/** Small disks, where we may make some. */
const disks: string[] = [];
function smallDisk(kilobytes: number): Folder | undefined {
  const folder = createFolder();
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${String(kilobytes)}k`, "tmpfs", folder.path]);
  if (status !== 0) return undefined;
  disks.push(folder.path);
  return folder;
}
afterAll(() => {
  for (const disk of disks) spawnSync("umount", [disk]);
});
const probe = smallDisk(16);

test.skipIf(!probe)("a full disk is an error, and the files that were there stay", async () => {
  const folder = smallDisk(96)!;
  write(folder, 3);
  expect((await folder.build()).status).toBe(0);
  const before = generated(folder);
  write(folder, 5);
  const sources = names.map((name) => folder.read(`${name}.ts`));
  const filler = path.join(folder.path, "filler");
  try {
    for (;;) fs.appendFileSync(filler, "x".repeat(4096));
  } catch {
    // It is full.
  }
  const ran = await folder.build();
  expect(ran.status).toBe(1);
  expect(ran.err).toMatch(/model0\.grad\.ts.*ENOSPC|ENOSPC.*model0\.grad\.ts/s);
  expect(ran.err).not.toMatch(/^\s+at /m);
  expect(generated(folder)).toEqual(before);
  expect(names.map((name) => folder.read(`${name}.ts`))).toEqual(sources);
  expect(leftovers(folder)).toEqual([]);
  fs.rmSync(filler);
  expect((await folder.build()).status).toBe(0);
  expect(generated(folder).every((text) => text?.includes("10 * x"))).toBe(true);
});

test.skipIf(!probe)("a folder that cannot be written to is an error, and the others are built", async () => {
  const folder = createFolder({ "good.ts": modelOf(9, 2) });
  const disk = smallDisk(64)!;
  disk.write("model0.ts", modelOf(0, 3));
  spawnSync("mount", ["-o", "remount,ro", disk.path]);
  folder.write("locked/keep", "");
  spawnSync("mount", ["--bind", disk.path, path.join(folder.path, "locked")]);
  disks.push(path.join(folder.path, "locked"));
  const ran = await folder.build();
  expect(ran.status).toBe(1);
  expect(ran.err).toMatch(/locked\/model0\.grad\.ts/);
  expect(ran.err).toMatch(/EROFS|read-only/);
  expect(ran.err).not.toMatch(/^\s+at /m);
  expect(folder.has("good.grad.ts")).toBe(true);
});

test("a source that changes during the build is built as it was or as it is, and the next build sees it", async () => {
  const folder = createFolder({ "node_modules/.keep": "" });
  write(folder, 3);
  for (const factor of [5, 7]) {
    const running = folder.build();
    await new Promise((resolve) => setImmediate(resolve));
    write(folder, factor);
    expect((await running).status).toBe(0);
    expect((await folder.build()).status).toBe(0);
    expect(generated(folder).every((text) => text?.includes(`${String(2 * factor)} * x`))).toBe(true);
    expect(tsgrad(folder.path, "build", "--check").status).toBe(0);
  }
});
