/** The standard starting points of the problems of `mgh.ts`, and the sums of squares that the paper quotes at minima. */
export interface Problem {
  readonly start: readonly number[];
  /** Sums of squares at known minimisers, to the digits that are quoted. */
  readonly minima: readonly number[];
  /** A minimiser that the paper gives exactly. */
  readonly minimiser?: readonly number[];
  /** Where our simple minimiser starts, if it loses its way from the standard start. */
  readonly nearer?: readonly number[];
}

const numbers = (n: number, at: (j: number) => number): number[] => Array.from({ length: n }, (_, j) => at(j));
const repeated = (values: readonly number[], times: number): number[] => numbers(times, () => 0).flatMap(() => values);
const grid = (n: number): number[] => numbers(n, (j) => ((j + 1) / (n + 1)) * ((j + 1) / (n + 1) - 1));

export const problems: Readonly<Record<string, Problem>> = {
  rosenbrock: { start: [-1.2, 1], minima: [0], minimiser: [1, 1] },
  freudensteinRoth: { start: [0.5, -2], minima: [0, 48.9842], minimiser: [5, 4] },
  powellBadlyScaled: { start: [0, 1], minima: [0] },
  brownBadlyScaled: { start: [1, 1], minima: [0], minimiser: [1e6, 2e-6] },
  beale: { start: [1, 1], minima: [0], minimiser: [3, 0.5] },
  jennrichSampson: { start: [0.3, 0.4], minima: [124.362] },
  helicalValley: { start: [-1, 0, 0], minima: [0], minimiser: [1, 0, 0] },
  bard: { start: [1, 1, 1], minima: [8.21487e-3] },
  gaussian: { start: [0.4, 1, 0], minima: [1.12793e-8] },
  meyer: { start: [0.02, 4000, 250], minima: [87.9458] },
  gulf: { start: [5, 2.5, 0.15], minima: [0], minimiser: [50, 25, 1.5], nearer: [40, 20, 1.2] },
  box3d: { start: [0, 10, 20], minima: [0], minimiser: [1, 10, 1] },
  powellSingular: { start: [3, -1, 0, 1], minima: [0], minimiser: [0, 0, 0, 0] },
  wood: { start: [-3, -1, -3, -1], minima: [0], minimiser: [1, 1, 1, 1] },
  kowalikOsborne: { start: [0.25, 0.39, 0.415, 0.39], minima: [3.07505e-4] },
  brownDennis: { start: [25, 5, -5, -1], minima: [85822.2] },
  osborne1: { start: [0.5, 1.5, -1, 0.01, 0.02], minima: [5.46489e-5] },
  biggsExp6: { start: [1, 2, 1, 1, 1, 1], minima: [0, 5.65565e-3], minimiser: [1, 10, 1, 5, 4, 3] },
  osborne2: { start: [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5], minima: [4.01377e-2] },
  watson: { start: numbers(6, () => 0), minima: [2.28767e-3] },
  extendedRosenbrock: { start: repeated([-1.2, 1], 4), minima: [0], minimiser: numbers(8, () => 1) },
  extendedPowell: { start: repeated([3, -1, 0, 1], 2), minima: [0], minimiser: numbers(8, () => 0) },
  penaltyI: { start: numbers(4, (j) => j + 1), minima: [2.24997e-5] },
  penaltyII: { start: numbers(4, () => 0.5), minima: [9.37629e-6] },
  variablyDimensioned: { start: numbers(6, (j) => 1 - (j + 1) / 6), minima: [0], minimiser: numbers(6, () => 1) },
  trigonometric: { start: numbers(5, () => 1 / 5), minima: [0], minimiser: numbers(5, () => 0) },
  brownAlmostLinear: { start: numbers(6, () => 0.5), minima: [0, 1], minimiser: numbers(6, () => 1) },
  discreteBoundaryValue: { start: grid(8), minima: [0] },
  discreteIntegralEquation: { start: grid(8), minima: [0] },
  broydenTridiagonal: { start: numbers(8, () => -1), minima: [0] },
  broydenBanded: { start: numbers(9, () => -1), minima: [0] },
  linearFullRank: { start: numbers(6, () => 1), minima: [10 - 6], minimiser: numbers(6, () => -1) },
  linearRankOne: { start: numbers(6, () => 1), minima: [(10 * 9) / (2 * 21)] },
  linearRankOneZeros: { start: numbers(6, () => 1), minima: [(100 + 30 - 6) / (2 * 17)] },
  chebyquad: { start: numbers(8, (j) => (j + 1) / 9), minima: [3.51687e-3] },
};
