/** Derivatives of every operation on tensors, through compiled code, against PyTorch's. */
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import * as tsgrad from "../../runtime/index.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { load, root } from "../support/load.ts";
import { expectClose, type Row as ValueRow, rows, type Stored, tensorOf, tolerance } from "../support/oracle.ts";

interface Row extends ValueRow {
  readonly v?: Stored | readonly Stored[];
  readonly vjp?: Readonly<Record<string, Stored>>;
  readonly vjp_exact?: Readonly<Record<string, Stored>>;
  readonly t?: Readonly<Record<string, Stored>>;
  readonly jvp?: Stored | readonly Stored[];
  readonly jvp_exact?: Stored | readonly Stored[];
  readonly hvp?: Readonly<Record<string, Stored>>;
  readonly hvp_exact?: Readonly<Record<string, Stored>>;
}

const groups = ["ops", "nonsmooth"] as const;
const all = groups.flatMap((group) => (rows(group) as Row[]).map((row, k) => ({ row, key: `${group}${String(k)}` })));
const listOf = <T extends object>(given: T | readonly T[]): readonly T[] =>
  Array.isArray(given) ? given : [given as T];

const file = path.join(root, "test/tensors/rows.ts");

/** A function for each row, and one whose Hessian is asked for. */
function sourceOf(): string {
  const names = Object.keys(tsgrad).filter((name) => all.some(({ row }) => new RegExp(`\\b${name}\\(`).test(row.expr)));
  const functions = all.flatMap(({ row, key }) => {
    if (row.diff.length === 0 || row.throws === true) return [];
    const params = Object.keys(row.inputs).map((name) => `${name}: Tensor`);
    const wrt = `@wrt ${row.diff.join(" ")}`;
    const first = `/** @differentiable vjp jvp\n * ${wrt} */\nexport function ${key}(${params.join(", ")}): ${row.returns ?? "Tensor"} { return ${row.expr}; }`;
    if (row.hvp === undefined) return [first];
    const seeds = listOf(row.v!).map((_, k) => `seed${String(k)}`);
    const parts = seeds.map(
      (seed, k) => `sum(mul(${seed}, ${seeds.length === 1 && !Array.isArray(row.v) ? "made" : `made[${String(k)}]!`}))`,
    );
    const second = `/** @differentiable hvp\n * ${wrt} */\nexport function ${key}Sum(${[...params, ...seeds.map((s) => `${s}: Tensor`)].join(", ")}): Tensor { const made: ${row.returns ?? "Tensor"} = ${row.expr}; return ${parts.reduce((a, b) => `add(${a}, ${b})`)}; }`;
    return [first, second];
  });
  return `import { type Tensor, ${[...new Set([...names, "sum", "mul", "add"])].join(", ")} } from "tsgrad";\n${functions.join("\n")}\n`;
}

type Derivative = (...args: unknown[]) => readonly [unknown, unknown];
let derivatives: Readonly<Record<string, Derivative>>;

beforeAll(async () => {
  const source = sourceOf();
  const { files, reports } = await compile({ cwd: root, files: [file], overlay: new Map([[file, source]]) });
  const errors = reports.filter((report) => report.severity === "error");
  expect(errors.map((report) => `${report.code}: ${report.message}`)).toEqual([]);
  const text = files[0]?.text ?? "";
  const generated = file.replace(".ts", ".grad.ts");
  const memory = new Map([
    [file, source],
    [generated, text],
  ]);
  const entry = `export * from "./rows.grad.ts";\n`;
  derivatives = (await load("tensor-rows", entry, path.dirname(file), memory)) as typeof derivatives;
}, 120_000);

function inputsOf(row: Row): Tensor[] {
  return Object.values(row.inputs).map(tensorOf);
}

/** One tensor as it is, several as a tuple. */
function given(stored: Stored | readonly Stored[]): Tensor | Tensor[] {
  return Array.isArray(stored) ? (stored as Stored[]).map(tensorOf) : tensorOf(stored as Stored);
}

function compare(actual: unknown, wanted: Stored | readonly Stored[], row: Row): void {
  const results = Array.isArray(actual) ? (actual as Tensor[]) : [actual as Tensor];
  const expected = listOf(wanted);
  expect(results.length).toBe(expected.length);
  for (const [k, result] of results.entries())
    expectClose(result, expected[k]!, row.tol ?? tolerance(1e-9, expected[k]!));
}

const byName = (stored: Readonly<Record<string, Stored>>, row: Row): readonly Stored[] =>
  row.diff.map((x) => stored[x]!);

const inFloat32 = (x: Tensor): Tensor => (x.dtype === "float64" ? tsgrad.tensor(x.data, [...x.shape], "float32") : x);

/** Derivatives of float32 are float32. */
function checkTypes(row: Row, key: string): void {
  const inputs = inputsOf(row).map(inFloat32);
  const v = given(row.v!);
  const seed = Array.isArray(v) ? v.map(inFloat32) : inFloat32(v);
  const [, gradients] = derivatives[`${key}Vjp`]!(...inputs, seed);
  const [, tangent] = derivatives[`${key}Jvp`]!(...inputs, ...row.diff.map((x) => inFloat32(tensorOf(row.t![x]!))));
  const types = [gradients, tangent].flatMap((made) => listOf(made as Tensor | Tensor[]).map((x) => x.dtype));
  expect(new Set(types)).toEqual(new Set(["float32"]));
}

describe.each(groups)("%s", (group) => {
  const own = all.filter(({ key, row }) => key.startsWith(group) && row.diff.length > 0 && row.throws !== true);
  test.each(own.map(({ row, key }) => [row.name, row, key] as const))("%s", (_, row, key) => {
    const inputs = inputsOf(row);
    const before = inputs.map((x) => Array.from(x.data));
    const [value, gradients] = derivatives[`${key}Vjp`]!(...inputs, given(row.v!));
    compare(value, row.out!, row);
    compare(gradients, byName(row.vjp_exact ?? row.vjp!, row), row);
    const tangents = row.diff.map((x) => tensorOf(row.t![x]!));
    const [again, tangent] = derivatives[`${key}Jvp`]!(...inputs, ...tangents);
    compare(again, row.out!, row);
    compare(tangent, row.jvp_exact ?? row.jvp!, row);
    if (row.hvp !== undefined) {
      const seeds = listOf(row.v!).map(tensorOf);
      const [, products] = derivatives[`${key}SumHvp`]!(...inputs, ...seeds, ...tangents);
      compare(products, byName(row.hvp_exact ?? row.hvp, row), row);
    }
    expect(inputs.map((x) => Array.from(x.data))).toEqual(before);
  });
  test.each(own.map(({ row, key }) => [row.name, row, key] as const))("in float32, %s", (_, row, key) => {
    checkTypes(row, key);
  });
});
