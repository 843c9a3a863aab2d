/** Cotangents and tangents of the wrong shape, gradients of what is not one number, and operands that do not fit say so. */
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import { ones, zeros, type Tensor } from "../../runtime/index.ts";
import { load, root } from "../support/load.ts";

const file = path.join(root, "test/tensors/misused.ts");
/** Functions of operands that may not fit. */
const pairs = [
  "sum(add(x, y))",
  "mean(mul(add(square(x), y), y))",
  "sum(matmul(x, transpose(y)))",
  "sum(linear(x, y))",
  "mseLoss(mul(x, 2), y)",
  "sum(sub(x, mean(y, { axis: 1, keepdims: true })))",
  "sum(square(concat([x, y])))",
  "sum(where(greater(x, y), x, 0))",
  "sum(tanh(add(matmul(x, x), y)))",
];

const source = `
import { add, concat, greater, linear, matmul, mean, mseLoss, mul, square, sub, sum, tanh, transpose, where, type Tensor } from "tsgrad";
${pairs
  .map(
    (pair, k) => `/** @differentiable grad vjp jvp hvp */
export function pair${String(k)}(x: Tensor, y: Tensor): Tensor { return ${pair}; }`,
  )
  .join("\n")}
/** @differentiable vjp vjpInto pullback jvp grad */
export function squares(x: Tensor): Tensor { return square(x); }
`;

type Derivative = (...args: unknown[]) => unknown;
let made: Readonly<Record<string, Derivative>>;

beforeAll(async () => {
  const { files } = await compile({ cwd: root, files: [file], overlay: new Map([[file, source]]) });
  const memory = new Map([
    [file, source],
    [file.replace(".ts", ".grad.ts"), files[0]?.text ?? ""],
  ]);
  const entry = 'export * from "./misused.ts";\nexport * from "./misused.grad.ts";\n';
  made = (await load("tensor-misuse", entry, path.dirname(file), memory)) as never;
});

const x = ones([2, 3]);
const both = "shape [3, 2], the output has shape [2, 3]";

test("a cotangent of another shape", () => {
  const v = zeros([3, 2]);
  expect(() => made["squaresVjp"]!(x, v)).toThrow(new RangeError(`squaresVjp: v has ${both}`));
  expect(() => made["squaresVjpInto"]!(x, v)).toThrow(new RangeError(`squaresVjpInto: v has ${both}`));
  const [, pullback] = made["squaresPullback"]!(x) as [Tensor, Derivative];
  expect(() => pullback(v)).toThrow(new RangeError(`squaresPullback: v has ${both}`));
});

test("a tangent of another shape", () => {
  expect(() => made["squaresJvp"]!(x, zeros([6]))).toThrow(
    new RangeError("squaresJvp: xDot has shape [6], x has shape [2, 3]"),
  );
});

test("a gradient of more than one number", () => {
  expect(() => made["squaresGrad"]!(x)).toThrow(RangeError);
  expect((made["squaresGrad"]!(ones([1, 1])) as Tensor).toArray()).toEqual([[2]]);
});

/** What a call throws, if it does. */
function thrown(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

test.each(pairs.map((pair, k) => [pair, `pair${String(k)}`]))("operands that do not fit: %s", (_, name) => {
  const shapes: readonly [number[], number[]][] = [
    [[3], [2]],
    [
      [2, 3],
      [2, 4],
    ],
    [
      [4, 3],
      [3, 2],
    ],
    [[2, 3], [5]],
    [[2, 2, 2], [3]],
  ];
  let count = 0;
  for (const [ofX, ofY] of shapes) {
    const [a, b] = [ones(ofX), ones(ofY)];
    const expected = thrown(() => made[name]!(a, b));
    if (expected !== undefined) count++;
    expect(thrown(() => made[`${name}Grad`]!(a, b))).toBe(expected);
    expect(thrown(() => made[`${name}Vjp`]!(a, b, ones([])))).toBe(expected);
    expect(thrown(() => made[`${name}Jvp`]!(a, b, a, b))).toBe(expected);
    expect(thrown(() => made[`${name}Hvp`]!(a, b, a, b))).toBe(expected);
  }
  expect(count).toBeGreaterThan(1);
});
