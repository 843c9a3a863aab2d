/**
 * Convolutions as products of matrices: what each window sees is written into a column (im2col; Chellapilla, Puri and
 * Simard, _High performance convolutional neural networks for document processing_, 2006). The three functions are the partial
 * derivatives of one trilinear form Σ v · conv(x, w), so each is linear in both of its operands, and their derivatives are
 * among them.
 */
import { type FloatData, allocate, asFloat, cast, floatOf, isFloat, numericOf, promote } from "../dtype.ts";
import { type Dense, type Shape, ShapeError, showShape, sizeOf } from "../shape.ts";
import { gemm } from "./gemm.ts";
import { type PerAxis, type Windows, windowsOf } from "./windows.ts";

export interface ConvOptions {
  readonly stride?: PerAxis | undefined;
  readonly padding?: PerAxis | undefined;
  readonly dilation?: PerAxis | undefined;
  readonly groups?: number | undefined;
}

/** What a convolution works on: batches and channels of the operands, and the windows. */
interface Plan extends Windows {
  readonly batch: number;
  readonly groups: number;
  /** Channels of x and of the result in each group. */
  readonly inputs: number;
  readonly outputs: number;
  /** Elements of a channel of x, of a channel of the result, and of what a window sees. */
  readonly inputSize: number;
  readonly outputSize: number;
  readonly seen: number;
}

function planOf(operation: string, x: Shape, w: Shape, options: ConvOptions): Plan {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const rank = x.length - 2;
  if (rank < 1 || rank > 3 || w.length !== x.length)
    throw new ShapeError(
      `${operation}: shapes ${showShape(x)} and ${showShape(w)} are not [batch, channels, …] and [out, in / groups, …] with as many axes`,
    );
  const [channels, outputs] = [x[1]!, w[0]!];
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0 || outputs % groups !== 0)
    throw new ShapeError(
      `${operation}: shapes ${showShape(x)} and ${showShape(w)} do not divide into ${groups} groups`,
    );
  if (channels / groups !== w[1])
    throw new ShapeError(
      `${operation}: shapes ${showShape(x)} and ${showShape(w)} do not align: ${channels / groups} ≠ ${w[1]!} channels in each group`,
    );
  const windows = windowsOf(operation, x.slice(2), w.slice(2), stride, padding, dilation);
  const inputs = channels / groups;
  return {
    ...windows,
    batch: x[0]!,
    groups,
    inputs,
    outputs: outputs / groups,
    inputSize: sizeOf(windows.size),
    outputSize: sizeOf(windows.places),
    seen: inputs * sizeOf(windows.kernel),
  };
}

/** A kernel of one element, without stride or padding: what it sees is x itself. */
function isPlain({ kernel, stride, padding }: Plan): boolean {
  return sizeOf(kernel) === 1 && sizeOf(stride) === 1 && padding.every((amount) => amount === 0);
}

let columns = new Float64Array(0);

function columnsFor(plan: Plan): Float64Array {
  const size = plan.seen * plan.outputSize;
  if (columns.length < size) columns = new Float64Array(size);
  return columns;
}

/** x `[n, in, …]` with w `[out, in / groups, …]`: `[n, out, …]`. */
export function conv(operation: string, x: Dense, w: Dense, options: ConvOptions): Dense {
  const plan = planOf(operation, x.shape, w.shape, options);
  const { batch, groups, inputs, outputs, inputSize, outputSize, seen } = plan;
  const dtype = numericOf(promote(x.dtype, w.dtype));
  const out = allocate(isFloat(dtype) ? dtype : "float64", batch * groups * outputs * outputSize);
  const [image, weights] = [asFloat(x.data), asFloat(w.data)];
  for (let k = 0; k < batch * groups; k++) {
    const at = k * inputs * inputSize;
    const viewed = isPlain(plan) ? image : spread(image, at, plan);
    gemm(
      outputs,
      outputSize,
      seen,
      { data: weights, at: (k % groups) * outputs * seen, row: seen, column: 1 },
      { data: viewed, at: viewed === image ? at : 0, row: outputSize, column: 1 },
      { data: out, at: k * outputs * outputSize, row: outputSize },
      false,
    );
  }
  const shape = [batch, groups * outputs, ...plan.places.slice(5 - x.shape.length)];
  return { data: isFloat(dtype) ? out : cast(out, dtype), shape, dtype };
}

function spread(image: FloatData, at: number, plan: Plan): Float64Array {
  const to = columnsFor(plan);
  im2col(image, at, plan, to);
  return to;
}

/** Towards x, of shape `shape`, for v of the result's shape: the adjoint of `conv` in x, and what is called transposed. */
export function convInput(operation: string, v: Dense, w: Dense, shape: Shape, options: ConvOptions): Dense {
  const plan = planOf(operation, shape, w.shape, options);
  checkOutput(operation, v, w, shape, plan);
  const { batch, groups, inputs, outputs, inputSize, outputSize, seen } = plan;
  const [from, weights] = [asFloat(v.data), asFloat(w.data)];
  const out = new Float64Array(sizeOf(shape));
  const isDirect = isPlain(plan);
  for (let k = 0; k < batch * groups; k++) {
    const at = k * inputs * inputSize;
    const to = isDirect ? out : columnsFor(plan);
    gemm(
      seen,
      outputSize,
      outputs,
      { data: weights, at: (k % groups) * outputs * seen, row: 1, column: seen },
      { data: from, at: k * outputs * outputSize, row: outputSize, column: 1 },
      { data: to, at: isDirect ? at : 0, row: outputSize },
      false,
    );
    if (!isDirect) col2im(to, plan, out, at);
  }
  return { data: cast(out, floatOf(promote(v.dtype, w.dtype))), shape, dtype: floatOf(promote(v.dtype, w.dtype)) };
}

/** Towards w, of shape `shape`, for v of the result's shape. */
export function convWeight(operation: string, x: Dense, v: Dense, shape: Shape, options: ConvOptions): Dense {
  const plan = planOf(operation, x.shape, shape, options);
  checkOutput(operation, v, { shape }, x.shape, plan);
  const { batch, groups, inputs, outputs, inputSize, outputSize, seen } = plan;
  const [image, from] = [asFloat(x.data), asFloat(v.data)];
  const out = new Float64Array(sizeOf(shape));
  for (let k = 0; k < batch * groups; k++) {
    const at = k * inputs * inputSize;
    const viewed = isPlain(plan) ? image : spread(image, at, plan);
    gemm(
      outputs,
      seen,
      outputSize,
      { data: from, at: k * outputs * outputSize, row: outputSize, column: 1 },
      { data: viewed, at: viewed === image ? at : 0, row: 1, column: outputSize },
      { data: out, at: (k % groups) * outputs * seen, row: seen },
      true,
    );
  }
  return { data: cast(out, floatOf(promote(x.dtype, v.dtype))), shape, dtype: floatOf(promote(x.dtype, v.dtype)) };
}

function checkOutput(operation: string, v: Dense, w: { readonly shape: Shape }, x: Shape, plan: Plan): void {
  const expected = [plan.batch, plan.groups * plan.outputs, ...plan.places.slice(5 - x.length)];
  if (v.shape.length !== expected.length || v.shape.some((length, k) => length !== expected[k]))
    throw new ShapeError(
      `${operation}: shape ${showShape(v.shape)} is not ${showShape(expected)}, the convolution of ${showShape(x)} with ${showShape(w.shape)}`,
    );
}

/** Row (channel, place in the kernel), column (place of the window): the element that is seen there, 0 in the padding. */
function im2col(image: FloatData, at: number, plan: Plan, to: Float64Array): void {
  const { inputs, inputSize } = plan;
  const [depth, height, width] = plan.size;
  const [kd, kh, kw] = plan.kernel;
  const [sd, sh, sw] = plan.stride;
  const [pd, ph, pw] = plan.padding;
  const [dd, dh, dw] = plan.dilation;
  const [od, oh, ow] = plan.places;
  let q = 0;
  for (let c = 0; c < inputs; c++)
    for (let i = 0; i < kd; i++)
      for (let j = 0; j < kh; j++)
        for (let k = 0; k < kw; k++)
          for (let z = 0; z < od; z++) {
            const fromZ = z * sd - pd + i * dd;
            for (let y = 0; y < oh; y++) {
              const fromY = y * sh - ph + j * dh;
              if (fromZ < 0 || fromZ >= depth || fromY < 0 || fromY >= height) {
                to.fill(0, q, (q += ow));
                continue;
              }
              const row = at + c * inputSize + (fromZ * height + fromY) * width;
              for (let x = 0, fromX = k * dw - pw; x < ow; x++, fromX += sw)
                to[q++] = fromX >= 0 && fromX < width ? image[row + fromX]! : 0;
            }
          }
}

/** Adds each element to the place that `im2col` takes it from. */
function col2im(from: Float64Array, plan: Plan, image: Float64Array, at: number): void {
  const { inputs, inputSize } = plan;
  const [depth, height, width] = plan.size;
  const [kd, kh, kw] = plan.kernel;
  const [sd, sh, sw] = plan.stride;
  const [pd, ph, pw] = plan.padding;
  const [dd, dh, dw] = plan.dilation;
  const [od, oh, ow] = plan.places;
  let q = 0;
  for (let c = 0; c < inputs; c++)
    for (let i = 0; i < kd; i++)
      for (let j = 0; j < kh; j++)
        for (let k = 0; k < kw; k++)
          for (let z = 0; z < od; z++) {
            const toZ = z * sd - pd + i * dd;
            for (let y = 0; y < oh; y++) {
              const toY = y * sh - ph + j * dh;
              if (toZ < 0 || toZ >= depth || toY < 0 || toY >= height) {
                q += ow;
                continue;
              }
              const row = at + c * inputSize + (toZ * height + toY) * width;
              for (let x = 0, toX = k * dw - pw; x < ow; x++, toX += sw, q++)
                if (toX >= 0 && toX < width) image[row + toX]! += from[q]!;
            }
          }
}
