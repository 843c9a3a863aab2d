/** Which elements `pad`, `roll`, `tile` and `repeat` take along each axis; their adjoints put them back by the same maps. */
import type { AxisMaps } from "../cpu/layout.ts";
import { type Shape, ShapeError, axisOf, showShape } from "../shape.ts";

export type PadMode = "constant" | "reflect" | "edge" | "wrap";
export type PadAmounts = readonly (readonly [before: number, after: number])[];

const modulo = (i: number, n: number): number => ((i % n) + n) % n;

export function padMaps(operation: string, shape: Shape, amounts: PadAmounts, mode: PadMode = "constant"): AxisMaps {
  if (amounts.length > shape.length)
    throw new ShapeError(
      `${operation}: ${amounts.length} pairs of amounts for shape ${showShape(shape)} of ${shape.length} axes`,
    );
  return shape.map((length, axis) => {
    const [before, after] = amounts[axis] ?? [0, 0];
    if (before === 0 && after === 0) return undefined;
    for (const amount of [before, after])
      if (!Number.isInteger(amount) || amount < 0)
        throw new RangeError(`${operation}: ${amount} is no number of elements to add along axis ${axis}`);
    if (mode !== "constant" && length === 0)
      throw new ShapeError(
        `${operation}: axis ${axis} of shape ${showShape(shape)} has no elements to take for mode "${mode}"`,
      );
    if (mode === "reflect" && Math.max(before, after) >= length)
      throw new ShapeError(
        `${operation}: mode "reflect" reaches at most ${length - 1} elements along axis ${axis} of shape ${showShape(shape)}, not ${Math.max(before, after)}`,
      );
    return Int32Array.from({ length: before + length + after }, (_, k) => placeOf(k - before, length, mode));
  });
}

function placeOf(i: number, length: number, mode: PadMode): number {
  switch (mode) {
    case "constant":
      return i >= 0 && i < length ? i : -1;
    case "reflect":
      return i < 0 ? -i : i < length ? i : 2 * (length - 1) - i;
    case "edge":
      return Math.min(Math.max(i, 0), length - 1);
    case "wrap":
      return modulo(i, length);
    default:
      throw new RangeError(`pad: mode "${String(mode)}" is none of "constant", "reflect", "edge" and "wrap"`);
  }
}

export function rollMaps(
  operation: string,
  shape: Shape,
  shifts: readonly number[],
  axes: readonly number[],
): AxisMaps {
  if (shifts.length !== axes.length)
    throw new ShapeError(`${operation}: ${shifts.length} shifts for ${axes.length} axes of shape ${showShape(shape)}`);
  const along = axes.map((axis) => axisOf(operation, axis, shape));
  return shape.map((length, axis) => {
    // An axis that is named twice is moved by both.
    const shift = shifts.reduce((sum, by, k) => (along[k] === axis ? sum + by : sum), 0);
    if (!Number.isInteger(shift)) throw new RangeError(`${operation}: shift ${shift} is no whole number`);
    return along.includes(axis) ? Int32Array.from({ length }, (_, i) => modulo(i - shift, length)) : undefined;
  });
}

export function tileMaps(operation: string, of: Shape, reps: readonly number[]): { shape: Shape; maps: AxisMaps } {
  const rank = Math.max(of.length, reps.length);
  const ones = (missing: number): number[] => Array.from({ length: missing }, () => 1);
  const shape = [...ones(rank - of.length), ...of];
  const times = [...ones(rank - reps.length), ...reps];
  for (const n of times)
    if (!Number.isInteger(n) || n < 0) throw new RangeError(`${operation}: ${n} is no number of repetitions`);
  return {
    shape,
    maps: shape.map((length, k) => Int32Array.from({ length: length * times[k]! }, (_, i) => i % length)),
  };
}

export function repeatMap(operation: string, length: number, n: number): Int32Array {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`${operation}: ${n} is no number of repetitions`);
  return Int32Array.from({ length: length * n }, (_, i) => Math.floor(i / n));
}
