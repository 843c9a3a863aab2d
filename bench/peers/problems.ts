/** What tsgrad and the other libraries are given, and what they give back. */
import { numbers } from "../cases/case.ts";

export interface Numbers {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** Weights have a row for each output. */
export interface Layers<T = Numbers> {
  readonly w1: T;
  readonly b1: T;
  readonly w2: T;
  readonly b2: T;
}

interface Inputs {
  /** The cotangent of x² + sin x², element by element. */
  readonly waves: { readonly x: Float64Array; readonly v: Float64Array };
  /** The gradient of the sum of the same. */
  readonly waveSum: { readonly x: Float64Array };
  /** The loss of a classifier with one hidden layer (relu, cross-entropy), and its gradient. */
  readonly classifier: {
    readonly network: Layers;
    readonly x: Numbers;
    readonly labels: { readonly data: Int32Array; readonly shape: readonly number[] };
  };
  /** The product of a direction with the Hessian of a regression with one hidden layer (sigmoid, mean of squares). */
  readonly hessianProduct: {
    readonly network: Layers;
    readonly x: Numbers;
    readonly y: Numbers;
    readonly along: Layers;
  };
}
/** A call computes everything anew, and all that it gives back is computed and can be read: the numbers of each result. */
type Run = () => readonly ArrayLike<number>[];
type Found = Run | undefined | Promise<Run | undefined>;

/** A library by what it can do; undefined also for what it is not asked to. */
export interface Library {
  readonly name: string;
  /** It computes in float64. */
  readonly exact?: boolean;
  readonly solvers: { readonly [K in keyof Inputs]?: (inputs: Inputs[K]) => Found };
}

export interface Problem {
  readonly name: string;
  /** How a library solves it; undefined where it does not. */
  readonly solvedBy: (library: Library) => Found;
}

function problem<K extends keyof Inputs>(name: string, kind: K, inputs: Inputs[K]): Problem {
  return { name, solvedBy: ({ solvers }) => solvers[kind]?.(inputs) };
}

function tensor(shape: readonly number[], seed: number, size = 0.5): Numbers {
  const length = shape.reduce((product, each) => product * each, 1);
  return { data: numbers(length, -size, size, seed), shape };
}

function network([inputs = 0, width = 0, outputs = 0]: readonly number[], seed: number): Layers {
  return {
    w1: tensor([width, inputs], seed),
    b1: tensor([width], seed + 1),
    w2: tensor([outputs, width], seed + 2),
    b2: tensor([outputs], seed + 3),
  };
}

function classifier(sizes: readonly number[], rows: number): Problem {
  const labels = Int32Array.from({ length: rows }, (_, r) => (7 * r + 3) % sizes[2]!);
  return problem(`classifier ${sizes.join("-")}, batch ${rows}: loss and gradient`, "classifier", {
    network: network(sizes, 3),
    x: tensor([rows, sizes[0]!], 8, 1),
    labels: { data: labels, shape: [rows] },
  });
}

const lengths = [1000, 1_000_000];

export const problems: readonly Problem[] = [
  ...lengths.map((n) =>
    problem(`x² + sin x², n = ${n}: VJP`, "waves", { x: numbers(n, -2, 2), v: numbers(n, -1, 1, 2) }),
  ),
  ...lengths.map((n) => problem(`sum of x² + sin x², n = ${n}: gradient`, "waveSum", { x: numbers(n, -2, 2) })),
  classifier([10, 64, 10], 32),
  classifier([784, 256, 10], 128),
  problem("regression 3-5-1, batch 8: product with the Hessian", "hessianProduct", {
    network: network([3, 5, 1], 3),
    x: tensor([8, 3], 8, 1),
    y: tensor([8, 1], 9, 1),
    along: network([3, 5, 1], 11),
  }),
];
