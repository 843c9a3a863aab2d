/** What derivatives of linear algebra are made of, over the last two axes. */
import { Tensor } from "../tensor.ts";
import { add, multiply } from "./arithmetic.ts";
import { eye, zeros } from "./creation.ts";
import { concat, slice, tril, triu } from "./manipulation.ts";

/** The lower triangle with half of the diagonal. It is its own adjoint. */
export function halfTril(x: Tensor): Tensor {
  return multiply(add(tril(x), tril(x, { k: -1 })), 0.5);
}

export interface TriangleOptions {
  readonly upper?: boolean | undefined;
  readonly unitDiagonal?: boolean | undefined;
}

/** The part of a matrix that `solveTriangular` reads. It is its own adjoint. */
export function triangleOf(x: Tensor, { upper = false, unitDiagonal = false }: TriangleOptions = {}): Tensor {
  const k = unitDiagonal ? 1 : 0;
  return upper ? triu(x, { k }) : tril(x, { k: -k });
}

/** `x` as one column where `like` is a vector, else itself. */
export function columnsOf(x: Tensor, like: Tensor): Tensor {
  return like.ndim === 1 ? new Tensor(x.data, [...x.shape, 1]) : x;
}

/** The unit matrix, of the size of the last axis. */
export function eyeLike(x: Tensor): Tensor {
  return eye(x.shape.at(-1)!, x.dtype);
}

/** [[a, e], [0, a]]: any function of it has the derivative of the function in the direction e on the right above. */
export function blockUpper(a: Tensor, e: Tensor): Tensor {
  const rows = [concat([a, e], { axis: -1 }), concat([zeros(a.shape, a.dtype), a], { axis: -1 })];
  return concat(rows, { axis: -2 });
}

/** Above on the right in a matrix of four blocks. */
export function topRight(x: Tensor): Tensor {
  return block(x, 0, 1);
}

/** The sum of the two blocks on the diagonal: the adjoint of `blockUpper` towards a. */
export function diagonalBlocks(x: Tensor): Tensor {
  return add(block(x, 0, 0), block(x, 1, 1));
}

/** The first columns of a matrix, no more than it has rows. */
export function firstColumns(x: Tensor): Tensor {
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  if (columns <= rows) return x;
  return slice(
    x,
    x.shape.map(() => 0),
    [...x.shape.slice(0, -1), rows],
  );
}

/** `x` with columns of zeros behind it, as many as `like` has: the adjoint of `firstColumns`. */
export function besideZeros(x: Tensor, like: Tensor): Tensor {
  const missing = like.shape.at(-1)! - x.shape.at(-1)!;
  return missing === 0 ? x : concat([x, zeros([...x.shape.slice(0, -1), missing], x.dtype)], { axis: -1 });
}

function block(x: Tensor, row: number, column: number): Tensor {
  const n = x.shape.at(-1)! / 2;
  const start = [...x.shape.slice(0, -2).map(() => 0), row * n, column * n];
  return slice(x, start, [...x.shape.slice(0, -2), (row + 1) * n, (column + 1) * n]);
}
