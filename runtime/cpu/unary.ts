/** Elementwise functions of one operand, and of one with numbers beside it. */
import {
  type DType,
  type FloatData,
  type TensorData,
  asFloat,
  cast,
  floatOf,
  isFloat,
  numericOf,
  unsetArray,
} from "../dtype.ts";
import type { Dense } from "../shape.ts";

/** Fills `out`; `parameter` is a number beside the operand, such as a slope. */
export type UnaryLoop = (x: FloatData, out: FloatData, parameter: number) => void;

/** Of functions whose results are not whole: int32 and bool come out as float64. */
export function mapFloat(loop: UnaryLoop, x: Dense, parameter = 0): Dense {
  const dtype = floatOf(x.dtype);
  const out = unsetArray(dtype, x.data.length);
  loop(asFloat(x.data), out, parameter);
  return { data: out, shape: x.shape, dtype };
}

/** Of functions that give whole numbers for whole ones: int32 stays, and bool counts as int32. */
export function mapNumeric(loop: UnaryLoop, x: Dense, parameter = 0): Dense {
  const { data, shape } = mapFloat(loop, x, parameter);
  const dtype = numericOf(x.dtype);
  return { data: isFloat(dtype) ? data : cast(data, dtype), shape, dtype };
}

/** The same elements in another type; the data is shared where it is so already. */
export function convert(x: Dense, dtype: DType): Dense {
  return { data: cast(x.data, dtype), shape: x.shape, dtype };
}

/** True where the loop says so. */
export function test(loop: (x: TensorData, out: Uint8Array) => void, x: Dense): Dense {
  const data = new Uint8Array(x.data.length);
  loop(x.data, data);
  return { data, shape: x.shape, dtype: "bool" };
}
