/** Shapes that types state: what the compiler makes of every operation, against the shapes of PyTorch's results. */
import path from "node:path";
import { expect, test } from "vitest";
import { readProject } from "../../compiler/frontend/index.ts";
import * as tsgrad from "../../runtime/index.ts";
import { root } from "../support/load.ts";
import { type Row, rows, type Stored } from "../support/oracle.ts";

const file = path.join(root, "test/tensors/stated.ts");
const names = Object.keys(tsgrad);

/** The rows with one tensor as their result. */
const single = rows("ops").filter((row) => row.throws !== true && row.out !== undefined && !Array.isArray(row.out));
const resultOf = (row: Row): readonly number[] => (row.out as Stored).shape;
const operationOf = (row: Row): string => /(\w+)\(/.exec(row.expr)?.[1] ?? row.expr;

/** The reports on functions that state the shapes of their parameters, and those that are given for their results. */
function reportsOn(stated: (row: Row) => readonly number[]): Map<Row, string[]> {
  const functions = single.map((row, k) => {
    const params = Object.entries(row.inputs).map(([name, value]) => `${name}: Tensor<[${value.shape.join(", ")}]>`);
    const seed = row.diff.length === 0 ? ", seed: number" : "";
    return `/** @differentiable */ export function row${String(k)}(${params.join(", ")}${seed}): Tensor<[${stated(row).join(", ")}]> { return ${row.expr}; }`;
  });
  const used = names.filter((name) => single.some((row) => new RegExp(`\\b${name}\\(`).test(row.expr)));
  const text = `import { type Tensor, ${used.join(", ")} } from "tsgrad";\n${functions.join("\n")}\n`;
  const { reports } = readProject({ cwd: root, files: [file], overlay: new Map([[file, text]]) });
  const found = new Map<Row, string[]>(single.map((row) => [row, []]));
  for (const { code, message, origin } of reports) {
    const line = text.slice(0, origin?.start ?? 0).split("\n").length - 2;
    const row = single[line];
    if (code === "TG1040" && row !== undefined) found.get(row)!.push(message);
  }
  return found;
}

test("what PyTorch gives is what is known of every result", () => {
  const wrong = [...reportsOn(resultOf)].flatMap(([row, messages]) =>
    messages.map((message) => `${row.expr}: ${message}`),
  );
  expect(wrong).toEqual([]);
});

test("another shape is refused", () => {
  const found = [...reportsOn((row) => [...resultOf(row), 7])];
  const unknown = found.filter(([, messages]) => messages.length === 0).map(([row]) => operationOf(row));
  expect([...new Set(unknown)].sort()).toEqual([]);
});
