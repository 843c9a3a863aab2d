/** CTC the long way, over all sequences of symbols: what the dynamic programme and its gradient are compared with. */

/** What a sequence of symbols spells: repetitions are one, blanks nothing. */
export function spelled(path: readonly number[]): number[] {
  return path.filter((symbol, t) => symbol !== 0 && symbol !== path[t - 1]);
}

export interface Summed {
  readonly loss: number;
  /** How likely each symbol is in each frame, given what was spelled. */
  readonly occupancy: number[][];
}

/** Sums the probabilities of all sequences that spell the label. */
export function sumOverAlignments(probabilities: readonly (readonly number[])[], label: readonly number[]): Summed {
  const occupancy = probabilities.map((frame) => frame.map(() => 0));
  const wanted = label.join();
  let total = 0;
  const extend = (path: readonly number[], probability: number): void => {
    if (path.length < probabilities.length) {
      probabilities[path.length].forEach((each, symbol) => {
        extend([...path, symbol], probability * each);
      });
    } else if (spelled(path).join() === wanted) {
      total += probability;
      path.forEach((symbol, t) => (occupancy[t][symbol] += probability));
    }
  };
  extend([], 1);
  return { loss: -Math.log(total), occupancy: occupancy.map((frame) => frame.map((weight) => weight / total)) };
}

/** How many insertions, deletions and exchanges lead from one label to the other: Levenshtein (1966). */
export function editDistance(a: readonly number[], b: readonly number[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const symbol of a) {
    const next = [row[0] + 1];
    b.forEach((other, j) => next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (symbol === other ? 0 : 1))));
    row = next;
  }
  return row[b.length];
}
