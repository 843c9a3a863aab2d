/** What rules for the shapes of results ask of an operation. */
import { axisOf, type Dims, Misfit, showDims } from "./tensor-dims.ts";

/** What is known of the arguments of an operation, by their slots. */
export interface Operands {
  /** Of a number, `[]`. */
  readonly dims: (slot: string) => Dims | undefined;
  /** Of the tensors in a list. */
  readonly list: (slot: string) => readonly (Dims | undefined)[] | undefined;
  readonly number: (slot: string) => number | undefined;
  /** A list of numbers, or one number; undefined for those that are not known. */
  readonly numbers: (slot: string) => readonly (number | undefined)[] | undefined;
  readonly flag: (slot: string) => boolean | undefined;
  readonly text: (slot: string) => string | undefined;
  readonly isGiven: (slot: string) => boolean;
}

/** The shape of the result; throws a `Misfit` where operands surely do not fit. */
export type Rule = (on: Operands, op: string) => Dims | undefined;

/** The axis that is given, or else `otherwise`, as an index from 0 on; undefined where it is not known. */
export function axisGiven(on: Operands, op: string, dims: Dims, otherwise: number): number | undefined {
  const axis = on.isGiven("axis") ? on.number("axis") : otherwise;
  return axis === undefined ? undefined : axisOf(op, axis, dims);
}

/** Throws where there are fewer than two axes. */
export function requireTwoAxes(op: string, dims: Dims): void {
  if (dims.length < 2) throw new Misfit(`${op}: shape ${showDims(dims)} has no two axes`);
}
