/** Elementwise functions of two operands, each a tensor or a number, broadcast to one shape. */
import {
  type DType,
  type FloatData,
  asFloat,
  cast,
  dtypeBeside,
  floatOf,
  isFloat,
  numericOf,
  promote,
  requireOperands,
} from "../dtype.ts";
import { float32s, float64s } from "../spare-arrays.ts";
import { type Dense, type Shape, broadcastShapes, endsWith, sameShape, sizeOf } from "../shape.ts";
import type { BinaryLoop } from "./binary-loops.ts";
import { Walk } from "./walk.ts";

export type Operand = Dense | number;

// A number is read as an array of one element. Kernels never call each other, so one for each side is enough.
const leftNumber = new Float64Array(1);
const rightNumber = new Float64Array(1);

const noAxes: Shape = [];

function readable(x: Operand, number: Float64Array): FloatData {
  if (typeof x !== "number") return asFloat(x.data);
  number[0] = x;
  return number;
}

const shapeOf = (x: Operand): Shape => (typeof x === "number" ? noAxes : x.shape);

/** The type that two operands have in common. */
export function commonType(x: Operand, y: Operand): DType {
  if (typeof x !== "number") return typeof y === "number" ? dtypeBeside(y, x.dtype) : promote(x.dtype, y.dtype);
  return typeof y === "number" ? "float64" : dtypeBeside(x, y.dtype);
}

function run<Out>(
  operation: string,
  loop: BinaryLoop<Out>,
  x: Operand,
  y: Operand,
  make: (size: number) => Out,
): { out: Out; shape: Shape } {
  const a = readable(x, leftNumber);
  const b = readable(y, rightNumber);
  if (typeof x === "number" || typeof y === "number" || sameShape(x.shape, y.shape)) {
    const shape = typeof x === "number" ? shapeOf(y) : x.shape;
    const size = typeof x === "number" ? b.length : a.length;
    const out = make(size);
    loop(a, 0, typeof x === "number" ? 0 : 1, b, 0, typeof y === "number" ? 0 : 1, out, 0, size);
    return { out, shape };
  }
  if (endsWith(x.shape, y.shape) && b.length > 0) {
    const out = make(a.length);
    const step = b.length === 1 ? 0 : 1;
    const n = step === 0 ? a.length : b.length;
    for (let row = 0; row < a.length; row += n) loop(a, row, 1, b, 0, step, out, row, n);
    return { out, shape: x.shape };
  }
  const shape = broadcastShapes(operation, x.shape, y.shape);
  const out = make(sizeOf(shape));
  const walk = new Walk(shape, [x.shape, y.shape]);
  const { n, at, rows } = walk;
  const aStep = walk.steps[0]!;
  const bStep = walk.steps[1]!;
  for (let row = 0; row < rows; row++) {
    loop(a, at[0]!, aStep, b, at[1]!, bStep, out, row * n, n);
    walk.next();
  }
  return { out, shape };
}

const bools = (size: number): Uint8Array => new Uint8Array(size);

/** Of functions whose results are not whole: int32 and bool come out as float64. */
export function binaryFloat(operation: string, loop: BinaryLoop, x: Operand, y: Operand): Dense {
  requireOperands(operation, x, y);
  const dtype = floatOf(commonType(x, y));
  const { out, shape } = run(operation, loop, x, y, dtype === "float32" ? float32s : float64s);
  return { data: out, shape, dtype };
}

/** Of functions that give whole numbers for whole ones: int32 stays, and bool counts as int32. */
export function binaryNumeric(operation: string, loop: BinaryLoop, x: Operand, y: Operand): Dense {
  requireOperands(operation, x, y);
  const dtype = numericOf(commonType(x, y));
  const { out, shape } = run(operation, loop, x, y, dtype === "float32" ? float32s : float64s);
  return { data: isFloat(dtype) ? out : cast(out, dtype), shape, dtype };
}

/** As `binaryNumeric`, for functions that divide: what int32 cannot hold is an error. */
export function binaryDivision(operation: string, loop: BinaryLoop, x: Operand, y: Operand): Dense {
  requireOperands(operation, x, y);
  if (!isFloat(commonType(x, y)) && (typeof y === "number" ? y === 0 : y.data.includes(0)))
    throw new RangeError(`${operation}: int32 division by zero`);
  return binaryNumeric(operation, loop, x, y);
}

/** Of comparisons. */
export function compare(operation: string, loop: BinaryLoop<Uint8Array>, x: Operand, y: Operand): Dense {
  requireOperands(operation, x, y);
  const { out, shape } = run(operation, loop, x, y, bools);
  return { data: out, shape, dtype: "bool" };
}
