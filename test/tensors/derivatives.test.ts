/**
 * Derivatives of operations on tensors that PyTorch's rows leave out, and of the options that take numbers or tensors: tangents
 * against differences, cotangents against tangents, second derivatives against differences and one mode against the other.
 */
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import * as tsgrad from "../../runtime/index.ts";
import { Tensor } from "../../runtime/tensor.ts";
import { load, root } from "../support/load.ts";
import { seeded, seedOf } from "../support/random.ts";
import { type Case, cases } from "./derivative-cases.ts";

const file = path.join(root, "test/tensors/derivatives.ts");
const names = Object.keys(tsgrad).filter((name) => cases.some(({ expr }) => new RegExp(`\\b${name}\\(`).test(expr)));
const all = cases.map((row, k) => ({ row, key: `f${String(k)}` }));

function sourceOf(): string {
  const functions = all.flatMap(({ row, key }) => {
    const params = Object.entries(row.inputs).map(
      ([name, shape]) => `${name}: ${shape === "number" ? "number" : "Tensor"}`,
    );
    const args = Object.keys(row.inputs).join(", ");
    const wrt = `@wrt ${row.wrt.join(" ")}`;
    const first = row.wrt[0]!;
    const position = String(Object.keys(row.inputs).indexOf(first));
    const type = row.inputs[first] === "number" ? "number" : "Tensor";
    const product = type === "number" ? "tensor([slope * along])" : "mul(along, slope)";
    return [
      `/** @differentiable vjp jvp\n * ${wrt} */`,
      `export function ${key}(${params.join(", ")}): Tensor { return ${row.expr}; }`,
      `/** @differentiable vjp hvp\n * ${wrt} */`,
      `export function ${key}Sum(${[...params, "seed: Tensor"].join(", ")}): Tensor { return sum(mul(seed, ${row.expr})); }`,
      `/** @differentiable vjp\n * ${wrt} */`,
      `export function ${key}Slope(${[...params, "seed: Tensor", `along: ${type}`].join(", ")}): Tensor {`,
      `  const slope = grad(${key}Sum, { wrt: ${position} })(${args}, seed);`,
      `  return sum(${product});`,
      `}`,
    ];
  });
  const used = [...new Set([...names, "sum", "mul", "grad", "tensor"])];
  return `import { type Tensor, ${used.join(", ")} } from "tsgrad";\n${functions.join("\n")}\n`;
}

type Derivative = (...args: unknown[]) => readonly [Tensor, unknown];
let derivatives: Readonly<Record<string, Derivative>>;
let functions: Readonly<Record<string, (...args: unknown[]) => Tensor>>;

beforeAll(async () => {
  const source = sourceOf();
  const { files, reports } = await compile({ cwd: root, files: [file], overlay: new Map([[file, source]]) });
  const errors = reports.filter((report) => report.severity === "error");
  expect(errors.map((report) => `${report.code}: ${report.message}`)).toEqual([]);
  const memory = new Map([
    [file, source],
    [file.replace(".ts", ".grad.ts"), files[0]?.text ?? ""],
  ]);
  const entry = `export * as functions from "./derivatives.ts";\nexport * as derivatives from "./derivatives.grad.ts";\n`;
  ({ derivatives, functions } = (await load("tensor-derivatives", entry, path.dirname(file), memory)) as never);
}, 120_000);

type Value = Tensor | number;

/** The cotangent of a sum. */
const one = new Tensor(Float64Array.of(1), []);

/** Values with numbers in the same order: for sums and products of what derivatives are towards. */
const dataOf = (value: Value): readonly number[] => (typeof value === "number" ? [value] : Array.from(value.data));
const like = (value: Value, data: readonly number[]): Value =>
  typeof value === "number" ? data[0]! : new Tensor(Float64Array.from(data), value.shape);
const moved = (value: Value, direction: Value, by: number): Value => {
  const steps = dataOf(direction);
  return like(
    value,
    dataOf(value).map((x, i) => x + by * steps[i]!),
  );
};
const dot = (a: readonly Value[], b: readonly Value[]): number =>
  a.reduce<number>((sum, value, k) => {
    const other = dataOf(b[k]!);
    return dataOf(value).reduce((total, x, i) => total + x * other[i]!, sum);
  }, 0);

function expectNear(actual: readonly Value[], wanted: readonly Value[], rel: number): void {
  const [a, b] = [actual.flatMap(dataOf), wanted.flatMap(dataOf)];
  expect(a.length).toBe(b.length);
  const size = Math.max(1e-3, ...b.map(Math.abs));
  const wrong = a.flatMap((x, i) =>
    Math.abs(x - b[i]!) <= rel * size ? [] : [`[${String(i)}] ${String(x)} instead of ${String(b[i])}`],
  );
  expect(wrong).toEqual([]);
}

const several = (value: unknown): readonly Value[] => (Array.isArray(value) ? (value as Value[]) : [value as Value]);

/** Central differences, of which two steps make one of fourth order. */
function slopeOf(f: (by: number) => Tensor): Value {
  const difference = (h: number): number[] => {
    const [up, down] = [f(h), f(-h)];
    return Array.from(up.data, (x, i) => (x - down.data[i]!) / (2 * h));
  };
  const [coarse, fine] = [difference(2e-3), difference(1e-3)];
  return like(
    f(0),
    fine.map((x, i) => (4 * x - coarse[i]!) / 3),
  );
}

function check(row: Case, key: string): void {
  const { uniform } = seeded(seedOf(row.expr));
  const make = (shape: readonly number[] | "number", low = -1, high = 1): Value => {
    const one = (): number => low + uniform() * (high - low);
    if (shape === "number") return one();
    return new Tensor(Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, one), shape);
  };
  const inputs = Object.entries(row.inputs).map(([name, shape]): Value => {
    const fixed = row.fixed?.[name];
    return fixed === undefined
      ? make(shape, ...(row.range ?? [-1, 1]))
      : tsgrad.tensor(fixed.data, fixed.shape, fixed.dtype);
  });
  const places = row.wrt.map((name) => Object.keys(row.inputs).indexOf(name));
  const given = places.map((k) => inputs[k]!);
  const directions = places.map((k) => make(Object.values(row.inputs)[k]!));
  const along = (by: number): Value[] =>
    inputs.map((x, k) => (places.includes(k) ? moved(x, directions[places.indexOf(k)]!, by) : x));
  const value = functions[key]!(...inputs);
  const seed = make(value.shape) as Tensor;
  const [, tangent] = derivatives[`${key}Jvp`]!(...inputs, ...directions);
  expectNear([tangent as Tensor], [slopeOf((by) => functions[key]!(...along(by)))], 1e-7);
  const [again, gradients] = derivatives[`${key}Vjp`]!(...inputs, seed);
  expectNear([again], [value], 1e-15);
  expect(several(gradients).map((g) => (typeof g === "number" ? [] : g.shape))).toEqual(
    given.map((x) => (typeof x === "number" ? [] : x.shape)),
  );
  const [left, right] = [dot([seed], [tangent as Tensor]), dot(several(gradients), directions)];
  expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(left)));
  // Second derivatives.
  const [, products] = derivatives[`${key}SumHvp`]!(...inputs, seed, ...directions);
  const gradientAlong = (k: number) => (by: number) => {
    const g = several(derivatives[`${key}SumVjp`]!(...along(by), seed, one)[1])[k]!;
    return typeof g === "number" ? new Tensor(Float64Array.of(g), []) : g;
  };
  const wanted = given.map((_, k) => slopeOf(gradientAlong(k)));
  expectNear(several(products), wanted, 1e-6);
  // The gradient of a gradient, both in reverse.
  const first = directions.map((d, k) =>
    k === 0
      ? d
      : like(
          d,
          dataOf(d).map(() => 0),
        ),
  );
  const [, ofFirst] = derivatives[`${key}SumHvp`]!(...inputs, seed, ...first);
  const [, twice] = derivatives[`${key}SlopeVjp`]!(...inputs, seed, directions[0], one);
  expectNear(several(twice), several(ofFirst), 1e-9);
}

describe("derivatives", () => {
  test.each(all.map(({ row, key }) => [row.expr, row, key] as const))("%s", (_, row, key) => {
    check(row, key);
  });
});
