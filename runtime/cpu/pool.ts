/** Pools: one number for what each window sees, in each plane by itself. A plane is one or two spatial axes. */
import { type FloatData, allocate, asFloat, cast, floatOf } from "../dtype.ts";
import { type Dense, type Shape, ShapeError, showShape, sizeOf } from "../shape.ts";
import { type PerAxis, type Windows, perAxis, windowsOf } from "./windows.ts";

export interface PoolOptions {
  readonly kernel: PerAxis;
  readonly stride?: PerAxis | undefined;
  readonly padding?: PerAxis | undefined;
}

interface Plan extends Windows {
  readonly planes: number;
  readonly planeSize: number;
  readonly placeCount: number;
  /** The shape of the result. */
  readonly shape: Shape;
}

function planOf(operation: string, rank: number, shape: Shape, options: PoolOptions): Plan {
  if (shape.length < rank + 1)
    throw new ShapeError(`${operation}: shape ${showShape(shape)} has no channels in front of ${rank} spatial axes`);
  const kernel = perAxis(operation, "kernel", options.kernel, rank, 1);
  const { stride = kernel, padding = 0 } = options;
  for (const [k, amount] of perAxis(operation, "padding", padding, rank, 0).entries())
    if (2 * amount > kernel[k]!)
      throw new RangeError(
        `${operation}: padding ${amount} is more than half of kernel ${kernel[k]!}: some windows would see nothing`,
      );
  const size = shape.slice(-rank);
  const windows = windowsOf(operation, size, kernel, stride, padding, 1);
  const outer = shape.slice(0, -rank);
  return {
    ...windows,
    planes: sizeOf(outer),
    planeSize: sizeOf(size),
    placeCount: sizeOf(windows.places),
    shape: [...outer, ...windows.places.slice(-rank)],
  };
}

/** For each window the place of the greatest element in its plane, the first of ties; a NaN is found before all else. */
export function maxPoolIndices(operation: string, rank: number, x: Dense, options: PoolOptions): Dense {
  const plan = planOf(operation, rank, x.shape, options);
  const { planes, planeSize, placeCount } = plan;
  const data = new Int32Array(planes * placeCount);
  const from = asFloat(x.data);
  for (let plane = 0; plane < planes; plane++) greatest(from, plane * planeSize, plan, data, plane * placeCount);
  return { data, shape: plan.shape, dtype: "int32" };
}

function greatest(x: FloatData, at: number, plan: Plan, out: Int32Array, to: number): void {
  const [, height, width] = plan.size;
  const [, kh, kw] = plan.kernel;
  const [, sh, sw] = plan.stride;
  const [, ph, pw] = plan.padding;
  const [, oh, ow] = plan.places;
  for (let y = 0; y < oh; y++)
    for (let z = 0; z < ow; z++) {
      const bottom = Math.min(y * sh - ph + kh, height);
      const right = Math.min(z * sw - pw + kw, width);
      let best = -1;
      for (let i = Math.max(y * sh - ph, 0); i < bottom; i++)
        for (let j = Math.max(z * sw - pw, 0); j < right; j++) {
          const place = i * width + j;
          const value = x[at + place]!;
          const found = best < 0 ? -Infinity : x[at + best]!;
          if (best < 0 || value > found || (value !== value && found === found)) best = place;
        }
      out[to++] = best;
    }
}

/** The elements at places that `maxPoolIndices` gave. */
export function maxPool(operation: string, rank: number, x: Dense, options: PoolOptions): Dense {
  const { planes, planeSize, placeCount, shape } = planOf(operation, rank, x.shape, options);
  const places = maxPoolIndices(operation, rank, x, options).data;
  const data = allocate(x.dtype, places.length);
  for (let plane = 0; plane < planes; plane++)
    for (let k = plane * placeCount; k < (plane + 1) * placeCount; k++)
      data[k] = x.data[plane * planeSize + places[k]!]!;
  return { data, shape, dtype: x.dtype };
}

/** The mean of what each window sees; padding counts as 0, or not at all. */
export function avgPool(operation: string, rank: number, x: Dense, options: PoolOptions, countPadding: boolean): Dense {
  const plan = planOf(operation, rank, x.shape, options);
  const dtype = floatOf(x.dtype);
  const out = allocate(dtype, plan.planes * plan.placeCount);
  average(asFloat(x.data), plan, countPadding, out);
  return { data: out, shape: plan.shape, dtype };
}

/** Each element shared among what its window sees, in zeros of shape `shape`: the adjoint of `avgPool`. */
export function avgPoolAdjoint(
  operation: string,
  rank: number,
  v: Dense,
  shape: Shape,
  options: PoolOptions,
  countPadding: boolean,
): Dense {
  const plan = planOf(operation, rank, shape, options);
  if (v.shape.length !== plan.shape.length || v.shape.some((length, k) => length !== plan.shape[k]))
    throw new ShapeError(
      `${operation}: shape ${showShape(v.shape)} is not ${showShape(plan.shape)}, the pool of ${showShape(shape)}`,
    );
  const out = new Float64Array(sizeOf(shape));
  share(asFloat(v.data), plan, countPadding, out);
  return { data: cast(out, floatOf(v.dtype)), shape, dtype: floatOf(v.dtype) };
}

function average(x: FloatData, plan: Plan, countPadding: boolean, out: FloatData): void {
  const [, height, width] = plan.size;
  const [, kh, kw] = plan.kernel;
  const [, sh, sw] = plan.stride;
  const [, ph, pw] = plan.padding;
  const [, oh, ow] = plan.places;
  for (let plane = 0, q = 0; plane < plan.planes; plane++)
    for (let y = 0; y < oh; y++)
      for (let z = 0; z < ow; z++) {
        const [top, left] = [Math.max(y * sh - ph, 0), Math.max(z * sw - pw, 0)];
        const bottom = Math.min(y * sh - ph + kh, height);
        const right = Math.min(z * sw - pw + kw, width);
        let sum = 0;
        for (let i = top; i < bottom; i++)
          for (let j = left; j < right; j++) sum += x[plane * plan.planeSize + i * width + j]!;
        out[q++] = sum / (countPadding ? kh * kw : (bottom - top) * (right - left));
      }
}

function share(v: FloatData, plan: Plan, countPadding: boolean, out: Float64Array): void {
  const [, height, width] = plan.size;
  const [, kh, kw] = plan.kernel;
  const [, sh, sw] = plan.stride;
  const [, ph, pw] = plan.padding;
  const [, oh, ow] = plan.places;
  for (let plane = 0, q = 0; plane < plan.planes; plane++)
    for (let y = 0; y < oh; y++)
      for (let z = 0; z < ow; z++) {
        const [top, left] = [Math.max(y * sh - ph, 0), Math.max(z * sw - pw, 0)];
        const bottom = Math.min(y * sh - ph + kh, height);
        const right = Math.min(z * sw - pw + kw, width);
        const part = v[q++]! / (countPadding ? kh * kw : (bottom - top) * (right - left));
        for (let i = top; i < bottom; i++)
          for (let j = left; j < right; j++) out[plane * plan.planeSize + i * width + j]! += part;
      }
}
