/** For hints: the name that a mistyped one may have been meant to be. */

/** The nearest of `names` that a few slips of the keyboard lead to. */
export function closest(word: string, names: readonly string[]): string | undefined {
  const near = names
    .map((name) => ({ name, slips: slipsBetween(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, slips }) => slips <= Math.floor(Math.min(word.length, name.length) / 3))
    .sort((a, b) => a.slips - b.slips);
  return near[0]?.name;
}

/** Levenshtein's distance: letters put in, left out or mistaken. */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const mistaken = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(mistaken, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** How a hint names what was meant. */
export const didYouMean = (name: string): string => `Did you mean '${name}'?`;

/** What a hint takes to be meant. */
export const meantIn = (hint: string | undefined): string | undefined =>
  /Did you mean '([^']+)'\?/.exec(hint ?? "")?.[1];
