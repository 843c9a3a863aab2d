/**
 * How long the command line takes for a large project: everything, one changed file while it watches, and a check.
 *   npm run bench:project                        1,000 functions in 200 files
 *   npm run bench:project -- --files 20 --json   another size; as data
 */
import { fork, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { spread } from "../measure.ts";
import { makeProject } from "./sources.ts";

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "200" },
    functions: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../../", import.meta.url));
const command = path.join(root, "dist/compiler/cli/main.js");
const size = { files: Number(values.files), functionsPerFile: Number(values.functions) };
const rounds = Number(values.rounds);

/** Milliseconds, and megabytes of the process at its largest. */
interface Run {
  readonly ms: number;
  readonly megabytes: number;
}

interface Row {
  readonly what: string;
  readonly ms: number;
  readonly goalMs?: number;
  readonly megabytes?: number;
}

/** Says how large the process was. */
const tellSize = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process.send?.(process.resourceUsage().maxRSS));',
)}`;

const folder = mkdtempSync(path.join(tmpdir(), "tsgrad-project-"));
try {
  for (const [name, text] of makeProject(size)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(root, path.join(folder, "node_modules/tsgrad"));
  show(await measure());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<readonly Row[]> {
  const cold: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    rmSync(path.join(folder, "node_modules/.cache"), { recursive: true, force: true });
    cold.push(await run("build"));
  }
  const check: Run[] = [];
  for (let round = 0; round < rounds; round++) check.push(await run("build", "--check"));
  const middle = (runs: readonly Run[], part: keyof Run): number => spread(runs.map((each) => each[part])).median;
  const [own = [], shared = []] = await watchChanges(["src/model7.ts", "src/model0.ts"]);
  return [
    { what: "everything, cold", ms: middle(cold, "ms"), goalMs: 15_000, megabytes: middle(cold, "megabytes") },
    { what: "one file changed, watching", ms: spread(own).median, goalMs: 400 },
    { what: "one that seven others import", ms: spread(shared).median },
    { what: "check, nothing changed", ms: middle(check, "ms"), goalMs: 2000, megabytes: middle(check, "megabytes") },
  ];
}

/** Runs the command once; it has to succeed. */
async function run(...args: readonly string[]): Promise<Run> {
  const begin = performance.now();
  const child = start(args);
  let megabytes = 0;
  child.on("message", (kilobytes) => (megabytes = Number(kilobytes) / 1024));
  const status = await new Promise((resolve) => child.once("close", resolve));
  if (status !== 0) throw new Error(`tsgrad ${args.join(" ")} ended with ${String(status)}`);
  return { ms: performance.now() - begin, megabytes };
}

/** For each of some files, the milliseconds from saving a change of it to the generated files, written. */
async function watchChanges(files: readonly string[]): Promise<readonly (readonly number[])[]> {
  const child = start(["build", "--watch"]);
  try {
    await said(child, /Watching for changes/);
    const times: number[][] = [];
    for (const name of files) {
      const file = path.join(folder, name);
      const own: number[] = [];
      for (let round = 0; round < rounds + 2; round++) {
        const text = readFileSync(file, "utf8").replace(
          /0\.5 \* volatility|0\.5\d+ \* volatility/,
          `0.5${String(round)} * volatility`,
        );
        const begin = performance.now();
        writeFileSync(file, text);
        await said(child, /\d+ files? written/);
        own.push(performance.now() - begin);
      }
      times.push(own);
    }
    return times;
  } finally {
    child.kill();
  }
}

function start(args: readonly string[]): ChildProcess {
  return fork(command, [...args], {
    cwd: folder,
    execArgv: ["--import", tellSize],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
}

/** Waits until a process says something. */
function said(child: ChildProcess, what: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    const listen = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!what.test(text)) return;
      child.stdout?.off("data", listen);
      child.off("exit", fail);
      resolve();
    };
    const fail = (): void => {
      reject(new Error(`tsgrad ended: ${text}`));
    };
    child.stdout?.on("data", listen);
    child.once("exit", fail);
  });
}

function show(rows: readonly Row[]): void {
  if (values.json) {
    console.log(JSON.stringify({ ...size, rows }, undefined, 2));
    return;
  }
  const table = new Table({ head: ["task", "seconds", "MB", "goal"] });
  for (const { what, ms, goalMs, megabytes } of rows) {
    const goal = goalMs === undefined ? "" : `${ms <= goalMs ? "met" : "missed"}: ${String(goalMs / 1000)}`;
    table.push([what, (ms / 1000).toFixed(2), megabytes?.toFixed(0) ?? "", goal]);
  }
  console.log(table.toString());
  const { files, functionsPerFile } = size;
  console.log(
    `${String(files * functionsPerFile)} functions in ${String(files)} files; the goals are for 1,000 in 200.`,
  );
}
