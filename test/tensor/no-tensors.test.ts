/** What is no tensor is refused by the name of the operation, with what it is: JavaScript may give anything. */
import { expect, test } from "vitest";
import * as runtime from "../../runtime/index.ts";
import { isTensorOp, slotsOf } from "../../compiler/ir/tensor-ops.ts";
import { ones } from "../../runtime/index.ts";

type Operation = (...args: unknown[]) => unknown;

/** Slots in front that take tensors. */
const ofTensors = new Set(["x", "a", "b", "y", "condition", "q", "k", "v", "w", "logits", "list", "weight", "indices"]);
const made = new Set("tensor zeros ones full eye arange linspace einsum".split(" "));
const short: Readonly<Record<string, string>> = { sub: "subtract", mul: "multiply", div: "divide", neg: "negative" };

const all = runtime as unknown as Readonly<Record<string, Operation>>;
const operations = Object.entries(all).filter(([name]) => isTensorOp(name) && !made.has(name));

function thrown(call: () => unknown): string {
  try {
    call();
    return "nothing";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

test.each(operations)("%s", (name, operation) => {
  const { positional } = slotsOf(name as never);
  const own = short[name] ?? name;
  const tensors = positional.filter((slot) => ofTensors.has(slot)).length;
  const rest = { axes: -1, groups: 1, kernel: 1, rate: 0, axis: 0, mean: undefined };
  const others = positional.slice(tensors).map(() => [0]);
  const wrap = (value: unknown): unknown => (positional[0] === "list" ? [value] : value);
  for (const [given, told] of [
    [undefined, "undefined"],
    [null, "null"],
    ["a", "a string"],
    [{}, "an object"],
    [[1, 2], "an array"],
  ] as const) {
    const args = [
      wrap(given),
      ...Array.from({ length: Math.max(0, tensors - 1) }, () => ones([2, 2])),
      ...others,
      rest,
    ];
    expect(thrown(() => operation(...args))).toMatch(new RegExp(`^DTypeError: ${own}: .*${told}$`));
  }
});

test.each(["add", "mul", "matmul", "maximum", "where", "linear", "mseLoss", "dot", "greater"])(
  "the last operand of %s",
  (name) => {
    const operation = all[name]!;
    const before = name === "where" ? [ones([2]), ones([2])] : [ones([2])];
    const own = short[name] ?? name;
    expect(thrown(() => operation(...before, undefined))).toBe(
      `DTypeError: ${own}: an operand must be a tensor, but is undefined`,
    );
  },
);

test("methods", () => {
  const x = ones([2]);
  expect(() => x.add(undefined as never)).toThrow("add: an operand must be a tensor, but is undefined");
  expect(() => x.mul("a" as never)).toThrow("multiply: an operand must be a tensor, but is a string");
  expect(() => x.matmul([1] as never)).toThrow("matmul: an operand must be a tensor, but is an array");
});
