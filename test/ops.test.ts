/** Every operation's value against PyTorch's. */
import { describe, expect, test } from "vitest";
import * as tsgrad from "../runtime/index.ts";
import { Tensor } from "../runtime/tensor.ts";
import { type Row, evaluate, expectClose, rows, tensorOf, tolerance } from "./support/oracle.ts";

function check(row: Row): void {
  const inputs = Object.fromEntries(Object.entries(row.inputs).map(([name, stored]) => [name, tensorOf(stored)]));
  const before = Object.values(inputs).map((x) => Array.from(x.data));
  if (row.throws === true) {
    expect(() => evaluate(row.expr, inputs)).toThrow();
    return;
  }
  const value = evaluate(row.expr, inputs) as Tensor | readonly Tensor[];
  const results = value instanceof Tensor ? [value] : value;
  const expected = Array.isArray(row.out)
    ? (row.out as readonly Row["inputs"][string][])
    : [row.out as Row["inputs"][string]];
  expect(results.length).toBe(expected.length);
  for (const [k, result] of results.entries()) {
    expectClose(result, expected[k]!, row.tol ?? tolerance(1e-9, expected[k]!));
    expect(result.dtype).toBe(expected[k]!.dtype ?? "float64");
  }
  // Results are fresh, and operands stay as they are.
  for (const [k, x] of Object.values(inputs).entries()) {
    expect(Array.from(x.data)).toEqual(before[k]);
    for (const result of results) expect(result.data).not.toBe(x.data);
  }
}

describe("the value of", () => {
  test.each(rows("ops").map((row) => [row.name, row] as const))("%s", (_, row) => check(row));
});

describe("at edges, the value of", () => {
  test.each(rows("nonsmooth").map((row) => [row.name, row] as const))("%s", (_, row) => check(row));
});

test("every operation that a row is about is exported", () => {
  const names = new Set(Object.keys(tsgrad));
  const missing = rows("ops").flatMap(({ fn }) => (fn === undefined || names.has(fn) ? [] : [fn]));
  expect(missing).toEqual([]);
});
