/** SEIR with age groups and a contact matrix; vaccination by group. */
export const AGES = ["child", "adult", "senior"] as const;
export type Age = (typeof AGES)[number];
export type ByAge<T> = Record<Age, T>;

export interface Compartments {
  S: number;
  E: number;
  I: number;
  R: number;
}

export interface Params {
  beta: number;
  sigma: number;
  gamma: ByAge<number>;
  vaccination?: Partial<ByAge<number>>;
}

const CONTACTS: ByAge<ByAge<number>> = {
  child: { child: 7.5, adult: 5, senior: 1 },
  adult: { child: 3.1, adult: 8, senior: 1.6 },
  senior: { child: 1, adult: 3, senior: 2.5 },
};
const POPULATION: ByAge<number> = { child: 0.2, adult: 0.6, senior: 0.2 };

type State = ByAge<Compartments>;

const mapAges = <T>(f: (age: Age) => T): ByAge<T> => ({ child: f("child"), adult: f("adult"), senior: f("senior") });

function infectious(state: State, age: Age): number {
  let sum = 0;
  for (const other of AGES) sum += (CONTACTS[age][other] * state[other].I) / POPULATION[other];
  return sum;
}

function derivative(state: State, { beta, sigma, gamma, vaccination = {} }: Params): State {
  return mapAges((age) => {
    const { S, E, I } = state[age];
    const exposure = beta * S * infectious(state, age);
    const jabs = (vaccination[age] ?? 0) * S;
    return { S: -exposure - jabs, E: exposure - sigma * E, I: sigma * E - gamma[age] * I, R: gamma[age] * I + jabs };
  });
}

const axpy = (h: number, d: State, x: State): State =>
  mapAges((age) => ({
    S: x[age].S + h * d[age].S,
    E: x[age].E + h * d[age].E,
    I: x[age].I + h * d[age].I,
    R: x[age].R + h * d[age].R,
  }));

function initial(seed: number): State {
  const state = mapAges((age) => ({ S: POPULATION[age], E: 0, I: 0, R: 0 }));
  state.adult.S -= seed;
  state.adult.I += seed;
  return state;
}

/**
 * Squared distance of the weekly incidence from data.
 * @differentiable grad jvp hvp
 * @wrt p
 */
export function misfit(p: Params, weekly: readonly number[], seed = 1e-3): number {
  let state = initial(seed);
  let loss = 0;
  const dt = 0.5;
  weekly.forEach((observed, week) => {
    const before = AGES.reduce((sum, age) => sum + state[age].R, 0);
    for (let day = 0; day < 7; day += dt) {
      const k1 = derivative(state, p);
      const k2 = derivative(axpy(dt / 2, k1, state), p);
      state = axpy(dt, k2, state);
    }
    const after = AGES.reduce((sum, age) => sum + state[age].R, 0);
    const weight = week === 0 ? 0.5 : 1;
    loss += weight * (after - before - observed) ** 2;
  });
  return loss;
}
