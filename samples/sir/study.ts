import { leastSquares } from "../show/levenberg.ts";
import { plot } from "../show/plot.ts";
import { near, vanishes, type Study } from "../show/study.ts";
import { illOnEachDayJacobian } from "./epidemic.grad.ts";
import { epidemic, illOnEachDay, type Rates } from "./epidemic.ts";

/**
 * Boys in bed with influenza at an English boarding school, from 22 January 1978 on: British Medical Journal 1978;1:587,
 * as in the data set `influenza_england_1978_school` of the R package outbreaks.
 */
const inBed = [3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4];
const boys = 763;

const names = ["infection", "recovery", "seed"] as const;
const toVector = (rates: Rates): Float64Array => Float64Array.from(names, (name) => rates[name]);
const fromVector = ([infection, recovery, seed]: ArrayLike<number> & Iterable<number>): Rates => ({
  infection,
  recovery,
  seed,
});

export function study(): Study {
  const days = inBed.length;
  const start: Rates = { infection: 1.4, recovery: 0.6, seed: 3 / boys };
  const fit = leastSquares(
    {
      predict: (values) => illOnEachDay(fromVector(values), boys, days),
      jacobian: (values) => {
        const columns = illOnEachDayJacobian(fromVector(values), boys, days);
        return inBed.flatMap((_, i) => names.map((name) => columns[name].data[i]));
      },
    },
    Float64Array.from(inBed),
    toVector(start),
    Float64Array.of(1, 1, 0.01),
  );
  const rates = fromVector(fit.parameters);
  const course = epidemic(rates, days);
  const people = course.map(({ susceptible, infected, recovered }) => susceptible + infected + recovered);
  const modelled = illOnEachDay(rates, boys, days);
  const reproduction = rates.infection / rates.recovery;
  // The invariant of the model: what is susceptible at the end follows from how many were infected in all.
  const { susceptible, recovered } = course[days - 1];
  const invariant = Math.log(susceptible / (1 - rates.seed)) + reproduction * recovered;

  return {
    title: "Influenza at a boarding school, 1978: the SIR model fitted to the boys in bed",
    tables: [
      {
        head: ["day", "in bed", "model"],
        rows: inBed.map((ill, day) => [day + 1, ill, Number(modelled[day].toFixed(1))]),
      },
      {
        head: ["rate", "start", "fitted"],
        rows: names.map((name) => [name, start[name], rates[name]]),
      },
    ],
    checks: [
      // Keeling and Rohani, Modeling Infectious Diseases (2008), page 26.
      near("days that a boy is ill", 1 / rates.recovery, 2.2, 0.03),
      near("basic reproductive ratio", reproduction, 3.65, 0.1),
      near("people, at any time", Math.max(...people), 1, 1e-12),
      vanishes("invariant of the model, at the end", invariant, 1e-5),
    ],
    plots: {
      epidemic: plot({ x: "day", y: "boys" }, [
        { label: "in bed", dots: true, points: inBed.map((ill, day) => [day + 1, ill]) },
        { label: "infected", points: modelled.map((ill, day) => [day + 1, ill]) },
        { label: "susceptible", points: course.map((state, day) => [day + 1, boys * state.susceptible]) },
        { label: "recovered", points: course.map((state, day) => [day + 1, boys * state.recovered]) },
      ]),
    },
  };
}
