/**
 * Walking through operands that are broadcast to one shape: stretches along which each operand either runs on or stands
 * still. Neighbouring axes that are walked alike are taken together.
 */
import { type Shape, broadcastStrides, sizeOf } from "../shape.ts";

export class Walk {
  /** The length of a stretch. */
  readonly n: number;
  /** How far each operand moves within a stretch at each element: 0 or 1. */
  readonly steps: readonly number[];
  /** Where the stretch begins in each operand. */
  readonly at: number[];
  /** The number of stretches. */
  readonly rows: number;
  readonly #lengths: readonly number[];
  readonly #strides: readonly (readonly number[])[];
  readonly #index: number[];

  constructor(shape: Shape, operands: readonly Shape[]) {
    const strides = operands.map((operand) => broadcastStrides(operand, shape));
    const lengths: number[] = [];
    const merged: number[][] = operands.map(() => []);
    for (let axis = 0; axis < shape.length; axis++) {
      const length = shape[axis]!;
      if (length === 1) continue;
      const last = lengths.length - 1;
      const runsOn = last >= 0 && strides.every((of, k) => merged[k]![last] === of[axis]! * length);
      if (runsOn) lengths[last]! *= length;
      else lengths.push(length);
      for (let k = 0; k < strides.length; k++) merged[k]![runsOn ? last : last + 1] = strides[k]![axis]!;
    }
    this.n = lengths.pop() ?? 1;
    this.steps = merged.map((of) => of[lengths.length] ?? 0);
    this.at = operands.map(() => 0);
    this.rows = sizeOf(lengths);
    this.#lengths = lengths;
    this.#strides = merged;
    this.#index = lengths.map(() => 0);
  }

  /** Goes on to the next stretch. */
  next(): void {
    const { at } = this;
    for (let axis = this.#lengths.length - 1; axis >= 0; axis--) {
      const length = this.#lengths[axis]!;
      const wraps = ++this.#index[axis]! === length;
      for (let k = 0; k < at.length; k++) at[k]! += this.#strides[k]![axis]! * (wraps ? 1 - length : 1);
      if (!wraps) return;
      this.#index[axis] = 0;
    }
  }
}
