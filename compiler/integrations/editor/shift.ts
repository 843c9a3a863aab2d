/** Places of a text that is still being typed, which were found in an earlier one. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What becomes of the spans of a text in another one: what stands in front of all changes stays, what stands behind them
 * moves, and what they are in is gone.
 */
export function shifting(before: string, now: string): <T extends Span>(span: T) => T | undefined {
  if (before === now) return (span) => span;
  const shorter = Math.min(before.length, now.length);
  let head = 0;
  while (head < shorter && before[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const by = now.length - before.length;
  return (span) => {
    if (span.end <= head) return span;
    if (span.start < before.length - tail) return undefined;
    return { ...span, start: span.start + by, end: span.end + by };
  };
}
