/** Random tensors, and plain ways to read and make them: what kernels are compared with. */
import { expect } from "vitest";
import { Tensor, add, mul, sub } from "../../runtime/index.ts";
import { seedOf, seeded } from "./random.ts";

export interface Maker {
  readonly normal: (...shape: number[]) => Tensor;
  /** Whole numbers from 0 to `end - 1`. */
  readonly ints: (end: number, ...shape: number[]) => Tensor;
}

export function maker(name: string): Maker {
  const random = seeded(seedOf(name));
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  return {
    normal: (...shape) => new Tensor(Float64Array.from({ length: size(shape) }, random.normal), shape),
    ints: (end, ...shape) =>
      new Tensor(
        Int32Array.from({ length: size(shape) }, () => Math.floor(random.uniform() * end)),
        shape,
      ),
  };
}

/** A tensor whose elements a function of the index tells. */
export function build(shape: readonly number[], f: (...index: number[]) => number): Tensor {
  const data = new Float64Array(shape.reduce((product, length) => product * length, 1));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = f(...index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]!; axis--) index[axis] = 0;
  }
  return new Tensor(data, shape);
}

/** The element at an index; axes that are missing or of length 1 are repeated, as in broadcasting. */
export function at(x: Tensor, ...index: number[]): number {
  const own = index.slice(index.length - x.ndim);
  const place = own.reduce((sum, i, axis) => sum * x.shape[axis]! + (x.shape[axis] === 1 ? 0 : i), 0);
  return x.data[place]!;
}

export function near(actual: Tensor, expected: Tensor, rel = 1e-12): void {
  expect(actual.shape).toEqual(expected.shape);
  const scale = Array.from(expected.data).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300);
  const worst = Array.from(actual.data).reduce((most, value, i) => {
    const wanted = expected.data[i]!;
    return Object.is(value, wanted) || value === wanted ? most : Math.max(most, Math.abs(value - wanted) / scale);
  }, 0);
  // NaN is not less than anything.
  expect(worst, `largest difference, of ${String(scale)}`).toBeLessThanOrEqual(rel);
}

/** ⟨a, b⟩ */
export function inner(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return Array.from(a.data).reduce((sum, value, i) => sum + value * b.data[i]!, 0);
}

/** The derivative in a direction, by central differences of the fourth order. */
export function along4(f: (x: Tensor) => Tensor, x: Tensor, u: Tensor, h = 1e-3): Tensor {
  const by = (step: number): Tensor => f(add(x, mul(u, step * h)));
  const near1 = mul(sub(by(1), by(-1)), 8 / (12 * h));
  return sub(near1, mul(sub(by(2), by(-2)), 1 / (12 * h)));
}

/** Whether all elements are the same bit for bit. */
export function sameBits(a: Tensor, b: Tensor): boolean {
  const bytes = ({ data }: Tensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return a.dtype === b.dtype && String(a.shape) === String(b.shape) && bytes(a).equals(bytes(b));
}
