/**
 * Layers of networks. All are composed of other operations, and those are what to differentiate; `linear` of two-dimensional x
 * has v w towards x, matmulTN(v, x) towards w, and the sum of v over the batch towards b.
 */
import { broadcastBatches, matmul as product } from "../cpu/matmul.ts";
import { take } from "../cpu/gather.ts";
import { ShapeError, axisOf, broadcastShapes, showShape } from "../shape.ts";
import { type Tensor, fromDense } from "../tensor.ts";
import { sigmoid } from "./activations.ts";
import { add, multiply, where } from "./arithmetic.ts";
import { ones } from "./creation.ts";
import { split, tril } from "./manipulation.ts";
import { matmul, matmulNT } from "./products.ts";
import { softmax } from "./softmax.ts";
import { requireTensor } from "../dtype.ts";

/** x wᵀ + b for x `[..., in]`, w `[out, in]`, b `[out]`. */
export function linear(x: Tensor, w: Tensor, b?: Tensor): Tensor {
  requireTensor("linear", x);
  requireTensor("linear", w);
  if (w.ndim !== 2) throw new ShapeError(`linear: weight of shape ${showShape(w.shape)} is not [out, in]`);
  const y = fromDense(product(x, w, { b: true }, "linear"));
  if (b === undefined) return y;
  if (b.ndim !== 1 || b.size !== w.shape[0])
    throw new ShapeError(
      `linear: bias of shape ${showShape(b.shape)} is not [${w.shape[0]!}], as weight ${showShape(w.shape)} wants it`,
    );
  if (y.dtype !== b.dtype || y.dtype !== "float64") return add(y, b);
  // The product is nobody else's yet.
  const [to, from] = [y.data, b.data];
  for (let i = 0, j = 0; i < to.length; i++, j = j + 1 === from.length ? 0 : j + 1) to[i]! += from[j]!;
  return y;
}

/**
 * The rows of `weight` that int32 indices name: `[...indices.shape, ...weight.shape without the first axis]`.
 * @throws RangeError if an index is out of range
 */
export function embedding(weight: Tensor, indices: Tensor): Tensor {
  requireTensor("embedding", weight);
  requireTensor("embedding", indices);
  if (weight.ndim === 0) throw new ShapeError("embedding: weight of shape [] has no rows");
  return fromDense(take("embedding", weight, indices, 0));
}

/** x · mask / (1 - rate), where the mask holds 1 for what stays; 0 for rate 1. */
export function dropout(x: Tensor, mask: Tensor, { rate }: { readonly rate: number }): Tensor {
  requireTensor("dropout", x);
  requireTensor("dropout", mask);
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`dropout: rate ${rate} is not from 0 to 1`);
  broadcastShapes("dropout", x.shape, mask.shape);
  return multiply(multiply(x, mask), rate === 1 ? 0 : 1 / (1 - rate));
}

/**
 * The first half along an axis (the last by default), times sigmoid of the second.
 * @throws ShapeError if the axis has an odd length
 */
export function glu(x: Tensor, { axis = -1 }: { readonly axis?: number | undefined } = {}): Tensor {
  requireTensor("glu", x);
  const along = axisOf("glu", axis, x.shape);
  const length = x.shape[along]!;
  if (length % 2 !== 0)
    throw new ShapeError(`glu: axis ${along} of shape ${showShape(x.shape)} has odd length ${length}`);
  const [left, right] = split(x, [length / 2, length / 2], { axis: along });
  return multiply(left!, sigmoid(right!));
}

export interface AttentionOptions {
  /** Added to the scores, or bool with true for what is seen; broadcast to `[..., queries, keys]`. */
  readonly mask?: Tensor | undefined;
  /** A query sees keys up to its own place only. */
  readonly causal?: boolean | undefined;
}

/** softmax(q kᵀ / √d + mask) v for q `[..., queries, d]`, k `[..., keys, d]`, v `[..., keys, n]`: `[..., queries, n]`. */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { mask, causal = false }: AttentionOptions = {},
): Tensor {
  requireTensor("scaledDotProductAttention", q);
  requireTensor("scaledDotProductAttention", k);
  requireTensor("scaledDotProductAttention", v);
  for (const x of [q, k, v])
    if (x.ndim < 2) throw new ShapeError(`scaledDotProductAttention: shape ${showShape(x.shape)} has no two axes`);
  const aligned = (what: string, x: Tensor, length: number, y: Tensor, other: number): void => {
    if (length !== other)
      throw new ShapeError(
        `scaledDotProductAttention: ${what} of shapes ${showShape(x.shape)} and ${showShape(y.shape)} do not align: ${length} ≠ ${other}`,
      );
    broadcastBatches("scaledDotProductAttention", x.shape, y.shape, x.shape.slice(0, -2), y.shape.slice(0, -2));
  };
  aligned("queries and keys", q, q.shape.at(-1)!, k, k.shape.at(-1)!);
  aligned("keys and values", k, k.shape.at(-2)!, v, v.shape.at(-2)!);
  let scores = multiply(matmulNT(q, k), 1 / Math.sqrt(q.shape.at(-1)!));
  if (mask !== undefined) broadcastShapes("scaledDotProductAttention", scores.shape, mask.shape);
  if (mask?.dtype === "bool") scores = where(mask, scores, -Infinity);
  else if (mask !== undefined) scores = add(scores, mask);
  if (causal) scores = where(tril(ones(scores.shape.slice(-2), "bool")), scores, -Infinity);
  return matmul(softmax(scores), v);
}
