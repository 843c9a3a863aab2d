import type { SampleCases } from "./types.ts";

export const modules: SampleCases = {
  energy: {
    cases: {
      energy: [
        () => [
          [
            { name: "a", mass: 2, position: { x: 0.1, y: 0.2, z: 0.3 }, momentum: { x: 1, y: -0.4, z: 0.2 } },
            { name: "b", mass: 1.5, position: { x: 1.1, y: -0.2, z: 0.5 }, momentum: { x: 0.3, y: 0.5, z: -1 } },
            { name: "c", mass: 0.7, position: { x: -0.4, y: 0.9, z: 0.1 }, momentum: { x: 0.1, y: 0, z: 0.6 } },
          ],
        ],
      ],
    },
    hints: { wrt: { energy: ["bodies"] } },
  },
};
