/** Matrices one at a time: each in memory of its own, as float64. */
import { type DType, asFloat64, cast, floatOf } from "../../dtype.ts";
import { type Dense, type Shape, ShapeError, showShape, sizeOf } from "../../shape.ts";

export interface Matrices {
  /** All matrices, one after the other. */
  readonly data: Float64Array;
  readonly batch: Shape;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** The type of results. */
  readonly dtype: DType;
}

/** The matrices over the last two axes. */
export function matricesOf(operation: string, x: Dense): Matrices {
  if (x.shape.length < 2) throw new ShapeError(`${operation}: shape ${showShape(x.shape)} has no two axes`);
  const batch = x.shape.slice(0, -2);
  return {
    data: asFloat64(x.data),
    batch,
    count: sizeOf(batch),
    rows: x.shape.at(-2)!,
    columns: x.shape.at(-1)!,
    dtype: floatOf(x.dtype),
  };
}

/** As `matricesOf`, where the matrices have to be square. */
export function squaresOf(operation: string, x: Dense): Matrices {
  const matrices = matricesOf(operation, x);
  if (matrices.rows !== matrices.columns)
    throw new ShapeError(
      `${operation}: matrices of shape ${showShape(x.shape)} are not square: ${matrices.rows} ≠ ${matrices.columns}`,
    );
  return matrices;
}

/** A copy of one matrix. */
export function matrixAt({ data, rows, columns }: Matrices, k: number): Float64Array {
  return data.slice(k * rows * columns, (k + 1) * rows * columns);
}

/** Results of all matrices, one after the other. */
export function gathered(data: Float64Array, shape: Shape, dtype: DType): Dense {
  return { data: cast(data, dtype), shape, dtype };
}
