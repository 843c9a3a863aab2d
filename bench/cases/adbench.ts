/** ADBench's objectives at its own sizes. */
import { reprojectionRows } from "../hand/ba.ts";
import { gmmGrad as gmmByHand } from "../hand/gmm.ts";
import { lstmLossGrad as lstmByHand } from "../hand/lstm.ts";
import { gmmGrad } from "../src/gmm.grad.ts";
import { gmm } from "../src/gmm.ts";
import { lstmLossGrad } from "../src/lstm.grad.ts";
import { lstmLoss } from "../src/lstm.ts";
import { reprojectionError } from "../src/ba.ts";
import { generatedRows } from "./ba-rows.ts";
import { array, dot, normals, numbers, numbersOf, scalar } from "./case.ts";
import type { Case, Scale } from "./case.ts";

export function adbenchCases(scale: Scale): readonly Case[] {
  const small = scale === "small";
  return [
    small ? lstmCase(2, 3, 5) : lstmCase(4, 14, 1024),
    small ? gmmCase(3, 4, 6) : gmmCase(10, 25, 1000),
    bundleCase(small ? 3 : 10_000),
  ];
}

function lstmCase(layers: number, bits: number, characters: number): Case {
  const main = numbers(8 * layers * bits, 0, 1, 1);
  const extra = numbers(3 * bits, 0, 1, 2);
  const state = numbers(2 * layers * bits, 0, 1, 3);
  const sequence = numbers(characters * bits, 0, 1, 4).map(Math.round);
  return {
    name: "LSTM",
    size: `l${String(layers)} c${String(characters)}`,
    primal: () => lstmLoss(main, extra, state, sequence, layers, bits),
    generated: () => lstmLossGrad(main, extra, state, sequence, layers, bits),
    hand: () => lstmByHand(main, extra, state, sequence, layers, bits),
    gradient: numbersOf,
    check: {
      point: [main, extra],
      value: (point) => lstmLoss(array(point, 0), array(point, 1), state, sequence, layers, bits),
    },
    goal: 2.5,
  };
}

function gmmCase(d: number, k: number, n: number): Case {
  const alpha = normals(k, 1);
  const mu = numbers(k * d, 0, 1, 2);
  const q = normals(k * d, 3);
  const l = normals((k * d * (d - 1)) / 2, 4);
  const x = normals(n * d, 5);
  return {
    name: "GMM",
    size: `d${String(d)} K${String(k)} n${String(n)}`,
    primal: () => gmm(alpha, mu, q, l, x, 0, 1),
    generated: () => gmmGrad(alpha, mu, q, l, x, 0, 1),
    hand: () => gmmByHand(alpha, mu, q, l, x, 0, 1),
    gradient: numbersOf,
    check: {
      point: [alpha, mu, q, l],
      value: (point) => gmm(array(point, 0), array(point, 1), array(point, 2), array(point, 3), x, 0, 1),
    },
    goal: 3.5,
  };
}

/** The Jacobian of so many observations, rows of 15 numbers each. */
function bundleCase(observations: number): Case {
  const camera = Float64Array.of(0.3, -0.5, 0.2, 0.1, 0.2, -5, 400, 5, -8, 0.08, 0.002);
  const cameras = Array.from({ length: Math.min(observations, 49) }, (_, i) =>
    camera.map((c, j) => c + numbers(1, 0, 0.01, i * 11 + j)[0]!),
  );
  const points = Array.from({ length: Math.ceil(observations / 4) }, (_, i) => numbers(3, -1, 1, i + 1));
  const weights = numbers(observations, 0.5, 1.5, 7);
  const features = Array.from({ length: observations }, (_, i) => numbers(2, -50, 50, i + 3));
  const at = (i: number): [Float64Array, Float64Array, number, Float64Array] => [
    cameras[i % cameras.length]!,
    points[i % points.length]!,
    weights[i]!,
    features[i]!,
  ];
  const rows = (fill: (out: Float64Array, i: number) => void): Float64Array => {
    const out = new Float64Array(30 * observations);
    for (let i = 0; i < observations; i++) fill(out, i);
    return out;
  };
  const v = [0.7, -0.4] as const;
  return {
    name: "bundle adjustment",
    size: `${String(observations)} observations`,
    primal: () => {
      const errors = new Float64Array(2 * observations);
      for (let i = 0; i < observations; i++) {
        const error = reprojectionError(...at(i));
        errors[2 * i] = error[0]!;
        errors[2 * i + 1] = error[1]!;
      }
      return errors;
    },
    generated: () =>
      rows((out, i) => {
        generatedRows(...at(i), out, 30 * i);
      }),
    hand: () =>
      rows((out, i) => {
        reprojectionRows(...at(i), out, 30 * i);
      }),
    gradient: numbersOf,
    check: {
      point: at(0).slice(0, 3) as [Float64Array, Float64Array, number],
      value: (point) => dot(v, reprojectionError(array(point, 0), array(point, 1), scalar(point, 2), at(0)[3])),
      combine: (all) => Array.from({ length: 15 }, (_, j) => v[0] * all[j]! + v[1] * all[15 + j]!),
    },
  };
}
