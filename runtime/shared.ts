/** Whether what a function is given shares memory where it may not. */

/** What stands at the end of a way: a value, and the names of fields that lead on from it; `*` leads to all elements of an array. */
export type Way = readonly [from: unknown, ...steps: string[]];

/** Part of a buffer that a view looks at. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly isWritten: boolean;
}

/**
 * Whether an array or object that is written into is found twice: at two ends of the ways to what is written, or there
 * and at one of the other ways. What is absent is passed over.
 */
export function shareMemory(written: readonly Way[], others: readonly Way[]): boolean {
  const objects = new Set<object>();
  const spans = new Map<ArrayBufferLike, Span[]>();
  const isView = (value: object, isWritten: boolean): boolean => {
    if (!ArrayBuffer.isView(value)) return false;
    const { buffer, byteOffset: start, byteLength } = value;
    const known = spans.get(buffer);
    const span = { start, end: start + byteLength, isWritten };
    if (known === undefined) spans.set(buffer, [span]);
    else known.push(span);
    return true;
  };
  const isNew = (value: object): boolean => {
    if (isView(value, true)) return true;
    const before = objects.size;
    return objects.add(value).size > before;
  };
  const isOther = (value: object): boolean => isView(value, false) || !objects.has(value);
  if (!written.every(([from, ...steps]) => holdsAt(from, steps, 0, isNew))) return true;
  if (!others.every(([from, ...steps]) => holdsAt(from, steps, 0, isOther))) return true;
  return [...spans.values()].some(overlap);
}

/** Whether something holds for each array or object at the end of a way. */
function holdsAt(value: unknown, steps: readonly string[], from: number, holds: (value: object) => boolean): boolean {
  if (typeof value !== "object" || value === null) return true;
  const step = steps[from];
  if (step === undefined) return holds(value);
  if (step !== "*" || !Array.isArray(value))
    return holdsAt((value as Readonly<Record<string, unknown>>)[step], steps, from + 1, holds);
  for (const element of value as readonly unknown[]) if (!holdsAt(element, steps, from + 1, holds)) return false;
  return true;
}

/** Whether one that is written overlaps another. */
function overlap(spans: readonly Span[]): boolean {
  if (spans.length < 2) return false;
  let end = 0;
  let writtenEnd = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.end === span.start) continue;
    if (span.start < (span.isWritten ? end : writtenEnd)) return true;
    end = Math.max(end, span.end);
    if (span.isWritten) writtenEnd = Math.max(writtenEnd, span.end);
  }
  return false;
}
