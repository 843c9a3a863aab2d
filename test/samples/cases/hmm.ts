import type { SampleCases } from "./types.ts";

const model = {
  start: [-0.5, -0.9],
  transition: [
    [-0.2, -1.7],
    [-1.1, -0.4],
  ],
  emission: [
    [-0.7, -1.2, -1.6],
    [-2, -0.3, -1.4],
  ],
};
const scores = [
  [-0.7, -2],
  [-1.2, -0.3],
  [-1.6, -1.4],
  [-0.7, -2.1],
];

export const modules: SampleCases = {
  hmm: {
    cases: {
      logLikelihood: [() => [model, [0, 2, 1, 1]]],
      forward: [
        () => [model.start, model.transition, scores],
        // What cannot have been: its logarithm stays minus infinity, and nothing comes of it.
        () => [[0, -Infinity], [[0, -Infinity], model.transition[1]], scores],
      ],
    },
  },
};
