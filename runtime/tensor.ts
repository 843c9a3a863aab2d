/** `Tensor`: numbers with a shape. */
import { add, divide, multiply, pow, subtract } from "./cpu/binary-loops.ts";
import { binaryFloat, binaryNumeric } from "./cpu/binary.ts";
import { relu, sigmoid } from "./cpu/activation-loops.ts";
import { expandDims, permuteDims, reshape, slice, squeeze, transpose } from "./cpu/layout.ts";
import { matmul } from "./cpu/matmul.ts";
import { max, mean, min, sum } from "./cpu/reduce.ts";
import { abs, cos, exp, log, negative, sin, sqrt, square, tanh } from "./cpu/unary-loops.ts";
import { mapFloat, mapNumeric } from "./cpu/unary.ts";
import { type DType, type TensorData, dtypeOf } from "./dtype.ts";
import { show } from "./show.ts";
import { type Axes, type Dense, type Shape, ShapeError, type StatedShape, axesOf, showShape, sizeOf } from "./shape.ts";

/** Numbers in lists of lists; a tensor of shape `[]` is a plain number. */
export type NestedArray = number | NestedArray[];
export type Device = "cpu" | "webgpu";
/** What binary operations take on either side. A number counts as a tensor of shape `[]`; see `dtype.ts` for its type. */
export type R = Tensor | number;

/** Which axes are reduced (all of them by default), and whether they stay with length 1. */
export interface ReduceOptions {
  readonly axis?: Axes | undefined;
  readonly keepdims?: boolean | undefined;
}

/**
 * Numbers with a shape, row by row; an immutable value to its user. `S` only states a shape: `Tensor<[32, 10]>`,
 * or `Tensor<["batch", 10]>` with a name for a length that is not known. The compiler checks what is stated.
 *
 * The methods are the operations that read well in a chain. Each is also a function, and all others are functions only,
 * so that a bundle has no more of them than a program uses.
 */
export class Tensor<_S extends StatedShape = Shape> {
  // Declared only: what is defined as a field is made twice, and small tensors are made by the million.
  /** Lengths of the axes, outermost first. */
  declare readonly shape: readonly number[];
  declare readonly dtype: DType;
  declare readonly device: Device;
  /** The elements, row by row. */
  declare readonly data: TensorData;

  /**
   * Takes `data` as it is, without copying; its type tells the element type.
   * @throws ShapeError if the shape has another number of elements
   */
  constructor(data: TensorData, shape: Shape) {
    if (sizeOf(shape) !== data.length)
      throw new ShapeError(
        `Tensor: shape ${showShape(shape)} has ${sizeOf(shape)} elements, but data has ${data.length}`,
      );
    this.shape = shape;
    this.dtype = dtypeOf(data);
    this.device = "cpu";
    this.data = data;
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length;
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** A copy of the elements, from whatever device they are on. */
  read(): Promise<TensorData> {
    return Promise.resolve(this.data.slice());
  }

  /** The tensor on another device, or itself where it is there already. */
  to(device: Device): this {
    if (device === this.device) return this;
    throw new Error(`to: there is no device "${device}" in this version; tensors are on the CPU`);
  }

  /**
   * The only element.
   * @throws ShapeError if there is not exactly one
   */
  item(): number {
    const [only] = this.data;
    if (only === undefined || this.data.length !== 1)
      throw new ShapeError(`item: a tensor of shape ${showShape(this.shape)} has ${this.size} elements, not one`);
    return only;
  }

  /** Nested arrays, outermost axis first; a plain number for shape `[]`. Bool comes as 0 and 1. */
  toArray(): NestedArray {
    return nest(this.data, this.shape, 0, 0, this.data.length);
  }

  /** The elements in brackets, the inner ones of long axes left out, with shape and type. */
  toString(): string {
    return `Tensor(${show(this.data, this.shape)}, shape ${showShape(this.shape)}, ${this.dtype})`;
  }

  /** @see add */
  add(other: R): Tensor {
    return fromDense(binaryNumeric("add", add, this, other));
  }

  /** @see subtract */
  sub(other: R): Tensor {
    return fromDense(binaryNumeric("subtract", subtract, this, other));
  }

  /** @see multiply */
  mul(other: R): Tensor {
    return fromDense(binaryNumeric("multiply", multiply, this, other));
  }

  /** @see divide */
  div(other: R): Tensor {
    return fromDense(binaryFloat("divide", divide, this, other));
  }

  /** @see pow */
  pow(exponent: R): Tensor {
    return fromDense(binaryFloat("pow", pow, this, exponent));
  }

  /** @see negative */
  neg(): Tensor {
    return fromDense(mapNumeric(negative, this));
  }

  /** @see matmul */
  matmul(other: Tensor): Tensor {
    return fromDense(matmul(this, other));
  }

  /** @see sum */
  sum({ axis, keepdims = false }: ReduceOptions = {}): Tensor {
    return fromDense(sum(this, axesOf("sum", axis, this.shape), keepdims));
  }

  /** @see mean */
  mean({ axis, keepdims = false }: ReduceOptions = {}): Tensor {
    return fromDense(mean(this, axesOf("mean", axis, this.shape), keepdims));
  }

  /** @see max */
  max({ axis, keepdims = false }: ReduceOptions = {}): Tensor {
    return fromDense(max(this, axesOf("max", axis, this.shape), keepdims));
  }

  /** @see min */
  min({ axis, keepdims = false }: ReduceOptions = {}): Tensor {
    return fromDense(min(this, axesOf("min", axis, this.shape), keepdims));
  }

  /** @see reshape */
  reshape(shape: Shape): Tensor {
    return fromDense(reshape(this, shape));
  }

  /** @see permuteDims */
  permuteDims(axes: readonly number[]): Tensor {
    return fromDense(permuteDims(this, axes));
  }

  /** @see transpose */
  transpose(): Tensor {
    return fromDense(transpose(this));
  }

  /** @see squeeze */
  squeeze({ axis }: { readonly axis?: Axes | undefined } = {}): Tensor {
    const { shape } = this;
    const axes = axis === undefined ? shape.flatMap((length, k) => (length === 1 ? [k] : [])) : axis;
    return fromDense(squeeze(this, axesOf("squeeze", axes, shape)));
  }

  /** @see expandDims */
  expandDims({ axis }: { readonly axis: Axes }): Tensor {
    return fromDense(expandDims(this, typeof axis === "number" ? [axis] : axis));
  }

  /** @see slice */
  slice(start: readonly number[], stop: readonly number[], step?: readonly number[]): Tensor {
    return fromDense(slice(this, start, stop, step));
  }

  /** @see exp */
  exp(): Tensor {
    return fromDense(mapFloat(exp, this));
  }

  /** @see log */
  log(): Tensor {
    return fromDense(mapFloat(log, this));
  }

  /** @see sin */
  sin(): Tensor {
    return fromDense(mapFloat(sin, this));
  }

  /** @see cos */
  cos(): Tensor {
    return fromDense(mapFloat(cos, this));
  }

  /** @see tanh */
  tanh(): Tensor {
    return fromDense(mapFloat(tanh, this));
  }

  /** @see sqrt */
  sqrt(): Tensor {
    return fromDense(mapFloat(sqrt, this));
  }

  /** @see square */
  square(): Tensor {
    return fromDense(mapNumeric(square, this));
  }

  /** @see abs */
  abs(): Tensor {
    return fromDense(mapNumeric(abs, this));
  }

  /** @see sigmoid */
  sigmoid(): Tensor {
    return fromDense(mapFloat(sigmoid, this));
  }

  /** @see relu */
  relu(): Tensor {
    return fromDense(mapNumeric(relu, this));
  }
}

/** A kernel's result as a tensor. */
export function fromDense({ data, shape }: Dense): Tensor {
  return new Tensor(data, shape);
}

function nest(data: TensorData, shape: Shape, axis: number, offset: number, size: number): NestedArray {
  const length = shape[axis];
  if (length === undefined) return data[offset] ?? Number.NaN;
  const stride = size / length;
  return Array.from({ length }, (_, index) => nest(data, shape, axis + 1, offset + index * stride, stride));
}
