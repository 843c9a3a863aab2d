import type { SampleCases } from "./types.ts";

export const modules: SampleCases = {
  models: {
    cases: {
      localLevelLikelihood: [() => [{ level: 0.3, noise: -0.4 }, [1.2, 0.7, 2.1, 1.6, -0.3]]],
      trackingLikelihood: [() => [{ push: -0.5, measurement: 0.2 }, [0.3, 1.1, 2.4, 2.9], 0.5]],
    },
  },
};
