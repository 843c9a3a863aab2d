/** Tensors; "by hand" is the derivative in plain arrays, with all loops written out. */
import { tensor, Tensor } from "tsgrad";
import { type Arrays, classifierLossGrad, regressionLossHvp as regressionByHand } from "../hand/tensors.ts";
import { waveSumGrad, wavesVjp } from "../hand/waves.ts";
import {
  classifierLossValueAndGrad,
  regressionLossHvp,
  tensorWavesVjp,
  tensorWaveSumGrad,
} from "../src/tensors.grad.ts";
import { classifierLoss, type Network, regressionLoss, tensorWaves, tensorWaveSum } from "../src/tensors.ts";
import { array, dot, numbers, numbersOf } from "./case.ts";
import type { Case, Point, Scale } from "./case.ts";

export function tensorCases(scale: Scale): readonly Case[] {
  const small = scale === "small";
  return [
    ...(small ? [9] : [1000, 1_000_000]).flatMap((n) => [wavesCase(n), waveSumCase(n)]),
    ...(small ? [[4, 3, 2, 5]] : [[10, 64, 10, 32]]).map((sizes) => classifierCase(sizes, Float64Array, 120 / 91)),
    ...(small
      ? []
      : [classifierCase([784, 256, 10, 128], Float64Array), classifierCase([784, 256, 10, 128], Float32Array)]),
    regressionCase([3, 5, 1, 8]),
  ];
}

/** All numbers of tensors in a structure, in order. */
function numbersIn(value: unknown): number[] {
  if (value instanceof Tensor) return Array.from(value.data);
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
    return Object.values(value).flatMap(numbersIn);
  return numbersOf(value);
}

function wavesCase(n: number): Case {
  const x = numbers(n, -2, 2);
  const v = numbers(n, -1, 1, 2);
  const [ofX, ofV] = [tensor(x), tensor(v)];
  return {
    name: "x² + sin x², tensor",
    size: `n = ${String(n)}`,
    primal: () => tensorWaves(ofX),
    generated: () => tensorWavesVjp(ofX, ofV),
    hand: () => wavesVjp(x, v),
    gradient: numbersIn,
    check: {
      point: [x],
      value: (point) => dot(tensorWaves(tensor(array(point, 0))).data, v),
      combine: (all) => all.slice(n),
    },
    goalToHand: 1.2,
  };
}

function waveSumCase(n: number): Case {
  const x = numbers(n, -2, 2);
  const ofX = tensor(x);
  return {
    name: "sum of x² + sin x², tensor",
    size: `n = ${String(n)}`,
    primal: () => tensorWaveSum(ofX),
    generated: () => tensorWaveSumGrad(ofX),
    hand: () => waveSumGrad(x),
    gradient: numbersIn,
    check: { point: [x], value: (point) => tensorWaveSum(tensor(array(point, 0))).item() },
    goalToHand: 1.2,
  };
}

type Sizes = readonly number[];

function pointOf([inputs = 0, width = 0, outputs = 0]: Sizes, seed: number): Float64Array[] {
  const lengths = [width * inputs, width, outputs * width, outputs];
  return lengths.map((length, k) => numbers(length, -0.5, 0.5, seed + k));
}

function arraysOf(point: Point): Arrays {
  const [w1, b1, w2, b2] = [0, 1, 2, 3].map((i) => array(point, i));
  return { w1: w1!, b1: b1!, w2: w2!, b2: b2! };
}

function layersOf(point: Point, [inputs = 0, width = 0, outputs = 0]: Sizes, type: ArrayType = Float64Array): Network {
  const { w1, b1, w2, b2 } = arraysOf(point);
  const made = (data: Float64Array, shape: number[]): Tensor => new Tensor(type.from(data), shape);
  return {
    w1: made(w1, [width, inputs]),
    b1: made(b1, [width]),
    w2: made(w2, [outputs, width]),
    b2: made(b2, [outputs]),
  };
}

type ArrayType = typeof Float64Array | typeof Float32Array;

function classifierCase(sizes: Sizes, type: ArrayType, goalToHand?: number): Case {
  const [inputs = 0, width = 0, classes = 0, rows = 0] = sizes;
  const point = pointOf(sizes, 3);
  const x = numbers(rows * inputs, -1, 1, 8);
  const labels = Int32Array.from({ length: rows }, (_, r) => (7 * r + 3) % classes);
  const [layers, arrays] = [layersOf(point, sizes, type), arraysOf(point)];
  const [ofX, ofLabels] = [new Tensor(type.from(x), [rows, inputs]), new Tensor(labels, [rows])];
  return {
    name: `classifier${type === Float32Array ? ", float32" : ""}`,
    size: `${String(inputs)}-${String(width)}-${String(classes)}, batch ${String(rows)}`,
    primal: () => classifierLoss(layers, ofX, ofLabels),
    generated: () => classifierLossValueAndGrad(layers, ofX, ofLabels),
    hand: () => classifierLossGrad(arrays, x, labels),
    gradient: numbersIn,
    check: {
      point,
      value: (at) => classifierLoss(layersOf(at, sizes), ofX, ofLabels).item(),
      combine: (all) => all.slice(1),
    },
    ...(type === Float32Array ? { agreement: 1e-4 } : {}),
    ...(goalToHand === undefined ? {} : { goalToHand }),
  };
}

/** The Hessian times a direction is the gradient of the slope along that direction. */
function regressionCase(sizes: Sizes): Case {
  const [inputs = 0, , outputs = 0, rows = 0] = sizes;
  const [point, along] = [pointOf(sizes, 3), pointOf(sizes, 11)];
  const x = numbers(rows * inputs, -1, 1, 8);
  const y = numbers(rows * outputs, -1, 1, 9);
  const [ofX, ofY] = [tensor(x, [rows, inputs]), tensor(y, [rows, outputs])];
  const [layers, dots] = [layersOf(point, sizes), layersOf(along, sizes)];
  const value = (at: Point): number => regressionLoss(layersOf(at, sizes), ofX, ofY).item();
  const moved = (at: Point, h: number): Point =>
    at.map((_, k) => array(at, k).map((each, j) => each + h * along[k]![j]!));
  const between = (at: Point, h: number): number => value(moved(at, h)) - value(moved(at, -h));
  const h = 0.01;
  return {
    name: "product with the Hessian",
    size: `${sizes.slice(0, 3).join("-")}, batch ${String(rows)}`,
    primal: () => regressionLoss(layers, ofX, ofY),
    generated: () => regressionLossHvp(layers, ofX, ofY, dots),
    hand: () => regressionByHand(arraysOf(point), x, y, arraysOf(along)),
    gradient: numbersIn,
    check: {
      point,
      value: (at) => (8 * between(at, h) - between(at, 2 * h)) / (12 * h),
      combine: (all) => all.slice(1),
    },
    goalToHand: 1.5,
  };
}
