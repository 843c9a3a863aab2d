/**
 * Operations that only derivatives need: they make the rules of the other operations closed, so that derivatives of
 * derivatives have rules too.
 */
import { type TensorData, allocate, dtypeOf, kindOf } from "../dtype.ts";
import { type Axes, type Shape, ShapeError, axesOf, sameShape, showShape, sizeOf } from "../shape.ts";
import { type R, Tensor } from "../tensor.ts";
import { sumTo } from "./adjoints.ts";
import { equal, multiply, where } from "./arithmetic.ts";
import { broadcastTo, reshape, transpose } from "./manipulation.ts";
import { matmul, matmulNT, matmulTN } from "./products.ts";

/** The tensor 0, which is broadcast to whatever is added to it. */
export const zero: Tensor = new Tensor(Float64Array.of(0), []);

/**
 * Refuses a cotangent or tangent of another shape than the tensor that it belongs to, and what is no tensor: callers in
 * JavaScript leave it out.
 * @throws RangeError that names both
 */
export function checkShape(told: string, given: Tensor | undefined, label: string, against: Tensor): void {
  const shape = given?.shape;
  if (shape !== undefined && sameShape(shape, against.shape)) return;
  const what =
    shape === undefined ? `is ${kindOf(given)}${given ? " and not a tensor" : ""}` : `has shape ${showShape(shape)}`;
  throw new RangeError(`${told} ${what}, ${label} has shape ${showShape(against.shape)}`);
}

/**
 * The cotangent 1 of a tensor with one element.
 * @throws RangeError where there are more: only of one number there is a gradient
 */
export function seedOf(x: Tensor): Tensor {
  if (x.size !== 1) throw new RangeError(`a gradient is of one number, but the output has shape ${showShape(x.shape)}`);
  return fillLike(1, x);
}

/** A number everywhere, with the shape and type of another tensor. */
export function fillLike(value: number, like: Tensor): Tensor {
  const data = allocate(like.dtype, like.size);
  data.fill(value);
  return new Tensor(data, like.shape);
}

/** What was collected for a tensor: where nothing was, it is a zero without a shape, which is brought to that of `like`. */
export function wholeLike(x: Tensor, like: Tensor): Tensor {
  return sameShape(x.shape, like.shape) ? x : broadcastTo(x, like.shape);
}

/** A tensor's shape and type without its elements: for what is kept of a tensor that nobody reads any more. */
export function outline(x: Tensor): Tensor {
  const made = new Tensor(allocate(x.dtype, 0), none);
  const data: { readonly length: number } = { length: x.size };
  return Object.assign(made, { shape: x.shape, data });
}

/** The same of each tensor of a list. */
export function outlines<const T extends readonly Tensor[]>(list: T): { [K in keyof T]: Tensor } {
  return list.map(outline) as { [K in keyof T]: Tensor };
}

/** The shape of no elements. */
const none: readonly number[] = [0];

/** What was reduced over the axes (all by default), with or without keeping them, spread out to the shape from before. */
export function spreadTo(x: Tensor, shape: Shape, axis?: Axes): Tensor {
  const reduced = axesOf("spreadTo", axis, shape);
  const kept = shape.map((length, k) => (reduced.includes(k) ? 1 : length));
  return broadcastTo(x.ndim === shape.length ? x : reshape(x, kept), shape);
}

/** v · bᵀ, the cotangent of the left factor of `matmul`, which has the shape. */
export function matmulLeft(v: Tensor, b: Tensor, shape: Shape): Tensor {
  const { rows, right } = asMatrices(v, shape.length, b);
  const product = matmulNT(rows, right);
  return shape.length === 1 ? sumTo(withoutAxis(product, product.ndim - 2), shape) : sumTo(product, shape);
}

/** aᵀ · v, the cotangent of the right factor of `matmul`, which has the shape. */
export function matmulRight(a: Tensor, v: Tensor, shape: Shape): Tensor {
  const isColumn = shape.length === 1;
  const left = a.ndim === 1 ? withAxis(a, 0) : a;
  const columns = isColumn ? withAxis(v, v.ndim) : v;
  const product = matmulTN(left, a.ndim === 1 ? withAxis(columns, columns.ndim - 1) : columns);
  return isColumn ? sumTo(withoutAxis(product, product.ndim - 1), shape) : sumTo(product, shape);
}

/** v · b, the cotangent of a in `matmulNT(a, b)`, which has the shape. */
export function matmulNTLeft(v: Tensor, b: Tensor, shape: Shape): Tensor {
  return shape.length > 1 ? sumTo(matmul(v, b), shape) : matmulLeft(v, transpose(b), shape);
}

/** vᵀ · a, the cotangent of b in `matmulNT(a, b)`, which has the shape. */
export function matmulNTRight(a: Tensor, v: Tensor, shape: Shape): Tensor {
  return a.ndim > 1 ? sumTo(matmulTN(v, a), shape) : transpose(matmulRight(a, v, turned(shape)));
}

/** b · vᵀ, the cotangent of a in `matmulTN(a, b)`, which has the shape. */
export function matmulTNLeft(v: Tensor, b: Tensor, shape: Shape): Tensor {
  return b.ndim > 1 ? sumTo(matmulNT(b, v), shape) : transpose(matmulLeft(v, b, turned(shape)));
}

/** a · v, the cotangent of b in `matmulTN(a, b)`, which has the shape. */
export function matmulTNRight(a: Tensor, v: Tensor, shape: Shape): Tensor {
  return shape.length > 1 ? sumTo(matmul(a, v), shape) : matmulRight(transpose(a), v, shape);
}

const turned = (shape: Shape): Shape => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];

/** The cotangent of a product as a matrix, and its right factor as one: vectors get the axes that the product lost. */
function asMatrices(v: Tensor, left: number, b: Tensor): { readonly rows: Tensor; readonly right: Tensor } {
  const columns = b.ndim === 1 ? withAxis(v, v.ndim) : v;
  return {
    rows: left === 1 ? withAxis(columns, columns.ndim - 1) : columns,
    right: b.ndim === 1 ? withAxis(b, 1) : b,
  };
}

function withAxis(x: Tensor, at: number): Tensor {
  return new Tensor(x.data, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

function withoutAxis(x: Tensor, at: number): Tensor {
  return new Tensor(x.data, [...x.shape.slice(0, at), ...x.shape.slice(at + 1)]);
}

/** The element at a flat index. */
export function elementAt(x: Tensor, i: number): number {
  const value = x.data[i];
  if (value === undefined) throw new ShapeError(`a tensor of shape ${showShape(x.shape)} has no element ${i}`);
  return value;
}

/** A number at a flat index, zeros elsewhere. */
export function placeAt(value: number, i: number, shape: Shape): Tensor {
  const data = new Float64Array(sizeOf(shape));
  data[i] = value;
  return new Tensor(data, shape);
}

/** A tensor over an array, without a copy: a Jacobian, which has the axes of an output and then those of an input. */
export function tensorOfShapes(data: Float64Array, outer: Shape, inner: Shape): Tensor {
  return new Tensor(data, [...outer, ...inner]);
}

/** A tensor over an array, with the shape and element type of another tensor; without a copy where the array has that type. */
export function tensorOver(data: TensorData, like: Tensor): Tensor {
  if (dtypeOf(data) === like.dtype) return new Tensor(data, like.shape);
  const own = allocate(like.dtype, data.length);
  own.set(data);
  return new Tensor(own, like.shape);
}

/** a · b, and 0 where a is 0, whatever b is: a cotangent that is 0 stays so where a partial derivative is infinite or NaN. */
export function mulOrZero(a: R, b: R): Tensor {
  if (typeof a === "number" || typeof b === "number" || a.dtype !== b.dtype || !sameShape(a.shape, b.shape))
    return where(equal(a, 0), 0, multiply(a, b));
  const data = allocate(a.dtype, a.size);
  for (let i = 0; i < data.length; i++) data[i] = a.data[i] === 0 ? 0 : a.data[i]! * b.data[i]!;
  return new Tensor(data, a.shape);
}

/**
 * The derivative of order `order` of `sinc`, elementwise. With t = πx and f(t) = sin(t) / t, t f⁽ⁿ⁾ = sin⁽ⁿ⁾(t) - n f⁽ⁿ⁻¹⁾; near 0
 * the power series.
 */
export function sincDerivative(order: number, x: Tensor): Tensor {
  const data = allocate(x.dtype, x.size);
  for (let i = 0; i < data.length; i++) data[i] = Math.PI ** order * sincOfOrder(order, Math.PI * x.data[i]!);
  return new Tensor(data, x.shape);
}

function sincOfOrder(order: number, t: number): number {
  // The recurrence multiplies errors by n / t.
  if (Math.abs(t) > 2 + 2 * order) {
    let value = Math.sin(t) / t;
    for (let n = 1; n <= order; n++) value = (Math.sin(t + (n * Math.PI) / 2) - n * value) / t;
    return value;
  }
  // f(t) = Σ (-1)ᵏ t²ᵏ / (2k + 1)!, so its derivative has the terms (-1)ᵏ t²ᵏ⁻ⁿ / ((2k - n)! (2k + 1)).
  const first = Math.ceil(order / 2);
  let power = order % 2 === 0 ? 1 : t;
  let sum = 0;
  for (let k = first; k < first + 60; k++) {
    sum += ((k % 2 === 0 ? 1 : -1) * power) / (2 * k + 1);
    const rest = 2 * k - order;
    power *= (t * t) / ((rest + 1) * (rest + 2));
  }
  return sum;
}
