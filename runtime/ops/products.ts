/**
 * Products of vectors and matrices.
 *
 * All are bilinear, so JVPs are the operation itself with one operand replaced by its tangent. Adjoints of `matmul`:
 * v · bᵀ and aᵀ · v, which are `matmulNT(v, b)` and `matmulTN(a, v)` (of `tsgrad/runtime`), then `sumTo` where batches were
 * broadcast; a vector operand is first given its missing axis. `matmulNT` and `matmulTN` have adjoints among the three:
 * c = a bᵀ gives v b and vᵀ a = matmulTN(v, a); c = aᵀ b gives b vᵀ = matmulNT(b, v) and a v. `dot`, `inner`, `outer`, `vecdot`,
 * `kron`, `cross`, `tensordot`, `trace` are composed of other operations, and those are what to differentiate.
 */
import { reshaped } from "../cpu/layout.ts";
import { matmul as product } from "../cpu/matmul.ts";
import { type Axes, ShapeError, axisOf, broadcastShapes, showShape } from "../shape.ts";
import { type Tensor, fromDense } from "../tensor.ts";
import { multiply, subtract } from "./arithmetic.ts";
import { broadcastTo, diagonalFor, permuteDims, reshape, roll, transpose } from "./manipulation.ts";
import { sum } from "./reductions.ts";
import { requireTensor } from "../dtype.ts";

/**
 * The product of matrices over the last two axes, the axes in front broadcast. A vector on the left counts as one row, on the
 * right as one column, and the result has no axis for it.
 * @throws ShapeError if the shapes do not align, or one of them is `[]`
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return fromDense(product(a, b));
}

/** `matmul(a, transpose(b))`, without transposing anything in memory; what is wrong is said as if it were that. */
export function matmulNT(a: Tensor, b: Tensor): Tensor {
  requireTensor("matmulNT", a);
  requireTensor("matmulNT", b);
  return b.ndim < 2 || a.ndim === 0 ? matmul(a, transpose(b)) : fromDense(product(a, b, { b: true }));
}

/** `matmul(transpose(a), b)`, in the same way. */
export function matmulTN(a: Tensor, b: Tensor): Tensor {
  requireTensor("matmulTN", a);
  requireTensor("matmulTN", b);
  return a.ndim < 2 || b.ndim === 0 ? matmul(transpose(a), b) : fromDense(product(a, b, { a: true }));
}

/** Σ a b along an axis (the last by default), the others broadcast. */
export function vecdot(a: Tensor, b: Tensor, { axis = -1 }: { readonly axis?: number | undefined } = {}): Tensor {
  requireTensor("vecdot", a);
  requireTensor("vecdot", b);
  // The axis counts from the end in both, whatever their numbers of axes are.
  const shape = broadcastShapes("vecdot", a.shape, b.shape);
  const along = axisOf("vecdot", axis, shape);
  const lengthIn = (x: Tensor): number | undefined => x.shape[along - shape.length + x.ndim];
  if (lengthIn(a) !== lengthIn(b))
    throw new ShapeError(
      `vecdot: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not align: ${lengthIn(a) ?? 1} ≠ ${lengthIn(b) ?? 1}`,
    );
  return sum(multiply(a, b), { axis: along });
}

/**
 * Σ aᵢ bᵢ of two vectors.
 * @throws ShapeError if they are no vectors of one length
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  requireTensor("dot", a);
  requireTensor("dot", b);
  if (a.ndim !== 1 || b.ndim !== 1)
    throw new ShapeError(`dot: shapes ${showShape(a.shape)} and ${showShape(b.shape)} are not two vectors; use matmul`);
  return fromDense(product(a, b, {}, "dot"));
}

/** Products of all rows along the last axes of both: shape `[...a.shape without it, ...b.shape without it]`. */
export function inner(a: Tensor, b: Tensor): Tensor {
  requireTensor("inner", a);
  requireTensor("inner", b);
  if (a.ndim === 0 || b.ndim === 0) return multiply(a, b);
  const n = a.shape.at(-1)!;
  if (n !== b.shape.at(-1))
    throw new ShapeError(
      `inner: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not align: ${n} ≠ ${b.shape.at(-1)!}`,
    );
  return tensordot(a, b, [[-1], [-1]]);
}

/** aᵢ bⱼ of two vectors: `[m, n]`. */
export function outer(a: Tensor, b: Tensor): Tensor {
  requireTensor("outer", a);
  requireTensor("outer", b);
  if (a.ndim !== 1 || b.ndim !== 1)
    throw new ShapeError(`outer: shapes ${showShape(a.shape)} and ${showShape(b.shape)} are not two vectors`);
  return multiply(reshape(a, [a.size, 1]), b);
}

/**
 * The vector product along an axis of length 3 (the last by default); other axes are broadcast.
 * @throws ShapeError if the axis has another length
 */
export function cross(a: Tensor, b: Tensor, { axis = -1 }: { readonly axis?: number | undefined } = {}): Tensor {
  requireTensor("cross", a);
  requireTensor("cross", b);
  const shape = broadcastShapes("cross", a.shape, b.shape);
  const along = axisOf("cross", axis, shape);
  if (shape[along] !== 3)
    throw new ShapeError(
      `cross: shapes ${showShape(a.shape)} and ${showShape(b.shape)}: axis ${along} has length ${shape[along]!}, not 3`,
    );
  const [x, y] = [broadcastTo(a, shape), broadcastTo(b, shape)];
  const turned = (t: Tensor, by: number): Tensor => roll(t, -by, { axis: along });
  return subtract(multiply(turned(x, 1), turned(y, 2)), multiply(turned(x, 2), turned(y, 1)));
}

/** Kronecker's product: each element of `a` times the whole of `b`, over all axes. */
export function kron(a: Tensor, b: Tensor): Tensor {
  requireTensor("kron", a);
  requireTensor("kron", b);
  const rank = Math.max(a.ndim, b.ndim);
  const full = (x: Tensor): number[] => [...Array.from({ length: rank - x.ndim }, () => 1), ...x.shape];
  const [left, right] = [full(a), full(b)];
  const product = multiply(
    reshape(
      a,
      left.flatMap((length) => [length, 1]),
    ),
    reshape(
      b,
      right.flatMap((length) => [1, length]),
    ),
  );
  return reshape(
    product,
    left.map((length, axis) => length * right[axis]!),
  );
}

/**
 * Sums of products over pairs of axes: the last `axes` of `a` with the first of `b`, or those that two lists name. The result
 * has the other axes of `a`, then those of `b`.
 * @throws ShapeError if the lengths of a pair differ
 */
export function tensordot(a: Tensor, b: Tensor, axes: number | readonly [Axes, Axes] = 2): Tensor {
  requireTensor("tensordot", a);
  requireTensor("tensordot", b);
  const [ofA, ofB] = pairsOf(a, b, axes);
  for (let k = 0; k < ofA.length; k++)
    if (a.shape[ofA[k]!] !== b.shape[ofB[k]!])
      throw new ShapeError(
        `tensordot: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not align: ` +
          `${a.shape[ofA[k]!]!} ≠ ${b.shape[ofB[k]!]!}`,
      );
  const freeA = a.shape.map((_, axis) => axis).filter((axis) => !ofA.includes(axis));
  const freeB = b.shape.map((_, axis) => axis).filter((axis) => !ofB.includes(axis));
  const count = ofA.reduce((size, axis) => size * a.shape[axis]!, 1);
  const left = permuteDims(a, [...freeA, ...ofA]);
  const right = permuteDims(b, [...ofB, ...freeB]);
  const shape = [...freeA.map((axis) => a.shape[axis]!), ...freeB.map((axis) => b.shape[axis]!)];
  const rows = freeA.reduce((size, axis) => size * a.shape[axis]!, 1);
  const columns = freeB.reduce((size, axis) => size * b.shape[axis]!, 1);
  const flat = product(reshaped(left, [rows, count]), reshaped(right, [count, columns]), {}, "tensordot");
  return fromDense(reshaped(flat, shape));
}

function pairsOf(a: Tensor, b: Tensor, axes: number | readonly [Axes, Axes]): [number[], number[]] {
  if (typeof axes === "number") {
    if (!Number.isInteger(axes) || axes < 0 || axes > Math.min(a.ndim, b.ndim))
      throw new ShapeError(
        `tensordot: shapes ${showShape(a.shape)} and ${showShape(b.shape)} have no ${axes} axes to sum over`,
      );
    const places = Array.from({ length: axes }, (_, k) => k);
    return [places.map((k) => a.ndim - axes + k), places];
  }
  const [ofA, ofB] = axes.map((list) => (typeof list === "number" ? [list] : list)) as [number[], number[]];
  const found: [number[], number[]] = [
    ofA.map((axis) => axisOf("tensordot", axis, a.shape)),
    ofB.map((axis) => axisOf("tensordot", axis, b.shape)),
  ];
  if (ofA.length !== ofB.length || new Set(found[0]).size < ofA.length || new Set(found[1]).size < ofA.length)
    throw new ShapeError(`tensordot: axes ${showShape(ofA)} and ${showShape(ofB)} are no pairs`);
  return found;
}

/** The sum of the diagonal over the last two axes, or of the one `offset` places above it. */
export function trace(x: Tensor, { offset = 0 }: { readonly offset?: number | undefined } = {}): Tensor {
  requireTensor("trace", x);
  return sum(diagonalFor("trace", x, offset), { axis: -1 });
}
