/**
 * Loops that operations on tensors are fused to give the same bits as the operations one by one, in every type and for every
 * shape, and throw the same errors.
 */
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/index.ts";
import { isElementwise } from "../../compiler/ir/tensor-elements.ts";
import { isTensorOp, slotsOf, tensorOpOf, type TensorOp } from "../../compiler/ir/tensor-ops.ts";
import { Tensor } from "../../runtime/index.ts";
import type { TensorData } from "../../runtime/dtype.ts";
import { load, root } from "../support/load.ts";
import * as runtime from "../../runtime/index.ts";

const file = path.join(root, "test/tensors/fused.ts");

/** The elementwise operations that users have. */
const operations = Object.keys(runtime).filter(
  (name): name is TensorOp => isTensorOp(name) && tensorOpOf(name) === name && isElementwise(name),
);

/** An expression of x and y with the operation in the middle of a chain. */
function chainOf(op: TensorOp): string {
  const { positional, options } = slotsOf(op);
  const given = { condition: "greater(x, y)", x: "mul(x, 0.8)", a: "mul(x, 0.8)", y: "y", b: "y" };
  const args = positional.map((slot) => given[slot as keyof typeof given]);
  const own = options.length === 0 ? [] : [optionsOf[op] ?? "{}"];
  return `${op}(${[...args, ...own].join(", ")})`;
}

const optionsOf: { readonly [O in TensorOp]?: string } = {
  clip: "{ min: -0.5, max: 0.7 }",
  gelu: '{ approximate: "tanh" }',
  softplus: "{ beta: 2 }",
};

/** What makes one number of a chain. */
const folds = [
  "max(mul(x, add(y, 2)))",
  "min(sub(x, square(y)))",
  "prod(add(mul(x, 0.1), 1))",
  "norm(sub(mul(x, 2), y))",
  "norm(mul(x, y), { ord: 1 })",
  "norm(sub(x, mul(y, 2)), { ord: Infinity })",
  "norm(mul(x, 3), { ord: -Infinity })",
  "mul(max(mul(x, 2)), mean(add(x, y)))",
  "sum(add(mul(x, y), greater(x, y)))",
  "norm(mul(x, y), { ord: 3 })",
  "variance(mul(sin(x), y))",
  "variance(add(x, y), { correction: 1 })",
  "std(sub(exp(mul(x, 0.3)), y), { correction: 2 })",
  "logsumexp(mul(x, sin(y)))",
  "mean(square(sub(sin(mul(x, 2)), mean(sin(mul(x, 2))))))",
  "sub(logsumexp(mul(x, 2)), variance(mul(x, 2)))",
  "smoothL1Loss(mul(x, 2), mul(y, x), { beta: 0.7 })",
  'huberLoss(mul(x, 2), y, { delta: 2, reduction: "sum" })',
  "binaryCrossEntropyWithLogits(mul(x, 2), sigmoid(y))",
  "klDiv(sin(x), square(y))",
  "dot(sub(x, y), mul(x, 2))",
  "norm(sub(mul(x, 2), y), { ord: 0 })",
  "binaryCrossEntropy(sigmoid(x), square(y))",
  'binaryCrossEntropy(mul(x, x), square(y), { reduction: "sum" })',
  "any(greater(mul(x, y), 3))",
  "all(less(mul(x, y), 3))",
  "countNonzero(sub(mul(x, 2), y))",
  "argmax(mul(x, y))",
  "argmin(sub(mul(x, y), y))",
  "add(countNonzero(mul(x, y)), sum(square(x)))",
  "where(any(equal(mul(x, y), 2)), sum(x), sum(mul(x, y)))",
];

/** Chains with what is broadcast, and reductions along axes; their adjoints sum over what was. */
const rows = [
  "add(mul(relu(x), y), y)",
  "tanh(add(mul(sin(x), y), 1))",
  "sum(mul(square(x), y), { axis: 0 })",
  "mean(mul(square(x), y), { axis: -1, keepdims: true })",
  "max(mul(square(x), y), { axis: -1 })",
  "min(mul(sin(x), y), { axis: [0], keepdims: true })",
  "prod(add(mul(sin(x), 0.1), y), { axis: -1 })",
  "norm(sub(mul(x, 2), y), { axis: 0 })",
  "norm(mul(sin(x), y), { axis: -1, ord: 1, keepdims: true })",
  "mul(sub(x, mean(mul(x, 2), { axis: -1, keepdims: true })), y)",
  "div(exp(mul(x, 0.3)), sum(exp(mul(x, 0.3)), { axis: -1, keepdims: true }))",
  "mul(sub(x, mean(x, { axis: -1, keepdims: true })), rsqrt(add(variance(x, { axis: -1, keepdims: true }), 0.1)))",
  "add(mul(div(x, sqrt(add(mean(square(x), { axis: 0, keepdims: true }), 0.1))), y), y)",
  "mul(x, relu(sub(mul(max(x, { axis: 0, keepdims: true }), 0.5), min(x, { axis: 0, keepdims: true }))))",
  "div(x, add(1, norm(mul(x, y), { axis: [0, -1], keepdims: true })))",
  "exp(neg(square(variance(mul(x, y), { axis: -1 }))))",
  "sum(square(sub(mul(x, 2), expandDims(y, { axis: 0 }))), { axis: [0, -1] })",
  "variance(mul(square(x), y), { axis: -1 })",
  "std(mul(sin(x), y), { axis: [0], keepdims: true, correction: 1 })",
  "logsumexp(mul(sin(x), y), { axis: -1 })",
  "logsumexp(mul(x, y), { axis: 0 })",
  "sub(mul(sin(x), y), logsumexp(mul(sin(x), y), { axis: -1, keepdims: true }))",
  "div(sub(mul(x, y), mean(mul(x, y), { axis: -1, keepdims: true })), std(mul(x, y), { axis: -1, keepdims: true }))",
  'square(mseLoss(mul(x, 2), y, { reduction: "none" }))',
  "vecdot(mul(x, 2), mul(x, y))",
  "vecdot(mul(x, 2), y, { axis: 0 })",
  "softmax(mul(x, y))",
  "square(softmax(mul(sin(x), y), { axis: 0 }))",
  "mul(logSoftmax(mul(x, y)), y)",
  "sum(mul(logSoftmax(mul(sin(x), 3), { axis: 0 }), y))",
  "sum(mul(softmax(mul(sin(x), 3)), logSoftmax(mul(y, x))), { axis: -1 })",
  "add(mul(layerNorm(mul(sin(x), y), { axes: -1 }), 2), y)",
  "mul(layerNorm(add(x, y), { axes: [0, -1], eps: 0.1 }), x)",
  "mul(rmsNorm(mul(sin(x), y), { axes: -1 }), y)",
  "tanh(rmsNorm(mul(x, 3), { axes: 0, eps: 0.5 }))",
  "layerNorm(mul(sin(x), 2), { axes: -1, weight: y, bias: y })",
  "mul(layerNorm(add(x, 1), { axes: [-1], bias: y, eps: 0.1 }), x)",
  "add(rmsNorm(mul(x, 3), { axes: -1, weight: y }), y)",
  "layerNorm(mul(x, 2), { axes: [0], weight: y })",
  "layerNorm(add(x, y), { axes: [0, -1], weight: y, bias: x })",
  "any(greater(mul(x, y), 0.5), { axis: -1 })",
  "all(greater(mul(x, y), 0.5), { axis: 0, keepdims: true })",
  "countNonzero(mul(x, y), { axis: -1 })",
  "argmax(mul(sin(x), y), { axis: -1 })",
  "argmin(mul(sin(x), y), { axis: 0 })",
  "mean(equal(argmax(mul(x, y), { axis: -1 }), argmax(mul(x, 2), { axis: -1 })))",
  "norm(mul(sin(x), y), { axis: -1, ord: 0 })",
  "variance(sub(mul(x, y), max(mul(x, y), { axis: -1, keepdims: true })), { axis: -1 })",
];

const source = [
  `import { type Tensor, ${[...new Set([...operations, "mul", "add", "sum", "mean", "greater", "pow", "square", "sub", "mseLoss", "l1Loss", "max", "min", "prod", "norm", "exp", "tanh", "sin", "relu", "div", "expandDims", "variance", "std", "logsumexp", "smoothL1Loss", "huberLoss", "binaryCrossEntropyWithLogits", "klDiv", "dot", "vecdot", "sigmoid", "binaryCrossEntropy", "any", "all", "countNonzero", "argmax", "argmin", "softmax", "logSoftmax", "layerNorm", "rmsNorm", "less", "equal", "where", "rsqrt", "sqrt", "neg"])].join(", ")} } from "tsgrad";`,
  ...operations.map(
    (op) => `/** @differentiable vjp jvp */
      export function ${op}Chain(x: Tensor, y: Tensor): Tensor { return add(mul(${chainOf(op)}, 3), square(y)); }`,
  ),
  `/** @differentiable vjp pullback jvp hvp grad */
   export function loss(x: Tensor, y: Tensor): Tensor { return mean(mul(pow(sub(x, y), 3), add(x, 2))); }
   /** @differentiable vjp pullback jvp hvp grad */
   export function total(x: Tensor, y: Tensor): number { return sum(square(mul(x, y))).item() * 2; }
   /** @differentiable vjp jvp */
   export function squares(x: Tensor, y: Tensor): Tensor { return mseLoss(x, mul(y, 0.5)); }
   /** @differentiable vjp jvp */
   export function distances(x: Tensor, y: Tensor): Tensor { return l1Loss(sub(x, 1), y, { reduction: "sum" }); }
   /** @differentiable vjp jvp */
   export function counted(x: Tensor, y: Tensor): Tensor { return mul(sum(greater(x, y)), sum(square(y))); }
   ${folds
     .map(
       (fold, k) => `/** @differentiable vjp pullback jvp hvp */
       export function fold${String(k)}(x: Tensor, y: Tensor): Tensor { return ${fold}; }`,
     )
     .join("\n")}
   ${rows
     .map(
       (row, k) => `/** @differentiable vjp pullback jvp */
       export function row${String(k)}(x: Tensor, y: Tensor): Tensor { return ${row}; }`,
     )
     .join("\n")}
   /** @differentiable vjp jvp */
   export function powers(x: Tensor, y: Tensor): Tensor {
     return add(add(pow(x, 2), pow(x, 3)), add(pow(x, 0.5), mul(pow(x, -1), pow(y, 4))));
   }`,
].join("\n");

const functions = [
  ...operations.map((op) => `${op}Chain`),
  "loss",
  "total",
  "squares",
  "distances",
  "counted",
  "powers",
  ...folds.map((_, k) => `fold${String(k)}`),
  ...rows.map((_, k) => `row${String(k)}`),
];

type Derivative = (...args: unknown[]) => unknown;
type Module = Readonly<Record<string, Derivative>>;
let fused: Module;
let plain: Module;
let text: string;

beforeAll(async () => {
  const build = async (name: string, fuseTensors: boolean): Promise<Module> => {
    const options = { cwd: root, files: [file], overlay: new Map([[file, source]]), ablation: { fuseTensors } };
    const { files, reports } = await compile(options);
    expect(reports.filter((report) => report.severity === "error")).toEqual([]);
    if (fuseTensors) text = files[0]!.text!;
    const memory = new Map([
      [file, source],
      [file.replace(".ts", ".grad.ts"), files[0]!.text!],
    ]);
    const entry = 'export * as generated from "./fused.grad.ts";\n';
    const { generated } = await load(`fusion-${name}`, entry, path.dirname(file), memory);
    return generated as Module;
  };
  fused = await build("fused", true);
  plain = await build("plain", false);
}, 180_000);

const special = [0, -0, 1, -1, 2, 0.3, -0.7, 1e-3, 40, -1e3, NaN, Infinity, -Infinity, 0.999, -3.5];

/** Of these sums are numbers. */
const finite = [0.25, -0, 1, -1.5, 2, 0.3, -0.7, 1e-3, 3.125, -2.2, 0.999, -3.5, 0.1];

function filled(
  make: (size: number) => TensorData,
  shape: readonly number[],
  phase: number,
  from: readonly number[] = special,
): Tensor {
  const data = make(shape.reduce((size, length) => size * length, 1));
  for (let i = 0; i < data.length; i++) data[i] = from[(i * 7 + phase) % from.length]!;
  return new Tensor(data, shape);
}

const types: Readonly<Record<string, (size: number) => TensorData>> = {
  float64: (size) => new Float64Array(size),
  float32: (size) => new Float32Array(size),
  int32: (size) => new Int32Array(size),
};

/** What a call gives or throws, with every bit, type and shape told. */
function outcome(call: () => unknown): unknown {
  const told = (value: unknown): unknown => {
    if (value instanceof Tensor)
      return {
        dtype: value.dtype,
        shape: value.shape,
        data: [...value.data].map((x) => (Object.is(x, -0) ? "-0" : x)),
      };
    if (typeof value === "function") return "function";
    return Array.isArray(value) ? value.map(told) : Object.is(value, -0) ? "-0" : value;
  };
  try {
    return told(call());
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** All derivatives of a function at a point. */
function outcomes(
  module: Module,
  name: string,
  x: () => Tensor,
  y: () => Tensor,
  v: (like: Tensor) => unknown,
): unknown {
  const found: Record<string, unknown> = {};
  const value = outcome(() => (module[`${name}Jvp`]!(x(), y(), x(), y()) as unknown[])[0]) as { shape?: number[] };
  const seed = typeof value === "number" ? 0.7 : v(new Tensor(new Float64Array(size(value.shape)), value.shape ?? []));
  found.jvp = outcome(() => module[`${name}Jvp`]!(x(), y(), y(), x()));
  found.vjp = outcome(() => module[`${name}Vjp`]!(x(), y(), seed));
  found.wrong = outcome(() => module[`${name}Vjp`]!(x(), y(), new Tensor(new Float64Array(7), [7])));
  const pullback = module[`${name}Pullback`];
  if (pullback) found.pullback = outcome(() => (pullback(x(), y()) as [unknown, Derivative])[1](seed));
  for (const mode of ["Grad", "Hvp"]) {
    const derivative = module[name + mode];
    if (derivative) found[mode] = outcome(() => derivative(x(), y(), ...(mode === "Hvp" ? [y(), x()] : [])));
  }
  return found;
}

const size = (shape: readonly number[] = []): number => shape.reduce((product, length) => product * length, 1);

test("what is fused is a loop", () => {
  expect(text.match(/for \(let/g)?.length).toBeGreaterThan(3 * functions.length);
});

const shapes: readonly (readonly [x: readonly number[], y: readonly number[]])[] = [
  [
    [3, 5],
    [3, 5],
  ],
  [[3, 5], [5]],
  [
    [3, 1],
    [1, 5],
  ],
  [[7], [7]],
  [[0], [0]],
  [[], []],
  [[3], [2]],
  [[2, 3, 5], [5]],
  [
    [2, 3, 5],
    [3, 1],
  ],
];

describe.each(shapes)("shapes %j and %j", (ofX, ofY) => {
  describe.each(Object.keys(types))("x of %s", (typeOfX) => {
    test.each(Object.keys(types))("y of %s", (typeOfY) => {
      for (const name of functions) {
        const x = (): Tensor => filled(types[typeOfX]!, ofX, 0);
        const y = (): Tensor => filled(types[typeOfY]!, ofY, 4);
        const v = (like: Tensor): Tensor => filled(types[typeOfX]!, like.shape, 2);
        const [own, other] = [fused, plain].map((module) => outcomes(module, name, x, y, v));
        // Of two operations that refuse a tensor without axes either may say so: nested, they come in another order.
        if (ofX.length === 0) expect(withoutOperations(own), name).toEqual(withoutOperations(other));
        else expect(own, name).toEqual(other);
      }
    });
  });
});

const withoutOperations = (found: unknown): string =>
  JSON.stringify(found).replaceAll(/"ShapeError: \w+: axis/g, '"ShapeError: axis');

describe("what is found of finite elements", () => {
  const names = functions.filter((name) => /^(fold|row)\d/.test(name));
  test.each(["float64", "float32"])("of %s", (type) => {
    for (const [ofX, ofY] of shapes.filter(([x]) => x.length > 0))
      for (const name of names) {
        const x = (): Tensor => filled(types[type]!, ofX, 0, finite);
        const y = (): Tensor => filled(types[type]!, ofY, 4, finite);
        const v = (like: Tensor): Tensor => filled(types[type]!, like.shape, 2, finite);
        expect(outcomes(fused, name, x, y, v), name).toEqual(outcomes(plain, name, x, y, v));
      }
  });
});
