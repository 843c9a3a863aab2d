import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildModule, type BuiltModule } from "../support/build.ts";
import { derivativeOf, mismatch } from "../support/differences.ts";
import { minimise } from "../support/least-squares.ts";
import { root } from "../support/load.ts";
import { checkFunction } from "../support/numbers.ts";
import { seeded } from "../support/random.ts";
import { specsOf } from "../support/spec.ts";
import { isTensor } from "../support/values.ts";
import * as jacobians from "./mgh.jacobians.ts";
import { problems, type Problem } from "./mgh.problems.ts";
import * as residuals from "./mgh.ts";

const folder = path.join(root, "test/problems");
const byName = residuals as Readonly<Record<string, (x: Float64Array) => Float64Array>>;
const byHand = jacobians as Readonly<Record<string, (x: ArrayLike<number>) => number[][]>>;
const specs = specsOf(await readFile(path.join(folder, "mgh.ts"), "utf8"), {});
const entries = Object.entries(problems);

/** The standard start and two points near it. */
function points(name: string, { start }: Problem): Float64Array[] {
  const random = seeded(name.length);
  const near = (): Float64Array =>
    Float64Array.from(start, (t) => t + 0.1 * (Math.abs(t) + 0.1) * (random.uniform() - 0.5));
  return [Float64Array.from(start), near(), near()];
}

test("every problem has residuals and a Jacobian", () => {
  expect(Object.keys(byName).sort()).toEqual(Object.keys(problems).sort());
  expect(Object.keys(byHand).sort()).toEqual(Object.keys(problems).sort());
});

describe.each(entries)("the formulas of %s", (name, problem) => {
  test("the Jacobian by hand agrees with differences", () => {
    for (const x of points(name, problem)) {
      const rows = byHand[name](x);
      x.forEach((_, j) => {
        const size = Math.max(Math.abs(x[j]), 0.1);
        const column = derivativeOf((t) => [...byName[name](x.with(j, x[j] + t * size))]);
        const hand = rows.map((row) => row[j] * size);
        expect(mismatch(hand, column.value, 1e-8, `column ${String(j)}`)).toBeUndefined();
      });
    }
  });

  test("the quoted minimum is reached", () => {
    if (problem.minimiser !== undefined) {
      const f = byName[name](Float64Array.from(problem.minimiser));
      const sum = f.reduce((total, r) => total + r * r, 0);
      expect(Math.abs(sum - problem.minima[0])).toBeLessThan(1e-14 * Math.max(problem.minima[0], 1e-5));
    }
    const reached = minimise(
      (x) => [...byName[name](Float64Array.from(x))],
      byHand[name],
      problem.nearer ?? problem.start,
    );
    const gaps = problem.minima.map((minimum) => Math.abs(reached - minimum) / Math.max(minimum, 1e-5));
    expect(Math.min(...gaps)).toBeLessThan(1e-5);
  });
});

describe("generated derivatives", () => {
  let built: BuiltModule<typeof byName>;
  beforeAll(async () => {
    built = await buildModule(path.join(folder, "mgh.ts"), path.join(folder, "tsconfig.json"));
  }, 60_000);

  test("compile without errors", () => {
    expect(built.errors).toEqual([]);
  });

  test.each(entries)("%s", (name, problem) => {
    const spec = specs.find((candidate) => candidate.name === name);
    if (spec === undefined) throw new Error("not annotated");
    for (const x of points(name, problem)) {
      const hand = byHand[name](x);
      const made = built.generated[`${name}Jacobian`](x.slice());
      expect(isTensor(made) ? [...made.shape] : made).toEqual([hand.length, x.length]);
      const numbers = isTensor(made) ? [...made.data] : [];
      expect(mismatch(numbers, hand.flat(), 1e-10, "Jacobian")).toBeUndefined();
      expect(checkFunction(spec, built.source[name] as never, built.generated, () => [x.slice()])).toEqual([]);
    }
  });
});
