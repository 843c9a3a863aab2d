/**
 * What `// @checkpoint` promises beyond right numbers: how many snapshots there are at once, how often iterations
 * run, how long the tapes are. And that loops with it and without it have the same derivatives.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { compile } from "../compiler/index.ts";
import { load, root } from "./support/load.ts";
import { numbersIn } from "./support/values.ts";

type Generated = Readonly<Record<string, (...args: unknown[]) => unknown>>;

const folder = path.join(root, "test/checkpoint");
const project = path.join(folder, "tsconfig.json");

/** Compiles source texts under names in the folder. */
async function generate(texts: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const overlay = new Map(Object.entries(texts).map(([name, text]) => [path.join(folder, `${name}.ts`), text]));
  const { files, reports } = await compile({ cwd: folder, project, files: [...overlay.keys()], overlay });
  expect(reports.filter((report) => report.severity === "error")).toEqual([]);
  return Object.fromEntries(files.map((file) => [path.basename(file.source, ".ts"), file.text ?? ""]));
}

async function run(name: string, source: string, text: string): Promise<Generated> {
  const memory = new Map([
    [path.join(folder, `${name}.ts`), source],
    [path.join(folder, `${name}.grad.ts`), text],
  ]);
  return (await load(`checkpoint-${name}`, `export * from "./${name}.grad.ts";\n`, folder, memory)) as Generated;
}

// ---------------------------------------------------------------------------------------------
// Counts
// ---------------------------------------------------------------------------------------------

const counts = { runs: 0, snapshots: 0, longest: 0 };
const watch = {
  sin: (x: number): number => {
    counts.runs++;
    return Math.sin(x);
  },
  held: (snapshots: number): void => {
    counts.snapshots = Math.max(counts.snapshots, snapshots);
  },
  zeros: (length: number): Float64Array => {
    counts.longest = Math.max(counts.longest, length);
    return new Float64Array(length);
  },
};

/** The generated text with its iterations, snapshots and tapes reported. Only snapshots are on tapes of arrays here. */
function instrumented(text: string): string {
  return text
    .replaceAll("Math.sin(", "watch.sin(")
    .replaceAll("new Float64Array(", "watch.zeros(")
    .replace(/(\w+)\.push\(.*\);/g, "$& watch.held($1.length);")
    .concat(
      "\ndeclare const watch: { sin(x: number): number; held(n: number): void; zeros(n: number): Float64Array };\n",
    );
}

/** The least number of iterations that have to run again to reverse `steps` of them from `snapshots` snapshots. */
function leastRuns(steps: number, snapshots: number): number {
  let table = Array.from({ length: steps + 1 }, (_, n) => (n * (n - 1)) / 2);
  for (let s = 2; s <= snapshots; s++) {
    const fewer = table;
    table = [0, 0];
    for (let n = 2; n <= steps; n++) {
      let least = Infinity;
      for (let m = 1; m < n; m++) least = Math.min(least, m + fewer[n - m] + table[m]);
      table.push(least);
    }
  }
  return table[steps];
}

describe("counts", () => {
  const start = Float64Array.from({ length: 16 }, (_, i) => 0.5 + Math.cos(i) / 4);
  let generated: Generated;
  beforeAll(async () => {
    Object.assign(globalThis, { watch });
    const source = await readFile(path.join(folder, "counted.ts"), "utf8");
    const { counted } = await generate({ counted: source });
    generated = await run("counted", source, instrumented(counted));
  });
  const measured = (call: () => unknown): typeof counts => {
    Object.assign(counts, { runs: 0, snapshots: 0, longest: 0 });
    call();
    return { ...counts };
  };

  test.each([0, 1, 2, 3, 9, 10, 11, 12, 65, 66, 67, 250, 1000])("%i iterations, 10 snapshots", (steps) => {
    const { runs, snapshots, longest } = measured(() => generated.countedGrad(start, steps));
    // Once in the forward sweep, once with recording, and as often in between as the optimal schedule says.
    expect(runs).toBe(2 * steps + leastRuns(steps, 10));
    expect(snapshots).toBeLessThanOrEqual(10);
    // The tapes are of one iteration.
    expect(longest).toBeLessThanOrEqual(start.length);
  });

  test("1000 iterations use all 10 snapshots and run each at most 4 times more", () => {
    const { runs, snapshots } = measured(() => generated.countedGrad(start, 1000));
    expect(snapshots).toBe(10);
    expect(runs).toBeLessThanOrEqual(6 * 1000);
  });

  test("a pullback runs the forward sweep once, and each of its calls the rest", () => {
    const again = leastRuns(100, 10) + 100;
    let pullback: unknown;
    const first = measured(() => {
      [, pullback] = generated.countedPullback(start, 100) as unknown[];
    });
    const call = (): unknown => (pullback as (v: number) => unknown)(1);
    expect(first.runs).toBe(100);
    expect(measured(call).runs).toBe(again);
    expect(measured(call).runs).toBe(again);
  });

  test("without a number, snapshots and runs are logarithmic", () => {
    for (const steps of [1, 2, 16, 1000]) {
      const { runs, snapshots } = measured(() => generated.automaticGrad(start, steps));
      const slots = Math.ceil(Math.log2(steps)) + 1;
      expect(snapshots).toBeLessThanOrEqual(slots);
      expect(runs).toBe(2 * steps + leastRuns(steps, slots));
    }
  });
});

// ---------------------------------------------------------------------------------------------
// The same derivatives
// ---------------------------------------------------------------------------------------------

const vector = (): Float64Array => Float64Array.of(0.7, 1.1, 0.4);
const table = (): number[][] => [
  [0.7, 0.2],
  [1.1, 0.4],
  [0.3, 0.3],
];

const inputs: Readonly<Record<string, () => unknown[]>> = {
  nestedBoth: () => [vector()],
  dynInLoop: () => [vector()],
  dynSerial: () => [vector()],
  listSwap: () => [Array.from(vector())],
  exits: () => [0.8],
  doWhile: () => [0.8],
  fractional: () => [0.8],
  recursive: () => [vector()],
  gradInside: () => [0.8],
  gradInStep: () => [0.8],
  twice: () => [0.8],
  single: () => [Float32Array.from(vector())],
  writes: () => [vector(), Float64Array.of(0.3, 0.2, 0.5)],
  sums: () => [vector()],
  rows: () => [table()],
  flags: () => [vector()],
  leftEarly: () => [vector()],
  branchValues: () => [vector()],
  lastOnly: () => [vector()],
};

/** A direction with the structure of a value. */
function directionOf(value: unknown, seed = 0.5): unknown {
  if (typeof value === "number") return seed;
  if (Array.isArray(value)) return value.map((item, i) => directionOf(item, seed - 0.4 * i));
  return (value as Float64Array).map((_, i) => seed - 0.4 * i);
}

/** Everything that one mode gives and leaves, as numbers. */
function outcome(generated: Generated, name: string, mode: string, steps: number): number[] {
  const args = [...inputs[name](), steps];
  const array = Float64Array.of(0.1, -0.4, 0.7);
  const cotangent = name === "writes" ? [1.3, array] : name === "leftEarly" ? array : 1.3;
  const f = generated[name + mode];
  switch (mode) {
    case "Vjp":
      return numbersIn([f(...args, cotangent), args]);
    case "VjpInto": {
      const into = Float64Array.of(1, 2, 3);
      return numbersIn([f(...args, cotangent, into), into, args]);
    }
    case "Hvp":
      return numbersIn([f(...args, directionOf(args[0])), args]);
    case "Pullback": {
      const [value, pullback] = f(...args) as [unknown, (v: unknown) => unknown];
      const first = numbersIn([value, pullback(cotangent)]);
      for (const arg of args) if (ArrayBuffer.isView(arg)) (arg as Float64Array).fill(9);
      const kept = numbersIn(pullback(cotangent));
      expect(kept, `${name} ${String(steps)}: the pullback again`).toEqual(first.slice(first.length - kept.length));
      return kept;
    }
    default:
      return numbersIn([f(...args), args]);
  }
}

describe("the same derivatives as without checkpoints", () => {
  let checkpointed: Generated;
  let plain: Generated;
  beforeAll(async () => {
    const source = await readFile(path.join(folder, "loops.ts"), "utf8");
    const without = source.replace(/^ *\/\/ @checkpoint.*$/gm, "");
    const { loops, plain: plainText } = await generate({ loops: source, plain: without });
    expect(plainText).not.toContain("Snapshots");
    checkpointed = await run("loops", source, loops);
    plain = await run("plain", without, plainText);
  });

  test("what a body says and throws, it says and throws once", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const said = (call: () => unknown): unknown[][] => {
      log.mockClear();
      call();
      return log.mock.calls.map((call): unknown[] => [...(call as unknown[])]);
    };
    const each = [
      ["step", 0],
      ["step", 1],
      ["step", 2],
      ["step", 3],
      ["step", 4],
    ];
    expect(said(() => checkpointed.speaksVjp(0.5, 5, 1))).toEqual(each);
    expect(said(() => checkpointed.speaksHvp(0.5, 5, 1))).toEqual(each);
    const [, pullback] = checkpointed.speaksPullback(0.5, 5) as [unknown, (v: number) => unknown];
    expect(said(() => pullback(1))).toEqual([]);
    expect(said(() => expect(() => checkpointed.speaksVjp(3, 5, 1)).toThrow(new RangeError("too large")))).toEqual([
      ["step", 0],
      ["step", 1],
    ]);
    log.mockRestore();
  });

  test.each(Object.keys(inputs))("%s", (name) => {
    const modes = ["Vjp", "VjpInto", "Grad", "Pullback", "Hvp"].filter((mode) => `${name}${mode}` in checkpointed);
    expect(modes.length).toBeGreaterThan(1);
    for (const mode of modes) {
      for (const steps of [0, 1, 2, 3, 4, 5, 8, 13]) {
        const label = `${name}${mode} ${String(steps)}`;
        const expected = outcome(plain, name, mode, steps);
        const actual = outcome(checkpointed, name, mode, steps);
        expect(actual.length, label).toBe(expected.length);
        actual.forEach((value, i) => {
          const scale = 1 + Math.abs(expected[i]);
          expect(Math.abs(value - expected[i]), `${label}: number ${String(i)}`).toBeLessThanOrEqual(1e-11 * scale);
        });
      }
    }
  });
});
