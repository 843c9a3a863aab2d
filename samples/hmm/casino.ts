import type { HiddenMarkovModel } from "./hmm.ts";

export interface Casino {
  /** For each die, the probability of staying with it or changing to the other. */
  readonly change: readonly (readonly number[])[];
  /** For each die, the probability of each face. */
  readonly faces: readonly (readonly number[])[];
}

/**
 * The occasionally dishonest casino of Durbin, Eddy, Krogh and Mitchison, Biological Sequence Analysis (1998), chapter 3:
 * a fair die, which is exchanged for a loaded one now and then.
 */
export const casino: Casino = {
  change: [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
  faces: [
    [1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6],
    [0.1, 0.1, 0.1, 0.1, 0.1, 0.5],
  ],
};

/** The casino as a model that begins with either die. */
export function modelOf({ change, faces }: Casino): HiddenMarkovModel {
  return {
    start: faces.map(() => -Math.log(faces.length)),
    transition: change.map((row) => row.map(Math.log)),
    emission: faces.map((row) => row.map(Math.log)),
  };
}

export interface Evening {
  readonly dice: number[];
  readonly rolls: number[];
}

export function simulate({ change, faces }: Casino, count: number, uniform: () => number): Evening {
  const pick = (probabilities: readonly number[]): number => {
    let left = uniform();
    const found = probabilities.findIndex((probability) => (left -= probability) < 0);
    return found < 0 ? probabilities.length - 1 : found;
  };
  const dice = [0];
  const rolls = [pick(faces[0])];
  while (rolls.length < count) {
    const die = pick(change[dice[dice.length - 1]]);
    dice.push(die);
    rolls.push(pick(faces[die]));
  }
  return { dice, rolls };
}
