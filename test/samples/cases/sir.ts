import type { SampleCases } from "./types.ts";

export const modules: SampleCases = {
  epidemic: { cases: { illOnEachDay: [() => [{ infection: 1.7, recovery: 0.45, seed: 0.01 }, 763, 6]] } },
};
