import type { SampleCases } from "./types.ts";

const spline = { knots: [0.22, 0.35, 0.71], coefficients: [0.6, 1.1, -0.4, 0.9, 0.3, 1.2, -0.7] };

export const modules: SampleCases = {
  spline: {
    cases: { splineValues: [() => [spline, [0, 1], [0.05, 0.3, 0.5, 0.93]]] },
    // A knot must not move over one of the points.
    settings: { steps: [2 ** -8, 2 ** -10, 2 ** -12, 2 ** -14] },
  },
};
