/** How far computed values are from PyTorch's. */
import { Tensor } from "tsgrad";
import type { Digest, Output, Refusal, Returned, Stored } from "./cases.ts";

/** What an example computes for one of PyTorch's outputs; an error where PyTorch has one too. */
export type Computed = Tensor | number | Error | readonly Computed[] | { readonly [part: string]: Computed };

export interface Comparison {
  readonly label: string;
  readonly computed: string;
  readonly stored: string;
  /** The largest relative difference; infinite where the shapes differ or an error is missing. */
  readonly difference: number;
  readonly allowed: number;
}

const exact = 1e-10;
/** The distance of one number in float32 from the next, relatively. */
const single = 2 ** -23;

export function compare(label: string, computed: Computed, stored: Output): Comparison[] {
  if (stored === null) return [compareWithNone(label, computed)];
  if (typeof stored !== "object") throw new Error(`${label}: there is nothing to compare with`);
  if (isRefusal(stored)) return [compareRefusal(label, computed, stored)];
  if (isReturned(stored)) return compare(label, computed, stored.result);
  if (isArray(stored)) return [compareArray(label, arrayOf(label, computed), stored)];
  if (isDigest(stored)) return [compareDigest(label, arrayOf(label, computed), stored)];
  return Object.entries(stored).flatMap(([key, part]) =>
    compare(`${label}.${key}`, (computed as Readonly<Record<string, Computed>>)[key], part),
  );
}

type Structure = Exclude<Output, string | number | boolean | null>;
const isRefusal = (output: Structure): output is Refusal => "raises" in output && output.raises === true;
const isReturned = (output: Structure): output is Returned => "result" in output;
const isArray = (output: Structure): output is Stored => "data" in output;
const isDigest = (output: Structure): output is Digest => "sumsq" in output;

interface Numbers {
  readonly data: readonly number[];
  readonly shape: readonly number[];
}

function arrayOf(label: string, computed: Computed): Numbers {
  if (typeof computed === "number") return { data: [computed], shape: [] };
  if (computed instanceof Tensor) return { data: Array.from(computed.data), shape: computed.shape };
  throw computed instanceof Error ? computed : new Error(`${label}: not one value`);
}

/** PyTorch's `None` says that nothing depends on an input, which is a gradient of zeros here. */
function compareWithNone(label: string, computed: Computed): Comparison {
  const { data, shape } = arrayOf(label, computed);
  return {
    label: `${label} ${shapeText(shape)}`,
    computed: firstOf(data),
    stored: "None",
    difference: data.every((value) => value === 0) ? 0 : Infinity,
    allowed: 0,
  };
}

function compareRefusal(label: string, computed: Computed, { message }: Refusal): Comparison {
  const refused = computed instanceof Error;
  return {
    label,
    computed: refused ? `${computed.name}: ${computed.message}` : "no error",
    stored: message,
    difference: refused ? 0 : Infinity,
    allowed: 0,
  };
}

function compareArray(label: string, { data, shape }: Numbers, stored: Stored): Comparison {
  const wanted = stored.data.map(Number);
  return {
    label: `${label} ${shapeText(shape)}`,
    computed: firstOf(data),
    stored: firstOf(wanted),
    difference: sameShape(shape, stored.shape) ? worst(data, wanted) : Infinity,
    allowed: stored.dtype === "float32" ? single : exact,
  };
}

/** Sums are compared relative to what they can be at most for an array of this length and norm. */
function compareDigest(label: string, { data, shape }: Numbers, stored: Digest): Comparison {
  const largest = Math.sqrt(stored.sumsq * data.length);
  const sums = [
    [total(data), stored.sum, largest],
    [total(data.map((value) => value * value)), stored.sumsq, stored.sumsq],
    [total(data.map((value, i) => value * ((i % 7) - 3))), stored["wsum_i%7-3"], 3 * largest],
  ] as const;
  const samples = stored.sample_index.map((i) => data[i]);
  const differences = sums.map(([sum, wanted, scale]) => relative(sum, wanted, scale));
  return {
    label: `${label} ${shapeText(shape)}`,
    computed: firstOf(samples),
    stored: firstOf(stored.sample.data.map(Number)),
    difference: sameShape(shape, stored.shape_of)
      ? Math.max(worst(samples, stored.sample.data.map(Number)), ...differences)
      : Infinity,
    allowed: exact,
  };
}

/** Entries that nearly vanish beside the largest one are compared relative to a hundredth of that. */
function worst(data: readonly number[], wanted: readonly number[]): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0), 0);
  return data.reduce((most, value, i) => {
    const other = wanted[i];
    return Math.max(most, relative(value, other, Math.max(Math.abs(other), largest / 100)));
  }, 0);
}

function relative(value: number, wanted: number, scale: number): number {
  if (value === wanted || (Number.isNaN(value) && Number.isNaN(wanted))) return 0;
  const difference = Math.abs(value - wanted) / scale;
  return Number.isNaN(difference) ? Infinity : difference;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
const sameShape = (a: readonly number[], b: readonly number[]): boolean => shapeText(a) === shapeText(b);

function firstOf(values: readonly number[]): string {
  const shown = values.slice(0, 3).map((value) => value.toPrecision(9).replace(/\.?0+(?=e|$)/, ""));
  return values.length > shown.length ? `${shown.join("  ")}  …` : shown.join("  ");
}
