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

const block = () => ({
  query: numbers([4, 4], 0),
  key: numbers([4, 4], 1),
  value: numbers([4, 4], 2),
  out: numbers([4, 4], 3),
  norm: { weight: numbers([4], 4), bias: numbers([4], 5) },
  up: { w: numbers([3, 4], 6), b: numbers([3], 7) },
  down: { w: numbers([4, 3], 8), b: numbers([4], 9) },
});
const gates = () => ({ input: numbers([2, 6], 0), hidden: numbers([2, 6], 1), bias: numbers([6], 2) });

export const cases: Cases = {
  transformerBlock: [() => [block(), numbers([2, 3, 4], 10), 2]],
  transformerLoss: [() => [block(), numbers([1, 3, 4], 10), numbers([1, 3, 4], 11)]],
  imageLoss: [
    () => [
      [numbers([2, 1, 3, 3], 0), numbers([2, 2, 3, 3], 1)],
      [numbers([2], 2), numbers([2], 3)],
      numbers([3, 2], 4),
      numbers([2, 1, 4, 4], 5),
      tensor(Int32Array.of(2, 0), [2]),
    ],
  ],
  recurrentStates: [() => [gates(), numbers([3, 2, 2], 3), numbers([2, 2], 4)]],
  recurrentLoss: [() => [gates(), numbers([2, 2, 2], 3), numbers([2, 2], 4)]],
  normalisedRows: [() => [numbers([2, 3], 0), numbers([3], 1), numbers([3], 2)]],
  normalisedLoss: [() => [numbers([2, 3], 0)]],
  processLoss: [() => [numbers([4, 2], 0), numbers([4], 1), numbers([2], 2), 1.3, 0.4]],
  filterLoss: [
    () => [
      { step: numbers([2, 2], 0), look: numbers([1, 2], 1), stepNoise: numbers([2, 2], 2), lookNoise: tensor([[0.7]]) },
      numbers([2], 4),
      numbers([3, 1], 5),
    ],
  ],
  mixedKinds: [
    () => [0.7, Float64Array.of(0.3, -0.2, 1), numbers([2, 3], 0)],
    () => [0.7, Float64Array.of(0.3, -0.2), numbers([3], 0)],
  ],
  structured: [
    () => [
      {
        layers: [
          { w: numbers([2, 3], 0), b: numbers([3], 1) },
          { w: numbers([3, 2], 2), b: numbers([1, 2], 3) },
        ],
        scale: 0.7,
      },
      numbers([2, 2], 4),
    ],
  ],
  whitened: [() => [numbers([2, 3], 0), numbers([2, 2], 1)]],
};
