import type { SampleCases } from "./types.ts";

const market = { spot: 42, volatility: 0.25, rate: 0.05, dividend: 0.02 };
const sabr = { alpha: 0.35, beta: 0.6, rho: -0.3, nu: 0.45 };

export const modules: SampleCases = {
  "black-scholes": {
    cases: {
      optionValue: [
        () => [market, { kind: "call", strike: 40, expiry: 0.5 }],
        () => [market, { kind: "put", strike: 45, expiry: 2 }],
        // So far out of the money that the other branch of the cumulative normal distribution is taken.
        () => [
          { ...market, spot: 8 },
          { kind: "call", strike: 40, expiry: 0.5 },
        ],
      ],
    },
    settings: { steps: [2 ** -8, 2 ** -10, 2 ** -12, 2 ** -14] },
  },
  sabr: {
    cases: {
      smile: [() => [sabr, 1.2, [0.9, 1.2, 1.7], 3]],
      sabrCall: [() => [sabr, 1.2, 1.5, 3], () => [sabr, 1.2, 1.2000001, 3]],
    },
    settings: { steps: [2 ** -8, 2 ** -10, 2 ** -12, 2 ** -14] },
  },
};
