/** Windows that move over the last axes of a tensor: what convolutions and pools have in common. */
import { type Shape, ShapeError, showShape } from "../shape.ts";

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** Three spatial axes; fewer are filled up with length 1 in front. */
export type Triple = readonly [number, number, number];

export interface Windows {
  /** Lengths of the spatial axes. */
  readonly size: Triple;
  readonly kernel: Triple;
  readonly stride: Triple;
  readonly padding: Triple;
  readonly dilation: Triple;
  /** How many places the window has along each axis. */
  readonly places: Triple;
}

/** One number for each of `rank` axes. */
export function perAxis(operation: string, what: string, value: PerAxis, rank: number, least: number): number[] {
  const list = typeof value === "number" ? Array.from({ length: rank }, () => value) : [...value];
  if (list.length !== rank)
    throw new ShapeError(`${operation}: ${what} ${showShape(list)} must have a number for each of ${rank} axes`);
  for (const each of list)
    if (!Number.isInteger(each) || each < least)
      throw new RangeError(`${operation}: ${what} ${each} must be a whole number from ${least} on`);
  return list;
}

export function triple(list: Shape, filling: number): Triple {
  const [a, b, c] = [...Array.from({ length: 3 - list.length }, () => filling), ...list];
  return [a!, b!, c!];
}

export function windowsOf(
  operation: string,
  size: Shape,
  kernel: Shape,
  stride: PerAxis,
  padding: PerAxis,
  dilation: PerAxis,
): Windows {
  const rank = size.length;
  const strides = perAxis(operation, "stride", stride, rank, 1);
  const paddings = perAxis(operation, "padding", padding, rank, 0);
  const dilations = perAxis(operation, "dilation", dilation, rank, 1);
  const places = size.map((length, k) => {
    const spanned = dilations[k]! * (kernel[k]! - 1) + 1;
    const count = Math.floor((length + 2 * paddings[k]! - spanned) / strides[k]!) + 1;
    if (count < 1)
      throw new ShapeError(
        `${operation}: a kernel of shape ${showShape(kernel)} spans ${spanned} elements, but axis ${k - rank} of ` +
          `shape ${showShape(size)} with padding ${paddings[k]!} has ${length + 2 * paddings[k]!}`,
      );
    return count;
  });
  return {
    size: triple(size, 1),
    kernel: triple(kernel, 1),
    stride: triple(strides, 1),
    padding: triple(paddings, 0),
    dilation: triple(dilations, 1),
    places: triple(places, 1),
  };
}
