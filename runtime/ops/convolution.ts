/**
 * Convolutions of images `[n, channels, …]` with kernels `[out, in / groups, …]`, as in torch (cross-correlations).
 *
 * With `conv`, `convInput` and `convWeight` (of `tsgrad/runtime`) the family is closed: they are the partial derivatives of the
 * trilinear form Σ v · conv(x, w), so with the same options
 * - y = conv(x, w): towards x convInput(v, w, x.shape), towards w convWeight(x, v, w.shape);
 * - x = convInput(v, w): for its cotangent c, towards v conv(c, w), towards w convWeight(c, v, w.shape);
 * - w = convWeight(x, v): for its cotangent c, towards x convInput(v, c, x.shape), towards v conv(x, c).
 * A transposed convolution is `convInput` of a shape that its options tell. JVPs put the tangent in the place of the operand.
 * The bias is added along axis 1, so its VJP is the sum over all other axes.
 */
import * as kernels from "../cpu/conv.ts";
import { type PerAxis, perAxis } from "../cpu/windows.ts";
import { type Shape, ShapeError, showShape } from "../shape.ts";
import { type Tensor, fromDense } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { reshape } from "./manipulation.ts";
import { requireTensor } from "../dtype.ts";

/** `stride`, `padding` and `dilation`: a number for all spatial axes, or one for each. */
export interface ConvOptions {
  /** 1 by default. */
  readonly stride?: PerAxis | undefined;
  /** Zeros at both ends of each axis, 0 by default. */
  readonly padding?: PerAxis | undefined;
  /** How far apart the kernel's elements stand, 1 by default. */
  readonly dilation?: PerAxis | undefined;
  /** Channels are cut into as many parts, which do not mix; 1 by default. */
  readonly groups?: number | undefined;
}

export interface BiasedConvOptions extends ConvOptions {
  /** `[out]`, added to each channel. */
  readonly bias?: Tensor | undefined;
}

export interface ConvTransposeOptions extends BiasedConvOptions {
  /** More elements at the end of each axis, where the stride leaves the length open; 0 by default. */
  readonly outputPadding?: PerAxis | undefined;
}

/** x `[n, in, l]` with w `[out, in / groups, k]`. */
export function conv1d(x: Tensor, w: Tensor, options: BiasedConvOptions = {}): Tensor {
  requireTensor("conv1d", x);
  requireTensor("conv1d", w);
  return convolved("conv1d", 1, x, w, options);
}

/** x `[n, in, h, w]` with w `[out, in / groups, kh, kw]`. */
export function conv2d(x: Tensor, w: Tensor, options: BiasedConvOptions = {}): Tensor {
  requireTensor("conv2d", x);
  requireTensor("conv2d", w);
  return convolved("conv2d", 2, x, w, options);
}

/** x `[n, in, d, h, w]` with w `[out, in / groups, kd, kh, kw]`. */
export function conv3d(x: Tensor, w: Tensor, options: BiasedConvOptions = {}): Tensor {
  requireTensor("conv3d", x);
  requireTensor("conv3d", w);
  return convolved("conv3d", 3, x, w, options);
}

/** The adjoint of `conv1d`: x `[n, in, l]` with w `[in, out / groups, k]`. */
export function convTranspose1d(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  requireTensor("convTranspose1d", x);
  requireTensor("convTranspose1d", w);
  return transposed("convTranspose1d", 1, x, w, options);
}

/** The adjoint of `conv2d`: x `[n, in, h, w]` with w `[in, out / groups, kh, kw]`. */
export function convTranspose2d(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  requireTensor("convTranspose2d", x);
  requireTensor("convTranspose2d", w);
  return transposed("convTranspose2d", 2, x, w, options);
}

/** A convolution of one to three spatial axes, without bias. */
export function conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  return fromDense(kernels.conv("conv", x, w, options));
}

/** The adjoint of `conv` in x, which has shape `shape`. */
export function convInput(v: Tensor, w: Tensor, shape: Shape, options: ConvOptions = {}): Tensor {
  return fromDense(kernels.convInput("convInput", v, w, shape, options));
}

/** The adjoint of `conv` in w, which has shape `shape`. */
export function convWeight(x: Tensor, v: Tensor, shape: Shape, options: ConvOptions = {}): Tensor {
  return fromDense(kernels.convWeight("convWeight", x, v, shape, options));
}

function requireAxes(operation: string, rank: number, x: Tensor, w: Tensor): void {
  if (x.ndim !== rank + 2 || w.ndim !== rank + 2)
    throw new ShapeError(
      `${operation}: shapes ${showShape(x.shape)} and ${showShape(w.shape)} must both have ${rank + 2} axes: a batch, channels and ${rank} spatial`,
    );
}

function convolved(operation: string, rank: number, x: Tensor, w: Tensor, options: BiasedConvOptions): Tensor {
  requireAxes(operation, rank, x, w);
  return biased(operation, fromDense(kernels.conv(operation, x, w, options)), options.bias);
}

function biased(operation: string, y: Tensor, bias: Tensor | undefined): Tensor {
  if (bias === undefined) return y;
  if (bias.ndim !== 1 || bias.size !== y.shape[1])
    throw new ShapeError(
      `${operation}: bias of shape ${showShape(bias.shape)} is not [${y.shape[1]!}], one number for each channel`,
    );
  return add(y, reshape(bias, [bias.size, ...y.shape.slice(2).map(() => 1)]));
}

function transposed(operation: string, rank: number, x: Tensor, w: Tensor, options: ConvTransposeOptions): Tensor {
  requireAxes(operation, rank, x, w);
  const shape = transposedShape(operation, x.shape, w.shape, options);
  return biased(operation, fromDense(kernels.convInput(operation, x, w, shape, options)), options.bias);
}

/** The shape of a transposed convolution. */
export function transposedShape(operation: string, x: Shape, w: Shape, options: ConvTransposeOptions): number[] {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, outputPadding = 0 } = options;
  const rank = x.length - 2;
  const strides = perAxis(operation, "stride", stride, rank, 1);
  const paddings = perAxis(operation, "padding", padding, rank, 0);
  const dilations = perAxis(operation, "dilation", dilation, rank, 1);
  const extra = perAxis(operation, "outputPadding", outputPadding, rank, 0);
  if (x[1] !== w[0])
    throw new ShapeError(
      `${operation}: shapes ${showShape(x)} and ${showShape(w)} do not align: ${x[1]!} ≠ ${w[0]!} channels`,
    );
  for (let k = 0; k < rank; k++)
    if (extra[k]! >= Math.max(strides[k]!, dilations[k]!))
      throw new RangeError(
        `${operation}: outputPadding ${extra[k]!} must be less than stride ${strides[k]!} or dilation ${dilations[k]!}`,
      );
  const size = strides.map(
    (step, k) => (x[k + 2]! - 1) * step - 2 * paddings[k]! + dilations[k]! * (w[k + 2]! - 1) + extra[k]! + 1,
  );
  if (size.some((length) => length < 1))
    throw new ShapeError(`${operation}: shapes ${showShape(x)} and ${showShape(w)} leave nothing within the padding`);
  return [x[0]!, w[1]! * groups, ...size];
}
