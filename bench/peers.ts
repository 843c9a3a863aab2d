/**
 * Derivatives of tensors by tsgrad and by other libraries, one after the other in one run.
 *   npm run bench:peers                        a table; installs the libraries into bench/peers when they are absent
 *   npm run bench:peers -- --json              the same as data
 *   npm run bench:peers -- --only classifier   the problems whose name has this in it
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { tsgrad } from "./peers/own.ts";
import { type Library, problems } from "./peers/problems.ts";
import { alternate, spread } from "./measure.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    rounds: { type: "string", default: "11" },
  },
});

const folder = fileURLToPath(new URL("peers", import.meta.url));
if (!existsSync(`${folder}/node_modules`)) {
  console.error("installing the other libraries into bench/peers …");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
}

async function others(file: string): Promise<readonly Library[]> {
  const url = new URL(`peers/${file}`, import.meta.url).href;
  return ((await import(url)) as { readonly libraries: () => Promise<readonly Library[]> }).libraries();
}

const libraries = [
  tsgrad("float64"),
  tsgrad("float32"),
  ...(await others("tfjs.mjs")),
  ...(await others("jax.mjs")),
  ...(await others("rose.mjs")),
];

/** How far results may be apart, relative to the size of the numbers: by rounding in float64, or in float32. */
const [exactly, nearly] = [1e-9, 1e-4];

function disagreement(given: readonly number[], wanted: readonly number[], tolerance: number): string | undefined {
  if (given.length !== wanted.length) return `${given.length} numbers for ${wanted.length}`;
  const scale = Math.max(1e-300, ...chunksOf(wanted));
  const apart = wanted.findIndex((x, i) => !(Math.abs(x - given[i]!) <= tolerance * scale));
  return apart === -1 ? undefined : `number ${apart} is ${given[apart]!} for ${wanted[apart]!}`;
}

/** The greatest absolute values of parts of a list: `Math.max` takes only so many arguments. */
function chunksOf(all: readonly number[]): number[] {
  return Array.from({ length: Math.ceil(all.length / 10_000) }, (_, k) =>
    all.slice(k * 10_000, (k + 1) * 10_000).reduce((most, x) => Math.max(most, Math.abs(x)), 0),
  );
}

interface Row {
  readonly problem: string;
  /** Milliseconds of one call, by library; of those that solve the problem. */
  readonly times: Readonly<Record<string, number>>;
}

const rows: Row[] = [];
for (const problem of problems) {
  if (!problem.name.includes(values.only)) continue;
  if (!values.json) process.stderr.write(`${problem.name} …\n`);
  const runs: { readonly name: string; readonly run: () => unknown }[] = [];
  let wanted: readonly number[] | undefined;
  for (const library of libraries) {
    const run = await problem.solvedBy(library);
    if (run === undefined) continue;
    const given = run().flatMap((result) => Array.from(result));
    wanted ??= given;
    const wrong = disagreement(given, wanted, library.exact === true ? exactly : nearly);
    if (wrong === undefined) runs.push({ name: library.name, run });
    else {
      console.error(`${problem.name}: ${library.name} gives something else, and is left out: ${wrong}`);
      process.exitCode = 1;
    }
  }
  const samples = alternate(
    runs.map(({ run }) => run),
    { rounds: Number(values.rounds), sampleMs: 20 },
  );
  const times = Object.fromEntries(runs.map(({ name }, k) => [name, spread(samples[k]!).median]));
  rows.push({ problem: problem.name, times });
}

function shown(ms: number | undefined, first: number): string {
  if (ms === undefined) return "—";
  return `${ms < 1 ? `${(1000 * ms).toPrecision(3)} µs` : `${ms.toPrecision(3)} ms`}\n${(ms / first).toPrecision(3)} ×`;
}

if (values.json) console.log(JSON.stringify({ node: process.version, rows }, undefined, 2));
else {
  const names = libraries.map(({ name }) => name);
  const table = new Table({
    head: ["one call, and its ratio to the first", ...names],
    style: { head: [], border: [] },
  });
  for (const { problem, times } of rows) {
    const first = times[names[0]!] ?? Number.NaN;
    table.push([problem, ...names.map((name) => shown(times[name], first))]);
  }
  console.log(table.toString());
}
