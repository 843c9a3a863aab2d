/**
 * Arrays that generated code is done with, for the next results of their length. A typed array of more than 64 bytes has
 * memory of its own outside of the heap: making one takes as long as a thousand additions.
 */
import type { FloatData } from "./dtype.ts";

/** Larger arrays are not kept: what is computed for each element outweighs them. */
const longest = 4096;
/** Bytes that are kept at most. */
const mostBytes = 1 << 20;

/** By length. Lists that are made with their length stay lists; else engines look places far apart up in tables. */
const lists = <T>(): (T[] | undefined)[] => new Array<T[] | undefined>(longest + 1);

let doubles = /* @__PURE__ */ lists<Float64Array>();
let singles = /* @__PURE__ */ lists<Float32Array>();
let keptBytes = 0;

/** An array of `size` numbers; something may be in it. */
export function float64s(size: number): Float64Array {
  const spare = size <= longest ? doubles[size]?.pop() : undefined;
  if (spare === undefined) return new Float64Array(size);
  keptBytes -= spare.byteLength;
  return spare;
}

/** An array of `size` numbers; something may be in it. */
export function float32s(size: number): Float32Array {
  const spare = size <= longest ? singles[size]?.pop() : undefined;
  if (spare === undefined) return new Float32Array(size);
  keptBytes -= spare.byteLength;
  return spare;
}

/** Takes an array that nobody looks at any more. */
export function keepSpare(data: FloatData): void {
  const { length, byteLength } = data;
  if (length > longest) return;
  keptBytes += byteLength;
  if (keptBytes > mostBytes) {
    doubles = lists();
    singles = lists();
    keptBytes = byteLength;
  }
  if (data instanceof Float64Array) (doubles[length] ??= []).push(data);
  else (singles[length] ??= []).push(data);
}
