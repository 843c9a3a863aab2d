/**
 * A loop for each elementwise function of one operand. Each is written out, so that its call in the loop has one target
 * and is inlined, and so that a bundle has only those that are used.
 */
import type { FloatData } from "../dtype.ts";
import * as scalar from "./scalar.ts";
import * as special from "./special.ts";

export function exp(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(x[i]!);
}

export function exp2(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = 2 ** x[i]!;
}

export function expm1(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.expm1(x[i]!);
}

export function log(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.log(x[i]!);
}

export function log2(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.log2(x[i]!);
}

export function log10(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.log10(x[i]!);
}

export function log1p(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.log1p(x[i]!);
}

export function sin(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.sin(x[i]!);
}

export function cos(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.cos(x[i]!);
}

export function tan(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.tan(x[i]!);
}

export function asin(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.asin(x[i]!);
}

export function acos(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.acos(x[i]!);
}

export function atan(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.atan(x[i]!);
}

export function sinh(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.sinh(x[i]!);
}

export function cosh(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.cosh(x[i]!);
}

export function tanh(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.tanh(x[i]!);
}

export function asinh(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.asinh(x[i]!);
}

export function acosh(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.acosh(x[i]!);
}

export function atanh(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.atanh(x[i]!);
}

export function sqrt(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]!);
}

export function rsqrt(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = 1 / Math.sqrt(x[i]!);
}

export function reciprocal(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = 1 / x[i]!;
}

export function erf(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = special.erf(x[i]!);
}

export function erfc(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = special.erfc(x[i]!);
}

export function erfinv(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = special.erfinv(x[i]!);
}

export function lgamma(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = special.lgamma(x[i]!);
}

export function digamma(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = special.digamma(x[i]!);
}

export function sinc(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.sinc(x[i]!);
}

export function abs(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]!);
}

export function sign(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.sign(x[i]!);
}

export function negative(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = -x[i]!;
}

export function square(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i]! * x[i]!;
}

export function floor(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(x[i]!);
}

export function ceil(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.ceil(x[i]!);
}

export function round(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.round(x[i]!);
}

export function trunc(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.trunc(x[i]!);
}
