/** Other sizes of images, one axis after the other: each element is a mean of two of the old ones. */
import { type Dense, ShapeError, showShape, sizeOf } from "../shape.ts";
import { type FloatData, asFloat, cast, floatOf } from "../dtype.ts";

export type InterpolationMode = "nearest" | "bilinear";

/** For each new element its two old ones, and the weight of the second. */
interface Blend {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Float64Array;
}

/** The centre of element i is at i + 1/2 in both sizes. */
function blendOf(from: number, to: number, mode: InterpolationMode): Blend {
  const blend = { first: new Int32Array(to), second: new Int32Array(to), weight: new Float64Array(to) };
  for (let i = 0; i < to; i++) {
    const centre = ((i + 0.5) * from) / to;
    const place = mode === "nearest" ? Math.floor(centre) : Math.max(centre - 0.5, 0);
    const first = Math.min(Math.floor(place), from - 1);
    blend.first[i] = first;
    blend.second[i] = Math.min(first + 1, from - 1);
    blend.weight[i] = mode === "nearest" ? 0 : place - Math.floor(place);
  }
  return blend;
}

function checkSize(operation: string, shape: readonly number[], size: readonly number[]): number {
  const first = shape.length - size.length;
  if (size.length === 0 || first < 0 || size.some((length) => !Number.isInteger(length) || length < 1))
    throw new ShapeError(`${operation}: ${showShape(size)} is no size for the last axes of shape ${showShape(shape)}`);
  if (sizeOf(shape.slice(first)) === 0)
    throw new ShapeError(`${operation}: shape ${showShape(shape)} has no elements along its last axes`);
  return first;
}

/** The last axes in another size. */
export function interpolate(x: Dense, size: readonly number[], mode: InterpolationMode): Dense {
  const first = checkSize("interpolate", x.shape, size);
  const shape = [...x.shape];
  let data = asFloat(x.data);
  for (const [k, length] of size.entries()) {
    const axis = first + k;
    const old = shape[axis]!;
    const inner = sizeOf(shape.slice(axis + 1));
    const out = new Float64Array((data.length / old) * length);
    blendAlong(data, out, blendOf(old, length, mode), old, length, inner);
    data = out;
    shape[axis] = length;
  }
  const dtype = floatOf(x.dtype);
  return { data: cast(data, dtype), shape, dtype };
}

/** The adjoint of `interpolate`: each element of `v` goes back to the old ones by their weights. */
export function interpolateAdjoint(v: Dense, size: readonly number[], mode: InterpolationMode): Dense {
  const first = checkSize("interpolateAdjoint", v.shape, size);
  const shape = [...v.shape];
  let data = asFloat(v.data);
  for (const [k, length] of size.entries()) {
    const axis = first + k;
    const now = shape[axis]!;
    const inner = sizeOf(shape.slice(axis + 1));
    const out = new Float64Array((data.length / now) * length);
    unblendAlong(data, out, blendOf(length, now, mode), length, now, inner);
    data = out;
    shape[axis] = length;
  }
  const dtype = floatOf(v.dtype);
  return { data: cast(data, dtype), shape, dtype };
}

function blendAlong(x: FloatData, out: Float64Array, blend: Blend, from: number, to: number, inner: number): void {
  const { first, second, weight } = blend;
  const outer = out.length / (to * inner);
  for (let o = 0, q = 0; o < outer; o++)
    for (let i = 0; i < to; i++) {
      const a = (o * from + first[i]!) * inner;
      const b = (o * from + second[i]!) * inner;
      const w = weight[i]!;
      // Without weight the second is not looked at: it may be NaN.
      for (let j = 0; j < inner; j++) out[q++] = w === 0 ? x[a + j]! : (1 - w) * x[a + j]! + w * x[b + j]!;
    }
}

function unblendAlong(v: FloatData, out: Float64Array, blend: Blend, from: number, to: number, inner: number): void {
  const { first, second, weight } = blend;
  const outer = v.length / (to * inner);
  for (let o = 0, q = 0; o < outer; o++)
    for (let i = 0; i < to; i++) {
      const a = (o * from + first[i]!) * inner;
      const b = (o * from + second[i]!) * inner;
      const w = weight[i]!;
      for (let j = 0; j < inner; j++) {
        const part = v[q++]!;
        out[a + j]! += (1 - w) * part;
        if (w !== 0) out[b + j]! += w * part;
      }
    }
}
