/** PyTorch's numbers, which test/oracle holds; its format is told in the file's own `meta`. */
import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import * as tsgrad from "../../runtime/index.ts";

const folder = path.resolve(import.meta.dirname, "..", "oracle");

export interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly (number | "NaN" | "Infinity" | "-Infinity")[];
  readonly dtype?: "float32" | "float64" | "int32" | "int64" | "bool";
}

export interface Row {
  readonly name: string;
  readonly fn?: string;
  readonly expr: string;
  readonly returns?: string;
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly diff: readonly string[];
  readonly out?: Stored | readonly Stored[];
  readonly throws?: boolean;
  readonly tol?: { readonly rel: number; readonly abs: number };
}

export function rows(of: "ops" | "nonsmooth"): readonly Row[] {
  const file = JSON.parse(fs.readFileSync(path.join(folder, "ops.json"), "utf8")) as Record<typeof of, Row[]>;
  return file[of];
}

export interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly outputs: Readonly<Record<string, Stored>>;
}

export function readCase(name: string): Case {
  return JSON.parse(fs.readFileSync(path.join(folder, "cases", `${name}.json`), "utf8")) as Case;
}

export function tensorOf({ shape, data, dtype = "float64" }: Stored): tsgrad.Tensor {
  return tsgrad.tensor(Float64Array.from(data, Number), shape, dtype === "int64" ? "int32" : dtype);
}

/** The value of an expression over tensors by name. */
export function evaluate(expr: string, inputs: Readonly<Record<string, tsgrad.Tensor>>): unknown {
  const names = Object.keys(tsgrad).filter((name) => !(name in inputs) && /\b[a-z]/i.test(name));
  const body = `"use strict"; const { ${names.join(", ")} } = tsgrad; return ${expr};`;
  const run = new Function("tsgrad", ...Object.keys(inputs), body) as (...args: unknown[]) => unknown;
  return run(tsgrad, ...Object.values(inputs));
}

export interface Tolerance {
  readonly rel: number;
  readonly abs: number;
}

/** The usual tolerance: relative, and absolute by the largest entry. */
export function tolerance(rel: number, expected: Stored): Tolerance {
  const largest = expected.data.reduce<number>((most, value) => {
    const size = Math.abs(Number(value));
    return Number.isFinite(size) ? Math.max(most, size) : most;
  }, 0);
  return { rel, abs: 1e-12 * largest };
}

export function expectClose(actual: tsgrad.Tensor, expected: Stored, within = tolerance(1e-9, expected)): void {
  expect(actual.shape, "shape").toEqual(expected.shape);
  const wrong: string[] = [];
  for (const [i, stored] of expected.data.entries()) {
    const [value, wanted] = [actual.data[i]!, Number(stored)];
    const allowed = within.abs + within.rel * Math.abs(wanted);
    if (!(Object.is(value, wanted) || value === wanted || Math.abs(value - wanted) <= allowed))
      wrong.push(`[${String(i)}] ${String(value)} instead of ${String(wanted)}`);
  }
  expect(wrong).toEqual([]);
}
