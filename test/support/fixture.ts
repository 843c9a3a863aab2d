/** What the `cases.ts` of a fixture exports. Only `cases` is required. */
import type { Options } from "./numbers.ts";
import type { Hints as SpecHints } from "./spec.ts";

/** Argument lists for each annotated function: the numeric checks run at each of them. */
export type Cases = Readonly<Record<string, readonly (() => unknown[])[]>>;

/** A call of a function of the source or of the generated module, and exactly what it returns. */
export interface Exact {
  readonly call: string;
  readonly args: () => unknown[];
  readonly result: unknown;
}

/** A call of a generated function that throws what `primal(...args)` throws. */
export interface Throwing {
  readonly primal: string;
  readonly call: string;
  readonly args: () => unknown[];
  /** Cotangents and tangents. */
  readonly extra: () => unknown[];
}

/** A call that throws and leaves its arguments alone. */
export interface Refused {
  readonly call: string;
  readonly args: () => unknown[];
  /** Of a pullback: what it is called with. */
  readonly v?: unknown;
  /** What the error says. */
  readonly message?: string;
}

/** Stand-ins for functions that run only when built. */
export type Primals = Readonly<Record<string, (...args: unknown[]) => unknown>>;

export type Settings = Options;
export type Hints = SpecHints;

export interface Fixture {
  readonly cases: Cases;
  readonly exact?: readonly Exact[];
  readonly throwing?: readonly Throwing[];
  readonly refused?: readonly Refused[];
  readonly primals?: Primals;
  readonly settings?: Settings;
  readonly hints?: Hints;
}
