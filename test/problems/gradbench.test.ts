/** GradBench's own examples: values and derivatives of its reference programs. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { buildModule, type BuiltModule } from "../support/build.ts";
import { mismatch } from "../support/differences.ts";
import { root } from "../support/load.ts";
import { numbersIn } from "../support/values.ts";
import type * as gradbench from "./gradbench.ts";

type Input = Record<string, never>;
type Answer = (functionName: string, input: Input) => unknown;

interface Case {
  readonly function: string;
  readonly input: Input;
  readonly output: unknown;
}

let built: BuiltModule<typeof gradbench>;
beforeAll(async () => {
  built = await buildModule(
    path.join(root, "test/problems/gradbench.ts"),
    path.join(root, "test/problems/tsconfig.json"),
  );
}, 120_000);

const floats = (x: readonly number[]): Float64Array => Float64Array.from(x);
const units = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => +(i === j)));
const call = (name: string, ...args: unknown[]): unknown => built.generated[name]!(...args);

/** The gradient by forward mode, a direction at a time. */
const forward =
  (name: string, ...others: unknown[]) =>
  (x: number[]): number[] =>
    units(x.length).map((unit) => (call(name, x, ...others, unit) as [number, number])[1]);

/** The value that a derivative gives: \`grad\` in the function itself runs only when it is built. */
const valueOf =
  (name: string, ...others: unknown[]) =>
  (x: number[]): number =>
    (call(name, x, ...others, undefined) as [number, number])[0];

function argmin(name: string, isForward: boolean, start: number[], ...others: number[][]): number[] {
  const slope = isForward
    ? forward(`${name}Jvp`, ...others)
    : (x: number[]): number[] => call(`${name}Grad`, x, ...others) as number[];
  return built.source.argmin(valueOf(`${name}Jvp`, ...others), slope, start);
}

const answers: Readonly<Record<string, Answer>> = {
  llsq: (name, { x, n }) => (name === "primal" ? built.source.llsq(floats(x), n) : call("llsqGrad", floats(x), n)),
  lse: (name, { x }) => (name === "primal" ? built.source.lse(x) : call("lseGrad", x)),
  det: (name, { A, ell }) => (name === "primal" ? built.source.det(floats(A), ell) : call("detGrad", floats(A), ell)),
  ode: (name, { x, s }) => (name === "primal" ? built.source.ode(floats(x), s) : call("odeLastGrad", floats(x), s)),
  kmeans: (name, { points, centroids }) => {
    if (name === "cost") return built.source.kmeans(points, centroids);
    const ones = (centroids as number[][]).map((row) => row.map(() => 1));
    const slopes = numbersIn(call("kmeansGrad", points, centroids));
    const [, bends] = call("kmeansHvp", points, centroids, ones) as [number, number[][]];
    const diagonal = bends.flat();
    return slopes.map((slope, i) => slope / diagonal[i]!);
  },
  particle: (name, { w }) => argmin(name.endsWith("r") ? "flightR" : "flightF", name.startsWith("f"), [w])[0],
  saddle: (name, { start }) => {
    const x = argmin(name.endsWith("r") ? "bestReplyR" : "bestReplyF", name.startsWith("f"), start, start);
    const y = built.source.argmin(
      ([a, b]) => a! * a! + b! * b!,
      (at) => at.map((each) => 2 * each),
      start,
    );
    return [...x, ...y];
  },
  ht: (name, { theta, data, us }) => {
    if (name === "objective") return built.source.hand(floats(theta), data, us);
    const [towardsTheta, towardsUs] = (call("handJacobian", floats(theta), data, us) as { data: Float64Array }[]).map(
      (tensor) => [...tensor.data],
    );
    const count = (us as number[][]).length;
    const rows = towardsTheta!.length / 26;
    return Array.from({ length: rows }, (_, row) => {
      const own = row * 2 * count + 2 * Math.floor(row / 3);
      const ofOwn = count === 0 ? [] : towardsUs!.slice(own, own + 2);
      return [...ofOwn, ...towardsTheta!.slice(row * 26, row * 26 + 26)];
    });
  },
};

test("all compile", () => {
  expect(built.errors).toEqual([]);
});

test.each(Object.entries(answers))("%s", (name, answer) => {
  const text = readFileSync(path.join(root, `test/problems/gradbench/${name}.json`), "utf8");
  for (const { function: asked, input, output } of (JSON.parse(text) as { cases: Case[] }).cases)
    expect(mismatch(numbersIn(answer(asked, input)), numbersIn(output), 1e-11, asked)).toBeUndefined();
});

test("the same problem, written in another way, has the same gradient", () => {
  expect(
    mismatch(numbersIn(call("lseLoopGrad", floats([1, 2, 3]))), numbersIn(call("lseGrad", [1, 2, 3])), 1e-14, "lse"),
  ).toBeUndefined();
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 10],
  ];
  const flat = numbersIn(call("detGrad", floats(rows.flat()), 3));
  expect(mismatch(numbersIn(call("detRowsGrad", rows)), flat, 1e-14, "det")).toBeUndefined();
});
