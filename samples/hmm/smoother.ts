import type { Casino } from "./casino.ts";

/**
 * How likely each die was at each roll, by the forward and the backward algorithm with scaling, on probabilities and by
 * hand: what the gradient is compared with.
 */
export function posterior({ change, faces }: Casino, rolls: readonly number[]): number[][] {
  const dice = [...faces.keys()];
  const forward: number[][] = [];
  rolls.forEach((roll, t) => {
    const before = (j: number): number =>
      t === 0 ? 1 / dice.length : dice.reduce((sum, i) => sum + forward[t - 1][i] * change[i][j], 0);
    forward.push(normalised(dice.map((j) => before(j) * faces[j][roll])));
  });
  let backward = dice.map(() => 1);
  const result = forward.map((row) => row);
  for (let t = rolls.length - 2; t >= 0; t--) {
    const after = backward;
    backward = normalised(
      dice.map((i) => dice.reduce((sum, j) => sum + change[i][j] * faces[j][rolls[t + 1]] * after[j], 0)),
    );
    result[t] = normalised(forward[t].map((probability, i) => probability * backward[i]));
  }
  return result;
}

export function normalised(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
