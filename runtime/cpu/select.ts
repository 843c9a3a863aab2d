/** Elementwise functions of three operands. */
import { type FloatData, type TensorData, allocate, asFloat, cast, isFloat, numericOf, promote } from "../dtype.ts";
import { type Dense, type Shape, broadcastShapes, sizeOf } from "../shape.ts";
import { type Operand, commonType } from "./binary.ts";
import { clip as clipped } from "./scalar.ts";
import { Walk } from "./walk.ts";

const shapeOf = (x: Operand): Shape => (typeof x === "number" ? [] : x.shape);

function dataOf(x: Operand): TensorData {
  return typeof x === "number" ? Float64Array.of(x) : x.data;
}

/** `x` where the condition is not 0, else `y`. What is not selected is not looked at. */
export function where(condition: Dense, x: Operand, y: Operand): Dense {
  const dtype = commonType(x, y);
  const shape = broadcastShapes("where", broadcastShapes("where", shapeOf(x), shapeOf(y)), condition.shape);
  const out = allocate(dtype, sizeOf(shape));
  const walk = new Walk(shape, [condition.shape, shapeOf(x), shapeOf(y)]);
  const { n, at, rows, steps } = walk;
  const [c, a, b] = [condition.data, cast(dataOf(x), dtype), cast(dataOf(y), dtype)];
  for (let row = 0; row < rows; row++) {
    select(c, at[0]!, steps[0]!, a, at[1]!, steps[1]!, b, at[2]!, steps[2]!, out, row * n, n);
    walk.next();
  }
  return { data: out, shape, dtype };
}

function select(
  c: TensorData,
  cAt: number,
  cStep: number,
  a: TensorData,
  aAt: number,
  aStep: number,
  b: TensorData,
  bAt: number,
  bStep: number,
  out: TensorData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[at + i] = c[cAt + i * cStep] !== 0 ? a[aAt + i * aStep]! : b[bAt + i * bStep]!;
}

/** `x` kept between bounds, each a tensor or a number. */
export function clip(x: Dense, min: Operand, max: Operand): Dense {
  const shape = broadcastShapes("clip", broadcastShapes("clip", x.shape, shapeOf(min)), shapeOf(max));
  const dtype = numericOf(withBound(withBound(x.dtype, min), max));
  const out = allocate(isFloat(dtype) ? dtype : "float64", sizeOf(shape));
  const walk = new Walk(shape, [x.shape, shapeOf(min), shapeOf(max)]);
  const { n, at, rows, steps } = walk;
  const [a, low, high] = [asFloat(x.data), asFloat(dataOf(min)), asFloat(dataOf(max))];
  for (let row = 0; row < rows; row++) {
    between(a, at[0]!, steps[0]!, low, at[1]!, steps[1]!, high, at[2]!, steps[2]!, out, row * n, n);
    walk.next();
  }
  return { data: isFloat(dtype) ? out : cast(out, dtype), shape, dtype };
}

/** A number that no int32 reaches, such as a bound that is not there, leaves int32 as it is. */
function withBound(dtype: Dense["dtype"], bound: Operand): Dense["dtype"] {
  if (typeof bound !== "number") return promote(dtype, bound.dtype);
  return isFloat(dtype) || Number.isInteger(bound) || !Number.isFinite(bound) ? dtype : "float64";
}

function between(
  x: FloatData,
  xAt: number,
  xStep: number,
  low: FloatData,
  lowAt: number,
  lowStep: number,
  high: FloatData,
  highAt: number,
  highStep: number,
  out: FloatData,
  at: number,
  n: number,
): void {
  for (let i = 0; i < n; i++)
    out[at + i] = clipped(x[xAt + i * xStep]!, low[lowAt + i * lowStep]!, high[highAt + i * highStep]!);
}
