/** Fractions of the population. */
export interface State {
  readonly susceptible: number;
  readonly infected: number;
  readonly recovered: number;
}

export interface Rates {
  /** Infections that an infected person causes in a day while all others are susceptible. */
  readonly infection: number;
  readonly recovery: number;
  /** The fraction that is infected on the first day. */
  readonly seed: number;
}

/** state + h * slope */
function moved(state: State, slope: State, h: number): State {
  return {
    susceptible: state.susceptible + h * slope.susceptible,
    infected: state.infected + h * slope.infected,
    recovered: state.recovered + h * slope.recovered,
  };
}

function rungeKuttaStep(slopeAt: (state: State) => State, state: State, h: number): State {
  const k1 = slopeAt(state);
  const k2 = slopeAt(moved(state, k1, h / 2));
  const k3 = slopeAt(moved(state, k2, h / 2));
  const k4 = slopeAt(moved(state, k3, h));
  const mean = moved(moved(moved(k1, k2, 2), k3, 2), k4, 1);
  return moved(state, mean, h / 6);
}

/** The compartments of Kermack and McKendrick (1927), once a day. */
export function epidemic(rates: Rates, days: number, stepsPerDay = 8): State[] {
  const { infection, recovery, seed } = rates;
  const slopeAt = ({ susceptible, infected }: State): State => {
    const infections = infection * susceptible * infected;
    const recoveries = recovery * infected;
    return { susceptible: -infections, infected: infections - recoveries, recovered: recoveries };
  };
  const states: State[] = [{ susceptible: 1 - seed, infected: seed, recovered: 0 }];
  for (let day = 1; day < days; day++) {
    let state = states[day - 1];
    for (let step = 0; step < stepsPerDay; step++) state = rungeKuttaStep(slopeAt, state, 1 / stepsPerDay);
    states.push(state);
  }
  return states;
}

/**
 * How many are ill on each day.
 * @differentiable jacobian
 * @wrt rates
 */
export function illOnEachDay(rates: Rates, population: number, days: number): number[] {
  return epidemic(rates, days).map(({ infected }) => population * infected);
}
