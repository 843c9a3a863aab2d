/**
 * The fuzzer's command line:
 *   npm run fuzz -- --count 100000 --seed 7      programs to run, and where to begin
 *   npm run fuzz -- --only 123 --seed 7          one program, shown and judged
 *   npm run fuzz -- --language core              numbers and arrays; without it, `all`: data and functions of every kind too;
 *                                                `flows`: more ways for memory to go as well; `dense`: statements over
 *                                                memory that is under several names, in nested loops; `checkpoints`:
 *                                                loops under `// @checkpoint`; `functions`: functions as values of
 *                                                every kind, and classes; `holders`: data of every kind in everything
 *                                                that may hold it, handed on and changed
 *   npm run fuzz -- --patience 5                 time limits five times as long, for a machine that is busy
 *   npm run fuzz -- --stats --count 2000         how often each construct occurs; nothing is compiled
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { generate, languages } from "./generate.ts";
import type { Language } from "./generate.ts";
import { judgeApart, setPatience, stopWorker } from "./apart.ts";
import { printProgram } from "./print.ts";
import { describe, emptySummary, keyOf, refusals, runBatch, shrink } from "./session.ts";
import type { FoundProgram, Summary } from "./session.ts";
import { statistics } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    from: { type: "string", default: "0" },
    seed: { type: "string" },
    language: { type: "string", default: "all" },
    batch: { type: "string", default: "50" },
    only: { type: "string" },
    stats: { type: "boolean", default: false },
    refused: { type: "boolean", default: false },
    out: { type: "string", default: "out/fuzz" },
    "shrink-seconds": { type: "string", default: "60" },
    patience: { type: "string", default: "1" },
  },
});

const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed);
const count = Number(values.count);
const from = Number(values.from);
const language = languageOf(values.language);
setPatience(Number(values.patience));

if (values.stats) {
  console.log(statistics(Array.from({ length: count }, (_, i) => generate(seed, from + i, language))));
} else if (values.only !== undefined) {
  const program = generate(seed, Number(values.only), language);
  console.log(await pretty(printProgram(program, "p")));
  console.log((await judgeApart([program]))[0]);
} else {
  process.exitCode = await run();
}

stopWorker();

function languageOf(name: string): Language {
  const language = languages.find((one) => one === name);
  if (language === undefined) throw new Error(`--language is one of ${languages.join(", ")}, not ${name}`);
  return language;
}

async function pretty(text: string): Promise<string> {
  return format(text, { parser: "typescript", printWidth: 120 });
}

async function run(): Promise<number> {
  const summary = emptySummary();
  const batch = Number(values.batch);
  const started = performance.now();
  /** Findings of one kind beyond the second are counted, not shrunk. */
  const seen = new Map<string, number>();
  console.log(`seed ${String(seed)}, language ${language}, programs ${String(from)} to ${String(from + count - 1)}`);
  for (let at = 0; at < count; at += batch) {
    const fresh = await runBatch(judgeApart, language, seed, from + at, Math.min(batch, count - at), summary);
    for (const found of fresh) await report(found, seen);
    const seconds = (performance.now() - started) / 1000;
    const line = `${String(summary.ran)} of ${String(count)}: ${short(summary)}, ${seconds.toFixed(0)} s`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
    else if ((at / batch) % 10 === 0) console.log(line);
  }
  console.log(`\n${await full(summary)}`);
  return summary.found.length > 0 ? 1 : 0;
}

async function report(found: FoundProgram, seen: Map<string, number>): Promise<void> {
  const key = keyOf(found);
  const times = (seen.get(key) ?? 0) + 1;
  seen.set(key, times);
  if (times > 2) return;
  console.log(`\nfound ${found.kind} in program ${String(found.index)}: ${found.message}\nshrinking …`);
  const small = await shrink(judgeApart, found, Number(values["shrink-seconds"]) * 1000);
  const text = await pretty(describe(small, seed));
  await mkdir(values.out, { recursive: true });
  const file = join(values.out, `${found.kind.replaceAll(" ", "-")}-${String(seed)}-${String(found.index)}.ts`);
  await writeFile(file, text);
  console.log(`${text}saved as ${file}`);
}

function short(summary: Summary): string {
  return `${String(summary.fine)} fine, ${String(refusals(summary))} refused, ${String(summary.found.length)} found`;
}

async function full(summary: Summary): Promise<string> {
  const { checked } = summary;
  const lines = [
    `ran ${String(summary.ran)}: ${short(summary)} (seed ${String(seed)}, language ${language})`,
    `points ${String(checked.points)}, of these with differences ${String(checked.differences)}, with zero gradient ${String(checked.flat)}; ` +
      `second order ${String(checked.second)}; left out as too large ${String(checked.wild)}; threw ${String(checked.threw)}`,
  ];
  for (const [code, entries] of summary.refused) {
    lines.push(
      `refused with ${code}: ${String(entries.length)}, e.g. program ${String(entries[0]?.index)}: ${entries[0]?.message ?? ""}`,
    );
    if (!values.refused || entries[0] === undefined) continue;
    const small = await shrink(judgeApart, entries[0], Number(values["shrink-seconds"]) * 1000);
    lines.push(await pretty(describe(small, seed)));
  }
  for (const [reason, times] of summary.recorded) lines.push(`recorded ${String(times)} times: ${reason}`);
  const kinds = new Map<string, number[]>();
  for (const found of summary.found) kinds.set(keyOf(found), [...(kinds.get(keyOf(found)) ?? []), found.index]);
  for (const [key, indexes] of kinds)
    lines.push(`found ${key}: ${String(indexes.length)}, programs ${indexes.slice(0, 10).join(" ")}`);
  return lines.join("\n");
}
