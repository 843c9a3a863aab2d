/** What the benchmarks compute is right: by hand, generated, and against stored results of GradBench. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { reprojectionRows } from "../bench/hand/ba.ts";
import { gmmGrad as gmmByHand } from "../bench/hand/gmm.ts";
import { lstmLossGrad as lstmByHand } from "../bench/hand/lstm.ts";
import { allCases } from "../bench/cases/index.ts";
import { numbersOf } from "../bench/cases/case.ts";
import type { Case } from "../bench/cases/case.ts";
import { generatedRows } from "../bench/cases/ba-rows.ts";
import { allocatedBytes, alternate, ratio } from "../bench/measure.ts";
import { reprojectionError, weightError } from "../bench/src/ba.ts";
import { weightErrorGrad } from "../bench/src/ba.grad.ts";
import { gmm } from "../bench/src/gmm.ts";
import { gmmGrad } from "../bench/src/gmm.grad.ts";
import { lstmLoss } from "../bench/src/lstm.ts";
import { lstmLossGrad } from "../bench/src/lstm.grad.ts";

function close(actual: readonly number[], expected: readonly number[], tolerance = 1e-9): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  actual.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!), `[${i}]: ${x} and ${expected[i]!}`).toBeLessThanOrEqual(tolerance * scale);
  });
}

/** The derivative of a case's check along one direction, by differences of fourth order. */
function slope(one: Case, direction: readonly (Float64Array | number)[]): number {
  const at = (h: number): number =>
    one.check.value(
      one.check.point.map((p, i) => {
        const d = direction[i]!;
        return typeof p === "number" ? p + h * (d as number) : p.map((x, j) => x + h * (d as Float64Array)[j]!);
      }),
    );
  const h = 1e-4;
  const fine = (at(h) - at(-h)) / (2 * h);
  const coarse = (at(2 * h) - at(-2 * h)) / (4 * h);
  return (4 * fine - coarse) / 3;
}

describe.each(allCases("small").map((one) => [one.name, one] as const))("%s", (_, one) => {
  const direction = one.check.point.map((p, i) =>
    typeof p === "number" ? Math.cos(i + 1) : p.map((_x, j) => Math.sin(i + 2 * j + 1)),
  );
  const along = (gradient: readonly number[]): number => {
    const own = one.check.combine?.(gradient) ?? gradient;
    return own.reduce((sum, g, i) => sum + g * numbersOf(direction)[i]!, 0);
  };

  test("the adjoint by hand agrees with differences", () => {
    close([along(one.gradient(one.hand()))], [slope(one, direction)]);
  });

  test("the generated gradient agrees with the one by hand", () => {
    close(one.gradient(one.generated()), one.gradient(one.hand()), 1e-11);
  });
});

interface Example<Input> {
  readonly function: string;
  readonly input: Input;
  readonly output: unknown;
}

interface Stored<Input> {
  readonly cases: readonly Example<Input>[];
}

function stored(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../bench/data/${name}.json`, import.meta.url), "utf8"));
}

const flat = (rows: readonly (readonly number[])[]): Float64Array => Float64Array.from(rows.flat());

interface GmmInput {
  alpha: number[];
  mu: number[][];
  q: number[][];
  l: number[][];
  x: number[][];
  m: number;
  gamma: number;
}

test.each((stored("gmm") as Stored<GmmInput>).cases)(
  "GMM: $function of GradBench's example",
  ({ function: name, input, output }) => {
    const { alpha, mu, q, l, x, m, gamma } = input;
    const args = [Float64Array.from(alpha), flat(mu), flat(q), flat(l), flat(x), m, gamma] as const;
    if (name === "objective") {
      close([gmm(...args)], [output as number], 1e-12);
      return;
    }
    const expected = output as { alpha: number[]; mu: number[][]; q: number[][]; l: number[][] };
    const wanted = [...expected.alpha, ...expected.mu.flat(), ...expected.q.flat(), ...expected.l.flat()];
    close(numbersOf(gmmGrad(...args)), wanted, 1e-11);
    close(numbersOf(gmmByHand(...args)), wanted, 1e-11);
  },
);

interface LstmInput {
  main_params: number[][];
  extra_params: number[][];
  state: number[][];
  sequence: number[][];
}

test.each((stored("lstm") as Stored<LstmInput>).cases)(
  "LSTM: $function of GradBench's example",
  ({ function: name, input, output }) => {
    const layers = input.state.length / 2;
    const bits = input.state[0]!.length;
    const [main, extra, state, sequence] = [input.main_params, input.extra_params, input.state, input.sequence].map(
      flat,
    );
    const args = [main!, extra!, state!, sequence!, layers, bits] as const;
    if (name === "objective") {
      close([lstmLoss(...args)], [output as number], 1e-12);
      return;
    }
    close(numbersOf(lstmLossGrad(...args)), output as number[], 1e-11);
    close(numbersOf(lstmByHand(...args)), output as number[], 1e-11);
  },
);

interface BundleInput {
  n: number;
  m: number;
  p: number;
  cam: number[];
  x: number[];
  w: number;
  feat: number[];
}

test.each((stored("ba") as Stored<BundleInput>).cases)(
  "bundle adjustment: $function of GradBench's example",
  ({ function: name, input, output }) => {
    const camera = Float64Array.from(input.cam);
    const point = Float64Array.from(input.x);
    const feature = Float64Array.from(input.feat);
    if (name === "objective") {
      const expected = output as { reproj_error: { elements: number[] }; w_err: { element: number } };
      close(numbersOf(reprojectionError(camera, point, input.w, feature)), expected.reproj_error.elements, 1e-11);
      close([weightError(input.w)], [expected.w_err.element], 1e-12);
      return;
    }
    // The example has the first 30 values, which are the two rows of observation 0, and the last one.
    const expected = (output as { vals: number[] }).vals;
    for (const rows of [generatedRows, reprojectionRows]) {
      const out = new Float64Array(30);
      rows(camera, point, input.w, feature, out, 0);
      close(numbersOf(out), expected.slice(0, 30), 1e-10);
    }
    close([weightErrorGrad(input.w)], expected.slice(30), 1e-12);
  },
);

test("the harness times in turn and counts what is allocated", () => {
  const samples = alternate([() => 1, () => 2], { rounds: 3, sampleMs: 0.01 });
  expect(samples.map((row) => row.length)).toEqual([3, 3]);
  expect(ratio([2, 4, 6], [1, 2, 3]).median).toBe(2);
  expect(allocatedBytes(() => new Float64Array(10).slice(0, 5))).toBe(120);
  expect(allocatedBytes(() => new Float64Array(10).subarray(2))).toBe(80);
  expect(allocatedBytes(() => [1].push(2, 3))).toBe(16);
});
