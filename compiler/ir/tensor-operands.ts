/** What rules for the shapes of results ask of an operation. */
import { axisOf, broadcast, differ, type Dim, type Dims, Misfit, showDims } from "./tensor-dims.ts";

/** What is known of the arguments of an operation, by their slots. */
export interface Operands {
  /** Of a number, `[]`. */
  readonly dims: (slot: string) => Dims | undefined;
  /** Of the tensors in a list. */
  readonly list: (slot: string) => readonly (Dims | undefined)[] | undefined;
  /** Of the tensors in a list of unknown length, where all have it. */
  readonly each: (slot: string) => Dims | undefined;
  readonly number: (slot: string) => number | undefined;
  /** A list of numbers, or one number; undefined for those that are not known. */
  readonly numbers: (slot: string) => readonly (number | undefined)[] | undefined;
  /** The same, and names of lengths. */
  readonly lengths: (slot: string) => readonly Dim[] | undefined;
  /** Of lists of numbers. */
  readonly pairs: (slot: string) => readonly (readonly (number | undefined)[] | undefined)[] | undefined;
  readonly flag: (slot: string) => boolean | undefined;
  readonly text: (slot: string) => string | undefined;
  readonly isGiven: (slot: string) => boolean;
}

/** The shape of the result; throws a `Misfit` where operands surely do not fit. */
export type Rule = (on: Operands, op: string) => Dims | undefined;

/** The shapes of several results: one by one, or of each of any number of them. */
export type Results = { readonly items: readonly (Dims | undefined)[] } | { readonly each: Dims };

/** Of an operation that gives a list or tuple. */
export type ListRule = (on: Operands, op: string) => Results | undefined;

/** The axis that is given, or else `otherwise`, as an index from 0 on; undefined where it is not known. */
export function axisGiven(on: Operands, op: string, dims: Dims, otherwise: number): number | undefined {
  const axis = on.isGiven("axis") ? on.number("axis") : otherwise;
  return axis === undefined ? undefined : axisOf(op, axis, dims);
}

/** Throws where there are fewer than two axes. */
export function requireTwoAxes(op: string, dims: Dims): void {
  if (dims.length < 2) throw new Misfit(`${op}: shape ${showDims(dims)} has no two axes`);
}

/** Throws where the last two axes are not of one length. */
export function requireSquares(op: string, dims: Dims): void {
  requireTwoAxes(op, dims);
  const [rows, columns] = [dims.at(-2), dims.at(-1)];
  if (differ(rows, columns))
    throw new Misfit(`${op}: matrices of shape ${showDims(dims)} are not square: ${String(rows)} ≠ ${String(columns)}`);
}

/** Elements of all of them are taken together. */
export const broadcasts =
  (...slots: readonly string[]): Rule =>
  (on, op) =>
    slots
      .filter(on.isGiven)
      .map(on.dims)
      .reduce((a, b) => broadcast(op, a, b), []);
