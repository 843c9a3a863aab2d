import type { SampleCases } from "./types.ts";

const elements = {
  period: 16,
  periastron: 0.4,
  eccentricity: 0.6,
  axis: 12,
  inclination: 2.3,
  node: 3.9,
  argument: 1.1,
};

export const modules: SampleCases = {
  orbit: {
    cases: {
      predicted: [() => [elements, [-5.5, -0.9, 3.6]], () => [{ ...elements, eccentricity: 0.85 }, [-4.5, 0.9]]],
    },
    settings: { steps: [2 ** -8, 2 ** -10, 2 ** -12, 2 ** -14] },
  },
};
