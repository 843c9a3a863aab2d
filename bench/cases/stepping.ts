import { logisticGrad as logisticByHand } from "../hand/logistic.ts";
import { lorenzVjp as lorenzByHand } from "../hand/lorenz.ts";
import { logisticGrad } from "../src/logistic.grad.ts";
import { logistic } from "../src/logistic.ts";
import { lorenzVjp } from "../src/lorenz.grad.ts";
import { lorenz } from "../src/lorenz.ts";
import { array, dot, numbersOf, scalar } from "./case.ts";
import type { Case, Scale } from "./case.ts";

export function steppingCases(scale: Scale): readonly Case[] {
  const small = scale === "small";
  return [logisticCase(small ? 12 : 1000), lorenzCase(small ? 20 : 10_000)];
}

function logisticCase(steps: number): Case {
  // Below the onset of chaos the derivative stays of ordinary size.
  const rate = 3.2;
  const start = 0.4;
  return {
    name: "logistic map",
    size: `${String(steps)} steps`,
    primal: () => logistic(rate, start, steps),
    generated: () => logisticGrad(rate, start, steps),
    hand: () => logisticByHand(rate, start, steps),
    gradient: numbersOf,
    check: { point: [rate, start], value: (point) => logistic(scalar(point, 0), scalar(point, 1), steps) },
  };
}

function lorenzCase(steps: number): Case {
  const start = Float64Array.of(1, 1.1, 20);
  const v = Float64Array.of(1, -0.5, 0.25);
  const h = 0.001;
  return {
    name: "RK4 of Lorenz",
    size: `${String(steps)} steps`,
    primal: () => lorenz(start, 10, 28, 8 / 3, h, steps),
    generated: () => lorenzVjp(start, 10, 28, 8 / 3, h, steps, v),
    hand: () => lorenzByHand(start, 10, 28, 8 / 3, h, steps, v),
    gradient: (result) => numbersOf((result as unknown[])[1]),
    check: {
      point: [start, 10, 28, 8 / 3],
      value: (point) => dot(v, lorenz(array(point, 0), scalar(point, 1), scalar(point, 2), scalar(point, 3), h, steps)),
    },
  };
}
