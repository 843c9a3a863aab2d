import type { Recogniser, Utterance } from "../../../samples/ctc/ctc.ts";
import type { SampleCases } from "./types.ts";

const logits = (): number[][] => [
  [0.3, -0.7, 0.9],
  [-0.2, 0.5, 0.1],
  [0.8, 0.4, -0.6],
  [0.2, -0.1, 0.7],
  [-0.5, 0.6, 0.3],
];
const recogniser = (): Recogniser => ({
  weights: [
    [0.4, -0.3],
    [-0.6, 0.8],
    [0.2, 0.5],
  ],
  biases: [0.1, -0.2, 0.3],
});
const utterances = (): Utterance[] => [
  {
    frames: [
      [0.5, 1],
      [0.7, -0.4],
      [1.2, 0.3],
    ],
    label: [1, 2],
  },
  {
    frames: [
      [-0.8, 0.2],
      [0.1, 0.9],
      [0.6, -1.1],
      [0.3, 0.3],
    ],
    label: [2, 2],
  },
];

export const modules: SampleCases = {
  ctc: {
    cases: {
      ctcLoss: [() => [logits(), [1, 2]], () => [logits(), [2, 2], 0], () => [logits(), []]],
      trainingLoss: [() => [recogniser(), utterances(), 0.01]],
    },
    hints: { wrt: { trainingLoss: ["recogniser"] } },
  },
};
