/** A loop for each activation function, and for each function with a number beside its operand. */
import type { FloatData } from "../dtype.ts";
import * as scalar from "./scalar.ts";
import * as special from "./special.ts";

export function sigmoid(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.sigmoid(x[i]!);
}

export function logit(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.logit(x[i]!);
}

export function logSigmoid(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.logSigmoid(x[i]!);
}

export function relu(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.relu(x[i]!);
}

export function relu6(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.relu6(x[i]!);
}

export function selu(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.selu(x[i]!);
}

export function gelu(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.gelu(x[i]!);
}

export function geluTanh(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.geluTanh(x[i]!);
}

export function silu(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.silu(x[i]!);
}

export function mish(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.mish(x[i]!);
}

export function hardsigmoid(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.hardsigmoid(x[i]!);
}

export function hardswish(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.hardswish(x[i]!);
}

export function softsign(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.softsign(x[i]!);
}

export function tanhshrink(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i]! - Math.tanh(x[i]!);
}

export function hardtanh(x: FloatData, out: FloatData): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.clip(x[i]!, -1, 1);
}

export function softplus(x: FloatData, out: FloatData, beta: number): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.softplus(x[i]!, beta);
}

export function leakyRelu(x: FloatData, out: FloatData, negativeSlope: number): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.leakyRelu(x[i]!, negativeSlope);
}

export function elu(x: FloatData, out: FloatData, alpha: number): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.elu(x[i]!, alpha);
}

export function celu(x: FloatData, out: FloatData, alpha: number): void {
  for (let i = 0; i < out.length; i++) out[i] = scalar.celu(x[i]!, alpha);
}

export function polygamma(x: FloatData, out: FloatData, order: number): void {
  for (let i = 0; i < out.length; i++) out[i] = special.polygamma(order, x[i]!);
}
