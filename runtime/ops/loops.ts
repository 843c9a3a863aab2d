/** What loops of generated code need, which do several elementwise operations at once. */
import { type FloatData, isFloat, unsetArray } from "../dtype.ts";
import { sameShape } from "../shape.ts";
import { keepSpare } from "../spare-arrays.ts";
import { Tensor } from "../tensor.ts";

/**
 * Whether a loop may run over the elements of tensors: all have one shape, and one type of floats. Of the others, which have
 * no axes, only the number is asked for.
 */
export function areAlike(tensors: readonly Tensor[], numbers: readonly Tensor[] = []): boolean {
  const { shape, dtype } = tensors[0]!;
  if (!isFloat(dtype)) return false;
  for (const other of tensors) if (other.dtype !== dtype || !sameShape(shape, other.shape)) return false;
  for (const other of numbers) if (other.dtype !== dtype) return false;
  return true;
}

/** Whether numbers that become tensors have the type of the others. */
export function isDouble(x: Tensor): boolean {
  return x.dtype === "float64";
}

const same = (value: number): number => value;

/** What the result of an operation becomes as an element of a tensor of x's type. */
export function roundingOf(x: Tensor): (value: number) => number {
  return x.dtype === "float32" ? Math.fround : same;
}

/** An array for as many elements as x has, of its type. Something may be in it. */
export function arrayLike(x: Tensor): FloatData {
  return unsetArray(x.dtype === "float32" ? "float32" : "float64", x.size);
}

/** A number in a tensor without axes, of x's type. */
export function scalarLike(value: number, x: Tensor): Tensor {
  return new Tensor(x.dtype === "float32" ? Float32Array.of(value) : Float64Array.of(value), []);
}

/** Tensors that nobody looks at any more: their memory is taken for others. */
export function recycle(...tensors: readonly Tensor[]): void {
  for (const { data } of tensors) if (data instanceof Float64Array || data instanceof Float32Array) keepSpare(data);
}
