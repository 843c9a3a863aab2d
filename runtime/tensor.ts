/** Dense row-major arrays of any number of axes: what generated Jacobians and Hessians come as. */

export type DType = "float64" | "float32" | "int32" | "bool";
export type Shape = readonly number[];
export type TensorData = Float64Array | Float32Array | Int32Array | Uint8Array;
export type NestedArray = number | NestedArray[];

/** A tensor whose data does not fit its shape. */
export class ShapeError extends RangeError {
  override readonly name = "ShapeError";
}

/** An array of numbers with a shape; an immutable value to its user. `S` only states a shape. */
export class Tensor<_S extends Shape = Shape> {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly device: "cpu" | "webgpu" = "cpu";
  /** The elements, row by row. */
  readonly data: TensorData;

  /** Takes `data` as it is, without copying. */
  constructor(data: TensorData, shape: Shape) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (size !== data.length) {
      throw new ShapeError(
        `Tensor: shape [${shape.join(", ")}] has ${String(size)} elements, but data has ${String(data.length)}`,
      );
    }
    this.shape = shape;
    this.data = data;
    this.dtype = dtypeOf(data);
  }

  get size(): number {
    return this.data.length;
  }

  get ndim(): number {
    return this.shape.length;
  }

  /** The only element. */
  item(): number {
    const [only] = this.data;
    if (only === undefined || this.data.length !== 1) {
      throw new ShapeError(
        `item: a tensor of shape [${this.shape.join(", ")}] has ${String(this.size)} elements, not one`,
      );
    }
    return only;
  }

  /** Nested arrays, outermost axis first; a plain number for shape `[]`. */
  toArray(): NestedArray {
    return nest(this.data, this.shape, 0, 0);
  }

  toString(): string {
    return `Tensor(${JSON.stringify(this.toArray())}, shape [${this.shape.join(", ")}], ${this.dtype})`;
  }
}

function dtypeOf(data: TensorData): DType {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "bool";
}

function nest(data: TensorData, shape: Shape, axis: number, offset: number): NestedArray {
  const length = shape[axis];
  if (length === undefined) return data[offset] ?? Number.NaN;
  const stride = shape.slice(axis + 1).reduce((product, each) => product * each, 1);
  return Array.from({ length }, (_, index) => nest(data, shape, axis + 1, offset + index * stride));
}
