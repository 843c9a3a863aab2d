/** Operations whose results generated code gives back, so that others get their memory: they share none with their operands. */
import { expect, test } from "vitest";
import { isTensorOp } from "../../compiler/ir/tensor-ops.ts";
import { isFresh } from "../../compiler/simplify/recycle.ts";
import * as generated from "../../runtime/generated.ts";
import * as runtime from "../../runtime/index.ts";

const { Tensor } = runtime;
type Operation = (...args: readonly unknown[]) => unknown;
const operations = Object.entries({ ...runtime, ...generated }).filter(([name]) => isTensorOp(name) && isFresh(name));

type Arrays = typeof Float64Array | typeof Float32Array;

const filled = (shape: readonly number[], array: Arrays): runtime.Tensor => {
  const length = shape.reduce((size, n) => size * n, 1);
  return new Tensor(new array(Array.from({ length }, (_, i) => 0.3 + i * 0.1)), shape);
};

/** Calls that an operation may take, of all kinds: what it does not take it refuses. */
function callsFor(shape: readonly number[], array: Arrays): unknown[][] {
  const [x, y, one, row] = [shape, shape, [], shape.slice(-1)].map((each) => filled(each, array));
  const isLarge = runtime.greater(x!, 0);
  const axes = shape.map((_, axis) => axis);
  return [
    ...[[x], [x, y], [x, one], [one, x], [x, 0], [0, x], [x, 1], [x, row], [x, 1, 0], [isLarge, x, y], [isLarge, x, 0]],
    ...[
      [x, y, shape],
      [x, y, row],
      [x, shape],
      [one, shape],
      [x, shape, []],
      [x, shape, 0],
      [x, axes],
      [[x]],
      [[x, y]],
    ],
    ...[
      [x, {}],
      [x, { axis: [] }],
      [x, { axis: 0 }],
      [x, { axis: -1, keepdims: true }],
      [x, { min: 0 }],
    ],
    ...[
      [[x], { axis: -1 }],
      [x, y, {}],
      [x, y, { reduction: "none" }],
    ],
  ];
}

test.each(operations)("%s", (name, operation) => {
  let results = 0;
  for (const shape of [[], [1], [4], [1, 1], [2, 2], [1, 3], [3, 3], [1, 1, 1], [2, 1, 2, 2]]) {
    for (const array of [Float64Array, Float32Array]) {
      for (const args of callsFor(shape, array)) {
        let result: unknown;
        try {
          result = (operation as Operation)(...args);
        } catch {
          continue;
        }
        if (!(result instanceof Tensor)) continue;
        results++;
        const operands = args.flat().filter((arg) => arg instanceof Tensor);
        expect(operands.map(({ data }) => data.buffer)).not.toContain(result.data.buffer);
      }
    }
  }
  // `item` gives a number.
  expect(results > 0 || name === "item").toBe(true);
});
