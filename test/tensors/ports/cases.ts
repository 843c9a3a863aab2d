import { tensor, type Tensor } from "tsgrad";
import type { Cases } from "../../support/fixture.ts";

/** Numbers between -1 and 1 without any pattern. */
function numbers(shape: number[], phase: number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float64Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + phase)),
    shape,
  );
}

const attention = () => ({
  wq: numbers([8, 8], 0),
  wk: numbers([8, 8], 1),
  wv: numbers([8, 8], 2),
  wo: numbers([8, 8], 3),
  g: numbers([8], 4),
  b: numbers([8], 5),
});
const vae = () => ({
  e: numbers([4, 3], 0),
  eb: numbers([4], 1),
  mu: numbers([2, 4], 2),
  lv: numbers([2, 4], 3),
  d: numbers([4, 2], 4),
  db: numbers([4], 5),
  o: numbers([3, 4], 6),
});
const autoEncoder = () => ({
  down: numbers([4, 1, 3, 3], 0),
  downBias: numbers([4], 1),
  up: numbers([4, 1, 2, 2], 2),
  upBias: numbers([1], 3),
});
const flow = (phase: number) => ({
  w: numbers([2, 2], phase),
  s: numbers([1], phase + 1),
  t: numbers([1], phase + 2),
  bias: numbers([1], phase + 3),
});
const padding = () => tensor([0, 0, 1, 0, 0, 0], [2, 3], "bool");

export const cases: Cases = {
  attentionLoss: [() => [attention(), numbers([2, 3, 8], 6), padding(), numbers([2, 3, 8], 7)]],
  vaeLoss: [() => [vae(), numbers([2, 3], 7), numbers([2, 2], 8), 0.7]],
  rnnLoss: [
    () => [numbers([3, 2], 0), numbers([2, 2], 1), numbers([2], 2), numbers([3, 2, 3], 3), numbers([3, 2, 2], 4)],
  ],
  metricLoss: [() => [numbers([3, 2], 0), numbers([4, 3], 1), numbers([4, 3], 2), numbers([4, 3], 3), 0.6]],
  infoNce: [() => [numbers([3, 2], 0), numbers([4, 3], 1), numbers([4, 3], 2), 0.5]],
  autoencoderLoss: [() => [autoEncoder(), numbers([2, 1, 4, 4], 4)]],
  gaussianProcess: [() => [numbers([4, 2], 0), numbers([4], 1), tensor([0.8, 1.2]), 0.1, -0.5]],
  flowLoss: [() => [[flow(0), flow(4)], numbers([3, 2], 8)]],
  mixtureLoss: [() => [numbers([2, 4], 0), numbers([4, 9], 1), numbers([3, 2], 2), numbers([3, 1], 3)]],
  sinkhornLoss: [() => [numbers([3, 2], 0), numbers([4, 2], 1), 0.5, 4]],
  parts: [() => [numbers([2, 4, 4], 0), numbers([4, 4], 1)]],
  treeLoss: [() => [numbers([4, 2], 0), Int32Array.of(1, -1, 3, -1), Int32Array.of(2, -1, -1, -1), numbers([2, 2], 1)]],
};
