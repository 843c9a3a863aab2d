/** Cotangents and tangents of the wrong shape, and gradients of what is not one number, say so. */
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import { ones, zeros, type Tensor } from "../../runtime/index.ts";
import { load, root } from "../support/load.ts";

const file = path.join(root, "test/tensors/misused.ts");
const source = `
import { square, type Tensor } from "tsgrad";
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
  made = (await load("tensor-misuse", 'export * from "./misused.grad.ts";\n', path.dirname(file), memory)) as never;
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
