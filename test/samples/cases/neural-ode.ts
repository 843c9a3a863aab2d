import { Dense, Network } from "../../../samples/neural-ode/network.ts";
import type { SampleCases } from "./types.ts";

const network = (): Network =>
  new Network(
    new Dense(
      [
        [0.4, -0.7],
        [0.9, 0.2],
        [-0.3, 0.5],
      ],
      [0.1, -0.2, 0.3],
    ),
    new Dense(
      [
        [0.6, -0.4, 0.8],
        [-0.5, 0.7, 0.2],
      ],
      [0.05, -0.1],
    ),
  );
const episodes = (): number[][][] => [
  [
    [0.5, -0.3],
    [0.6, -0.2],
    [0.8, 0.1],
  ],
  [
    [-0.7, 0.4],
    [-0.6, 0.2],
  ],
];

export const modules: SampleCases = {
  dynamics: { cases: { episodeLoss: [() => [network(), episodes(), 0.1]] } },
};
