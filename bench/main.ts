/**
 * Generated derivatives against hand-written ones and against the functions themselves.
 *   npm run bench                         a table
 *   npm run bench -- --json               the same as data
 *   npm run bench -- --only LSTM          the cases whose name has this in it
 *   npm run bench -- --rounds 51 --quick  more rounds; shorter samples
 */
import { parseArgs } from "node:util";
import Table from "cli-table3";
import type { Case } from "./cases/case.ts";
import { allCases } from "./cases/index.ts";
import { firstCall } from "./first-call.ts";
import { allocatedBytes, alternate, geometricMean, ratio, spread } from "./measure.ts";
import type { Spread } from "./measure.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    rounds: { type: "string", default: "31" },
    quick: { type: "boolean", default: false },
  },
});

interface Row {
  readonly name: string;
  readonly size: string;
  /** Milliseconds of one call. */
  readonly primalMs: number;
  readonly generatedMs: number;
  readonly handMs: number;
  readonly generatedToPrimal: Spread;
  readonly handToPrimal: Spread;
  readonly generatedToHand: Spread;
  /** Bytes of typed arrays and of pushed numbers made by one call beyond those of the gradient itself. */
  readonly generatedBytes: number;
  readonly handBytes: number;
  readonly goal?: number;
  readonly goalToHand?: number;
}

/** The greatest difference relative to the size of the numbers that two gradients may have. */
const agreement = 1e-9;
/** Of the geometric mean of gradient/primal. */
const meanGoal = 3;
/** Of the first call in a new process, in milliseconds. */
const firstCallGoal = 5;

const rows: Row[] = [];
for (const one of allCases("measured")) {
  if (!one.name.toLowerCase().includes(values.only.toLowerCase())) continue;
  if (!values.json) process.stderr.write(`${one.name}, ${one.size} …\n`);
  const wrong = disagreement(one);
  if (wrong === undefined) rows.push(measured(one));
  else {
    console.error(wrong);
    process.exitCode = 1;
  }
}
const mean = geometricMean(rows.map((row) => row.generatedToPrimal.median));
const first = values.only === "" ? firstCall(15) : undefined;
if (values.json)
  console.log(JSON.stringify({ node: process.version, rows, geometricMean: mean, firstCallMs: first }, undefined, 2));
else console.log(table(rows, mean));
if (!values.json && first !== undefined)
  console.log(
    `first call in a new process, classifier 10-64-10: ${shown(first)} ms ${goal(first.median, firstCallGoal)}`,
  );

/** Why two gradients are not the same, if they are not: then times say nothing. */
function disagreement(one: Case): string | undefined {
  const generated = one.gradient(one.generated());
  const hand = one.gradient(one.hand());
  const scale = Math.max(1e-300, ...chunks(hand));
  const apart = hand.findIndex(
    (x, i) => !(Math.abs(x - (generated[i] ?? Number.NaN)) <= (one.agreement ?? agreement) * scale),
  );
  if (apart === -1 && generated.length === hand.length) return undefined;
  return `${one.name}: gradients differ at ${String(apart)}: generated ${String(generated[apart])}, by hand ${String(hand[apart])}`;
}

/** Greatest sizes of pieces that are short enough to be arguments. */
function chunks(numbers: readonly number[]): number[] {
  const most: number[] = [];
  for (let at = 0; at < numbers.length; at += 1000) most.push(Math.max(...numbers.slice(at, at + 1000).map(Math.abs)));
  return most;
}

function measured(one: Case): Row {
  const options = { rounds: Number(values.rounds), sampleMs: values.quick ? 2 : 10 };
  const [primal = [], generated = [], hand = []] = alternate([one.primal, one.generated, one.hand], options);
  const results = 8 * one.gradient(one.hand()).length;
  return {
    name: one.name,
    size: one.size,
    primalMs: spread(primal).median,
    generatedMs: spread(generated).median,
    handMs: spread(hand).median,
    generatedToPrimal: ratio(generated, primal),
    handToPrimal: ratio(hand, primal),
    generatedToHand: ratio(generated, hand),
    generatedBytes: Math.max(0, allocatedBytes(one.generated) - results),
    handBytes: Math.max(0, allocatedBytes(one.hand) - results),
    ...(one.goal === undefined ? {} : { goal: one.goal }),
    ...(one.goalToHand === undefined ? {} : { goalToHand: one.goalToHand }),
  };
}

function table(all: readonly Row[], geometric: number): string {
  const lines = new Table({
    head: [
      "case",
      "size",
      "primal ms",
      "gradient/primal",
      "goal",
      "by hand/primal",
      "generated/by hand",
      "goal",
      "tape",
      "tape by hand",
    ],
    style: { head: [], border: [] },
  });
  for (const row of all) {
    lines.push([
      row.name,
      row.size,
      row.primalMs.toPrecision(3),
      shown(row.generatedToPrimal),
      goal(row.generatedToPrimal.median, row.goal),
      shown(row.handToPrimal),
      shown(row.generatedToHand),
      goal(row.generatedToHand.median, row.goalToHand),
      bytes(row.generatedBytes),
      bytes(row.handBytes),
    ]);
  }
  const note =
    "Medians of pairwise ratios, with tenth and ninetieth percentile; tape: bytes of typed arrays and of pushed numbers beyond the gradient's own.";
  return `${lines.toString()}\n${note}\ngradient/primal, geometric mean: ${geometric.toFixed(2)} (goal: at most ${String(meanGoal)})`;
}

function shown(value: Spread): string {
  return `${value.median.toFixed(2)} (${value.low.toFixed(2)}-${value.high.toFixed(2)})`;
}

function goal(value: number, most: number | undefined): string {
  if (most === undefined) return "";
  return `${value <= most ? "met" : "missed"}: ${String(Math.round(most * 100) / 100)}`;
}

function bytes(n: number): string {
  if (n < 1024) return `${String(n)} B`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`;
}
