import { normalCumulative } from "./normal.ts";

export interface Option {
  readonly kind: "call" | "put";
  readonly strike: number;
  /** Years. */
  readonly expiry: number;
}

export interface Market {
  readonly spot: number;
  readonly volatility: number;
  readonly rate: number;
  readonly dividend: number;
}

/**
 * The value of a European option after Black, Scholes and Merton. The gradient has delta, vega and rho, the Hessian
 * gamma, vanna and volga.
 * @differentiable grad hessian
 * @wrt market
 */
export function optionValue(market: Market, option: Option): number {
  const { spot, volatility, rate, dividend } = market;
  const { kind, strike, expiry } = option;
  const deviation = volatility * Math.sqrt(expiry);
  const forward = spot * Math.exp((rate - dividend) * expiry);
  const d1 = Math.log(forward / strike) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const sign = kind === "call" ? 1 : -1;
  const undiscounted = sign * (forward * normalCumulative(sign * d1) - strike * normalCumulative(sign * d2));
  return Math.exp(-rate * expiry) * undiscounted;
}
