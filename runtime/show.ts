/** Elements as text. */
import type { TensorData } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** Tensors of more elements are shown by the ends of their axes. */
const shownWhole = 1000;
const shownAtEnds = 3;

export function show(data: TensorData, shape: Shape): string {
  return part(data, shape, 0, 0, data.length);
}

function part(data: TensorData, shape: Shape, axis: number, offset: number, size: number): string {
  const length = shape[axis];
  if (length === undefined) return Object.is(data[offset], -0) ? "-0" : String(data[offset]);
  const stride = size / length;
  const item = (index: number): string => part(data, shape, axis + 1, offset + index * stride, stride);
  const from = (start: number, end: number): string[] => Array.from({ length: end - start }, (_, k) => item(start + k));
  const elided = data.length > shownWhole && length > 2 * shownAtEnds;
  const items = elided ? [...from(0, shownAtEnds), "…", ...from(length - shownAtEnds, length)] : from(0, length);
  return `[${items.join(",")}]`;
}
