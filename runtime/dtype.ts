/**
 * Element types and how they mix.
 *
 * Types are promoted along `bool → int32 → float32 → float64`: the result of a binary operation has the wider of its
 * operands' types, so an int32 or bool tensor takes the float type that it meets (the array API leaves this open;
 * PyTorch does the same). A plain number has no type of its own: a float tensor keeps its type, and beside an int32 or
 * bool tensor a whole number counts as int32 and any other as float64. Operations whose results are not whole (`divide`,
 * `exp`, `mean`) compute int32 and bool tensors in float64; arithmetic on bool gives int32. What does not fit an int32
 * wraps around, as in an `Int32Array`.
 */
import { float32s, float64s } from "./spare-arrays.ts";

/** The type of a tensor's elements. */
export type DType = "float64" | "float32" | "int32" | "bool";
/** The elements of a tensor; `Uint8Array` holds bool as 0 and 1. */
export type TensorData = Float64Array | Float32Array | Int32Array | Uint8Array;
export type FloatData = Float64Array | Float32Array;
export type FloatDType = "float64" | "float32";

/** An operand whose element type an operation cannot take. */
export class DTypeError extends TypeError {
  override readonly name = "DTypeError";
}

const width: Readonly<Record<DType, number>> = { bool: 0, int32: 1, float32: 2, float64: 3 };

export function dtypeOf(data: TensorData): DType {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "bool";
}

export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === "float64" || dtype === "float32";
}

/** The narrowest type that holds the values of both. */
export function promote(a: DType, b: DType): DType {
  return width[a] >= width[b] ? a : b;
}

/** The type that a plain number takes beside a tensor of type `dtype`. */
export function dtypeBeside(value: number, dtype: DType): DType {
  if (isFloat(dtype)) return dtype;
  return Number.isInteger(value) ? "int32" : "float64";
}

/** The float type in which values of a type are computed. */
export function floatOf(dtype: DType): FloatDType {
  return dtype === "float32" ? "float32" : "float64";
}

/** The type that arithmetic on values of a type gives: bool counts as 0 and 1. */
export function numericOf(dtype: DType): DType {
  return dtype === "bool" ? "int32" : dtype;
}

/** `size` zeros. */
export function allocate(dtype: FloatDType, size: number): FloatData;
export function allocate(dtype: DType, size: number): TensorData;
export function allocate(dtype: DType, size: number): TensorData {
  switch (dtype) {
    case "float64":
      return new Float64Array(size);
    case "float32":
      return new Float32Array(size);
    case "int32":
      return new Int32Array(size);
    case "bool":
      return new Uint8Array(size);
  }
}

/** An array of `size` floats that is to be filled: something may be in it. */
export function unsetArray(dtype: FloatDType, size: number): FloatData {
  return dtype === "float64" ? float64s(size) : float32s(size);
}

/** The elements as floats that a kernel can read: floats as they are, others as a copy in float64. */
export function asFloat(data: TensorData): FloatData {
  return data instanceof Float64Array || data instanceof Float32Array ? data : Float64Array.from(data);
}

/** The elements as float64, without a copy where they are float64 already. */
export function asFloat64(data: TensorData): Float64Array {
  return data instanceof Float64Array ? data : Float64Array.from(data);
}

/** The elements in another type, without a copy where they have it already. Towards bool, all but 0 is true. */
export function cast(data: TensorData, dtype: DType): TensorData {
  if (dtypeOf(data) === dtype) return data;
  const out = allocate(dtype, data.length);
  if (dtype === "bool") for (let i = 0; i < out.length; i++) out[i] = data[i] === 0 ? 0 : 1;
  else out.set(data);
  return out;
}

/** Throws where an operation is given what is no tensor: from JavaScript it may be anything. */
export function requireTensor(operation: string, given: unknown): void {
  if ((given as { readonly dtype?: unknown } | undefined)?.dtype === undefined)
    throw new DTypeError(`${operation}: an operand must be a tensor, but is ${kindOf(given)}`);
}

/** The same of two operands, which may be numbers. */
export function requireOperands(operation: string, x: unknown, y: unknown): void {
  if (typeof x !== "number") requireTensor(operation, x);
  if (typeof y !== "number") requireTensor(operation, y);
}

/** What something is that should be a tensor. */
export function kindOf(given: unknown): string {
  if (given === undefined || given === null) return String(given);
  if (Array.isArray(given)) return "an array";
  return `${typeof given === "object" ? "an" : "a"} ${typeof given}`;
}

/** Throws where an operation is given something else than it takes. */
export function requireDType(operation: string, what: string, dtype: DType, ...allowed: readonly DType[]): void {
  if (!allowed.includes(dtype))
    throw new DTypeError(`${operation}: ${what} must be ${allowed.join(" or ")}, but is ${dtype}`);
}
