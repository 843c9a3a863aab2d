/**
 * A loop for each elementwise function of two operands, over one stretch of memory: `n` elements, where an operand that is
 * repeated has step 0. Each is written out for the reasons given in unary-loops.ts.
 */
import type { FloatData } from "../dtype.ts";
import * as scalar from "./scalar.ts";

export type BinaryLoop<Out = FloatData> = (
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: Out,
  at: number,
  n: number,
) => void;

export function add(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! + b[bAt + i * bStep]!;
}

export function subtract(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! - b[bAt + i * bStep]!;
}

export function multiply(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! * b[bAt + i * bStep]!;
}

export function divide(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! / b[bAt + i * bStep]!;
}

export function pow(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = scalar.pow(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function atan2(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = Math.atan2(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function hypot(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = Math.hypot(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function maximum(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = Math.max(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function minimum(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = Math.min(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function fmod(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! % b[bAt + i * bStep]!;
}

export function remainder(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = scalar.remainder(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function copysign(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = scalar.copysign(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function logaddexp(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = scalar.logaddexp(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function xlogy(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = scalar.xlogy(a[aAt + i * aStep]!, b[bAt + i * bStep]!);
}

export function floorDivide(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = Math.floor(a[aAt + i * aStep]! / b[bAt + i * bStep]!);
}

export function greater(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: Uint8Array,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! > b[bAt + i * bStep]! ? 1 : 0;
}

export function greaterEqual(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: Uint8Array,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! >= b[bAt + i * bStep]! ? 1 : 0;
}

export function less(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: Uint8Array,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! < b[bAt + i * bStep]! ? 1 : 0;
}

export function lessEqual(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: Uint8Array,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! <= b[bAt + i * bStep]! ? 1 : 0;
}

export function equal(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: Uint8Array,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! === b[bAt + i * bStep]! ? 1 : 0;
}

export function notEqual(
  a: FloatData,
  aAt: number,
  aStep: number,
  b: FloatData,
  bAt: number,
  bStep: number,
  out: Uint8Array,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = a[aAt + i * aStep]! !== b[bAt + i * bStep]! ? 1 : 0;
}
