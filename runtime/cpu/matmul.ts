/** Matrix products with batches. */
import { asFloat, cast, isFloat, numericOf, promote, requireTensor, unsetArray } from "../dtype.ts";
import { type Dense, type Shape, ShapeError, broadcastShapes, broadcastStrides, showShape, sizeOf } from "../shape.ts";
import { type Matrix, type Target, gemm, multiplySmall, smallProduct } from "./gemm.ts";

/** Which operands are read with their last two axes exchanged. */
export interface Transposed {
  readonly a?: boolean;
  readonly b?: boolean;
}

const noBatch: Shape = [];

function misaligned(operation: string, a: Shape, b: Shape, inner: number, other: number): ShapeError {
  return new ShapeError(`${operation}: shapes ${showShape(a)} and ${showShape(b)} do not align: ${inner} ≠ ${other}`);
}

/** A shape as errors tell it: `linear` has its weight as it is, `matmul` what was transposed before. */
function told(operation: string, shape: Shape, isTransposed = false): Shape {
  return operation === "matmul" && isTransposed ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
}

/** The product of matrices over the last two axes, other axes broadcast; a vector counts as one row, or as one column. */
export function matmul(x: Dense, y: Dense, transposed: Transposed = {}, operation = "matmul"): Dense {
  requireTensor(operation, x);
  requireTensor(operation, y);
  if (x.shape.length === 2 && y.shape.length === 2 && x.dtype === y.dtype && isFloat(x.dtype)) {
    const plain = ofTwo(x, y, transposed.a === true, transposed.b === true);
    if (plain !== undefined) return plain;
  }
  if (x.shape.length === 0 || y.shape.length === 0)
    throw new ShapeError(
      `${operation}: shapes ${showShape(x.shape)} and ${showShape(y.shape)}: a tensor of shape [] is no matrix; use multiply`,
    );
  const left: Shape = x.shape.length > 1 ? x.shape : transposed.a ? [x.shape[0]!, 1] : [1, x.shape[0]!];
  const right: Shape = y.shape.length > 1 ? y.shape : transposed.b ? [1, y.shape[0]!] : [y.shape[0]!, 1];
  const [rowsX, columnsX] = [left[left.length - 2]!, left[left.length - 1]!];
  const [rowsY, columnsY] = [right[right.length - 2]!, right[right.length - 1]!];
  const m = transposed.a ? columnsX : rowsX;
  const k = transposed.a ? rowsX : columnsX;
  const n = transposed.b ? rowsY : columnsY;
  const inner = transposed.b ? columnsY : rowsY;
  const [shownX, shownY] = [told(operation, x.shape, transposed.a), told(operation, y.shape, transposed.b)];
  if (k !== inner) throw misaligned(operation, shownX, shownY, k, inner);
  const batchX = left.length === 2 ? noBatch : left.slice(0, -2);
  const batchY = right.length === 2 ? noBatch : right.slice(0, -2);
  const batch = broadcastBatches(operation, shownX, shownY, batchX, batchY);
  const dtype = numericOf(promote(x.dtype, y.dtype));
  const out = unsetArray(isFloat(dtype) ? dtype : "float64", sizeOf(batch) * m * n);
  const a: Matrix = {
    data: asFloat(x.data),
    at: 0,
    row: transposed.a ? 1 : columnsX,
    column: transposed.a ? columnsX : 1,
  };
  const b: Matrix = {
    data: asFloat(y.data),
    at: 0,
    row: transposed.b ? 1 : columnsY,
    column: transposed.b ? columnsY : 1,
  };
  const c: Target = { data: out, at: 0, row: n };
  if (sizeOf(batchY) === 1 && !transposed.a) {
    // All matrices of the batch have the same right side: they are one tall matrix.
    gemm(sizeOf(batch) * m, n, k, a, b, c, false);
  } else multiplyEach(batch, batchX, batchY, rowsX * columnsX, rowsY * columnsY, m, n, k, a, b, c);
  const shape = [...batch];
  if (x.shape.length > 1) shape.push(m);
  if (y.shape.length > 1) shape.push(n);
  return { data: isFloat(dtype) ? out : cast(out, dtype), shape, dtype };
}

/** The product of two small matrices without more ado; undefined where they do not align, or are large. */
function ofTwo(x: Dense, y: Dense, isTurnedX: boolean, isTurnedY: boolean): Dense | undefined {
  const columnsX = x.shape[1]!;
  const columnsY = y.shape[1]!;
  const m = isTurnedX ? columnsX : x.shape[0]!;
  const k = isTurnedX ? x.shape[0]! : columnsX;
  const n = isTurnedY ? y.shape[0]! : columnsY;
  if (k !== (isTurnedY ? columnsY : y.shape[0]!) || m * n * k > smallProduct) return undefined;
  const dtype = x.dtype === "float32" ? "float32" : "float64";
  const data = unsetArray(dtype, m * n);
  const rowX = isTurnedX ? 1 : columnsX;
  const stepX = isTurnedX ? columnsX : 1;
  const columnY = isTurnedY ? columnsY : 1;
  const stepY = isTurnedY ? 1 : columnsY;
  multiplySmall(m, n, k, asFloat(x.data), 0, rowX, stepX, asFloat(y.data), 0, columnY, stepY, data, 0, n, false);
  return { data, shape: [m, n], dtype };
}

/** The batch of a product; shapes as errors tell them. */
export function broadcastBatches(operation: string, x: Shape, y: Shape, batchX: Shape, batchY: Shape): Shape {
  if (batchX === noBatch) return batchY;
  if (batchY === noBatch) return batchX;
  try {
    return broadcastShapes(operation, batchX, batchY);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new ShapeError(
      `${operation}: shapes ${showShape(x)} and ${showShape(y)} do not align: ` +
        `their batches ${showShape(batchX)} and ${showShape(batchY)} do not broadcast`,
    );
  }
}

function multiplyEach(
  batch: Shape,
  batchX: Shape,
  batchY: Shape,
  sizeX: number,
  sizeY: number,
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  c: Target,
): void {
  const stridesX = broadcastStrides(batchX, batch);
  const stridesY = broadcastStrides(batchY, batch);
  const count = sizeOf(batch);
  const index = batch.map(() => 0);
  for (let i = 0; i < count; i++) {
    gemm(m, n, k, a, b, c, false);
    c.at += m * n;
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const wraps = ++index[axis]! === batch[axis]!;
      const by = wraps ? 1 - batch[axis]! : 1;
      a.at += by * stridesX[axis]! * sizeX;
      b.at += by * stridesY[axis]! * sizeY;
      if (!wraps) break;
      index[axis] = 0;
    }
  }
}
