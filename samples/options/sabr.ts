import { normalCumulative } from "./normal.ts";

/** The parameters of Hagan, Kumar, Lesniewski and Woodward (2002). */
export interface Sabr {
  readonly alpha: number;
  readonly beta: number;
  readonly rho: number;
  readonly nu: number;
}

/** The volatility of Black's model that gives the price of an option in the SABR model: their formula 2.17. */
export function impliedVolatility(sabr: Sabr, forward: number, strike: number, expiry: number): number {
  const { alpha, beta, rho, nu } = sabr;
  const logMoneyness = Math.log(forward / strike);
  const power = (forward * strike) ** ((1 - beta) / 2);
  const correction =
    1 +
    (((1 - beta) ** 2 / 24) * (alpha / power) ** 2 +
      (rho * beta * nu * alpha) / (4 * power) +
      ((2 - 3 * rho ** 2) / 24) * nu ** 2) *
      expiry;
  const spread =
    power * (1 + ((1 - beta) ** 2 / 24) * logMoneyness ** 2 + ((1 - beta) ** 4 / 1920) * logMoneyness ** 4);
  const z = (nu / alpha) * power * logMoneyness;
  return (alpha / spread) * ratio(z, rho) * correction;
}

/** z / x(z), which is 0 / 0 at the money. */
function ratio(z: number, rho: number): number {
  if (Math.abs(z) < 1e-4) return 1 - (rho * z) / 2 + ((2 - 3 * rho ** 2) * z ** 2) / 12;
  return z / Math.log((Math.sqrt(1 - 2 * rho * z + z ** 2) + z - rho) / (1 - rho));
}

/**
 * The volatilities at the strikes of a smile.
 * @differentiable jacobian
 * @wrt sabr
 */
export function smile(sabr: Sabr, forward: number, strikes: readonly number[], expiry: number): number[] {
  return strikes.map((strike) => impliedVolatility(sabr, forward, strike, expiry));
}

/**
 * A call on the forward, undiscounted, in the SABR model. The gradient has the delta that knows that the smile moves with the
 * forward, and the sensitivities to the parameters of the smile.
 * @differentiable grad
 * @wrt sabr, forward
 */
export function sabrCall(sabr: Sabr, forward: number, strike: number, expiry: number): number {
  const deviation = impliedVolatility(sabr, forward, strike, expiry) * Math.sqrt(expiry);
  const d1 = Math.log(forward / strike) / deviation + deviation / 2;
  return forward * normalCumulative(d1) - strike * normalCumulative(d1 - deviation);
}
