import { networkLossGrad as networkByHand } from "../hand/network.ts";
import { rosenbrockGrad as rosenbrockByHand } from "../hand/rosenbrock.ts";
import { thomasVjp as thomasByHand } from "../hand/thomas.ts";
import { waveSumGrad as waveSumByHand, wavesVjp as wavesByHand } from "../hand/waves.ts";
import { networkLossGrad } from "../src/network.grad.ts";
import { networkLoss } from "../src/network.ts";
import { rosenbrockGrad } from "../src/rosenbrock.grad.ts";
import { rosenbrock } from "../src/rosenbrock.ts";
import { thomasVjp } from "../src/thomas.grad.ts";
import { thomas } from "../src/thomas.ts";
import { waveSumGrad, wavesVjp } from "../src/waves.grad.ts";
import { waves, waveSum } from "../src/waves.ts";
import { array, dot, numbers, numbersOf } from "./case.ts";
import type { Case, Scale } from "./case.ts";

type Arrays = Float64Array[];

export function arrayCases(scale: Scale): readonly Case[] {
  const small = scale === "small";
  return [
    rosenbrockCase(small ? 7 : 1000),
    ...(small ? [9] : [1000, 1_000_000]).flatMap((n) => [waveSumCase(n), wavesCase(n)]),
    thomasCase(small ? 6 : 1000),
    networkCase(small ? [4, 5, 3] : [64, 64, 64]),
  ];
}

function rosenbrockCase(n: number): Case {
  const x = numbers(n, -1, 1);
  return {
    name: "Rosenbrock",
    size: `n = ${String(n)}`,
    primal: () => rosenbrock(x),
    generated: () => rosenbrockGrad(x),
    hand: () => rosenbrockByHand(x),
    gradient: numbersOf,
    check: { point: [x], value: (point) => rosenbrock(array(point, 0)) },
    goalToHand: 1.3,
  };
}

function waveSumCase(n: number): Case {
  const x = numbers(n, -2, 2);
  return {
    name: "sum of x² + sin x²",
    size: `n = ${String(n)}`,
    primal: () => waveSum(x),
    generated: () => waveSumGrad(x),
    hand: () => waveSumByHand(x),
    gradient: numbersOf,
    check: { point: [x], value: (point) => waveSum(array(point, 0)) },
  };
}

function wavesCase(n: number): Case {
  const x = numbers(n, -2, 2);
  const v = numbers(n, -1, 1, 2);
  return {
    name: "x² + sin x², array out",
    size: `n = ${String(n)}`,
    primal: () => waves(x),
    generated: () => wavesVjp(x, v),
    hand: () => wavesByHand(x, v),
    gradient: (result) => numbersOf((result as unknown[])[1]),
    check: { point: [x], value: (point) => dot(v, waves(array(point, 0))) },
  };
}

function thomasCase(n: number): Case {
  const lower = numbers(n, -1, 1, 1);
  const diagonal = numbers(n, 3, 4, 2);
  const upper = numbers(n, -1, 1, 3);
  const right = numbers(n, -1, 1, 4);
  const v = numbers(n, -1, 1, 5);
  return {
    name: "Thomas solver",
    size: `n = ${String(n)}`,
    primal: () => thomas(lower, diagonal, upper, right),
    generated: () => thomasVjp(lower, diagonal, upper, right, v),
    hand: () => thomasByHand(lower, diagonal, upper, right, v),
    // What stands outside the matrix has no part in the solution, yet upper[n - 1] is read: its adjoint is 0.
    gradient: (result) => numbersOf((result as unknown[])[1]),
    check: {
      point: [lower, diagonal, upper, right],
      value: (point) => dot(v, thomas(array(point, 0), array(point, 1), array(point, 2), array(point, 3))),
    },
  };
}

function networkCase([inputs, width, outputs]: readonly [number, number, number] | readonly number[]): Case {
  const [from, middle, to] = [inputs ?? 0, width ?? 0, outputs ?? 0];
  const weights: Arrays = [
    numbers(from * middle, -0.2, 0.2, 1),
    numbers(middle, -0.1, 0.1, 2),
    numbers(middle * to, -0.2, 0.2, 3),
    numbers(to, -0.1, 0.1, 4),
  ];
  const [w1, b1, w2, b2] = weights as [Float64Array, Float64Array, Float64Array, Float64Array];
  const x = numbers(from, -1, 1, 5);
  const target = numbers(to, -0.5, 0.5, 6);
  return {
    name: "tanh network",
    size: [from, middle, to].join("-"),
    primal: () => networkLoss(w1, b1, w2, b2, x, target),
    generated: () => networkLossGrad(w1, b1, w2, b2, x, target),
    hand: () => networkByHand(w1, b1, w2, b2, x, target),
    gradient: numbersOf,
    check: {
      point: weights,
      value: (point) => networkLoss(array(point, 0), array(point, 1), array(point, 2), array(point, 3), x, target),
    },
  };
}
