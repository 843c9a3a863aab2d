import { leastSquares } from "../show/levenberg.ts";
import { plot } from "../show/plot.ts";
import { near, type Study } from "../show/study.ts";
import { optionValueGrad, optionValueHessian } from "./black-scholes.grad.ts";
import { optionValue, type Market, type Option } from "./black-scholes.ts";
import { normalCumulative, normalDensity } from "./normal.ts";
import { sabrCallGrad, smileJacobian } from "./sabr.grad.ts";
import { impliedVolatility, smile, type Sabr } from "./sabr.ts";

/** Hull, Options, Futures, and Other Derivatives, example 15.6. */
const market: Market = { spot: 42, volatility: 0.2, rate: 0.1, dividend: 0 };
const call: Option = { kind: "call", strike: 40, expiry: 0.5 };
const put: Option = { ...call, kind: "put" };

/** The textbook's formulas for the Greeks of a call. */
function textbook({ spot, volatility, rate, dividend }: Market, { strike, expiry }: Option): Record<string, number> {
  const root = Math.sqrt(expiry);
  const d1 = (Math.log(spot / strike) + (rate - dividend + volatility ** 2 / 2) * expiry) / (volatility * root);
  const d2 = d1 - volatility * root;
  const carry = Math.exp(-dividend * expiry);
  const vega = spot * carry * root * normalDensity(d1);
  return {
    delta: carry * normalCumulative(d1),
    vega,
    rho: strike * expiry * Math.exp(-rate * expiry) * normalCumulative(d2),
    gamma: (carry * normalDensity(d1)) / (spot * volatility * root),
    vanna: (-carry * normalDensity(d1) * d2) / volatility,
    volga: (vega * d1 * d2) / volatility,
  };
}

export function study(): Study {
  const first = optionValueGrad(market, call);
  const second = optionValueHessian(market, call);
  const greeks: Record<string, number> = {
    delta: first.spot,
    vega: first.volatility,
    rho: first.rate,
    gamma: second.spot.spot,
    vanna: second.spot.volatility,
    volga: second.volatility.volatility,
  };
  const formulas = textbook(market, call);
  const parity = optionValue(market, call) - optionValue(market, put);

  const { fitted, truth, forward, strikes, quotes, expiry } = calibration();
  const strike = 0.035;
  const flat: Sabr = { alpha: 0.2, beta: 1, rho: 0, nu: 1e-9 };
  const [towards, delta] = sabrCallGrad(fitted, forward, strike, expiry);
  return {
    title: "Greeks: Black-Scholes against the textbook, and SABR calibrated to a smile",
    tables: [
      {
        head: ["Greek", "generated", "formula"],
        rows: Object.entries(greeks).map(([name, value]) => [name, value, formulas[name]]),
      },
      {
        head: ["SABR", "fitted", "behind the quotes", `a call at ${strike}: sensitivity`],
        rows: (["alpha", "rho", "nu"] as const).map((name) => [name, fitted[name], truth[name], towards[name]]),
      },
    ],
    checks: [
      near("value of the call, Hull's 4.76", optionValue(market, call), 4.76, 1e-3),
      near("put-call parity", parity, 42 - 40 * Math.exp(-0.05), 1e-13),
      ...Object.entries(greeks).map(([name, value]) => near(name, value, formulas[name], 1e-12)),
      near("SABR rho", fitted.rho, truth.rho, 1e-6),
      near("SABR nu", fitted.nu, truth.nu, 1e-6),
      near("SABR delta, against differences", delta, sabrDelta(fitted, forward, strike, expiry), 1e-7),
      near("SABR without a smile is Black's model", impliedVolatility(flat, 100, 120, 2), flat.alpha, 1e-9),
    ],
    plots: {
      smile: plot({ x: "strike", y: "implied volatility" }, [
        { label: "quotes", dots: true, points: strikes.map((each, i) => [each, quotes[i]]) },
        {
          label: "SABR",
          points: Array.from({ length: 100 }, (_, i) => 0.012 + 0.0007 * i).map((each) => [
            each,
            impliedVolatility(fitted, forward, each, expiry),
          ]),
        },
      ]),
    },
  };
}

/** Alpha, rho and nu from a smile; beta is a choice of the desk, as usual. */
function calibration() {
  const [forward, expiry, beta] = [0.03, 5, 0.5];
  const truth: Sabr = { alpha: 0.035, beta, rho: -0.35, nu: 0.45 };
  const strikes = [0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.05, 0.06, 0.075];
  const quotes = smile(truth, forward, strikes, expiry);
  const sabr = ([alpha, rho, nu]: ArrayLike<number> & Iterable<number>): Sabr => ({ alpha, beta, rho, nu });
  const fit = leastSquares(
    {
      predict: (values) => smile(sabr(values), forward, strikes, expiry),
      jacobian: (values) => {
        const { alpha, rho, nu } = smileJacobian(sabr(values), forward, strikes, expiry);
        return strikes.flatMap((_, i) => [alpha.data[i], rho.data[i], nu.data[i]]);
      },
    },
    Float64Array.from(quotes),
    Float64Array.of(0.05, 0, 0.3),
    Float64Array.of(0.1, 1, 1),
  );
  return { fitted: sabr(fit.parameters), truth, forward, strikes, quotes, expiry };
}

function sabrCall(sabr: Sabr, forward: number, strike: number, expiry: number): number {
  const volatility = impliedVolatility(sabr, forward, strike, expiry);
  const black = { spot: forward, volatility, rate: 0, dividend: 0 };
  return optionValue(black, { kind: "call", strike, expiry });
}

function sabrDelta(sabr: Sabr, forward: number, strike: number, expiry: number): number {
  const h = 1e-6;
  return (sabrCall(sabr, forward + h, strike, expiry) - sabrCall(sabr, forward - h, strike, expiry)) / (2 * h);
}
