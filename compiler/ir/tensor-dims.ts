/** Shapes of tensors as far as they are known before the program runs, and what does not fit. */

/** The length of an axis: a number, a name that stands for the same length wherever it occurs, or undefined. */
export type Dim = number | string | undefined;

/** The axes, outermost first. */
export type Dims = readonly Dim[];

/** Says what does not fit, in the words that the operation would use at run time. */
export class Misfit extends Error {}

export function showDims(dims: Dims): string {
  return `[${dims.map((dim) => dim ?? "?").join(", ")}]`;
}

/** Whether two lengths are not the same: a name stands for any length, so it is neither that of another name nor a number. */
export function differ(a: Dim, b: Dim): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/** The one of two equal lengths that says more. */
export function known(a: Dim, b: Dim): Dim {
  return typeof a === "number" ? a : typeof b === "number" ? b : (a ?? b);
}

/** Two shapes that have to be the same. */
export function unified(a: Dims | undefined, b: Dims | undefined, misfit: () => string): Dims | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.length !== b.length || a.some((dim, axis) => differ(dim, b[axis]))) throw new Misfit(misfit());
  return a.map((dim, axis) => known(dim, b[axis]));
}

/** The shape that both are stretched to: axes are aligned at the last one, and length 1 is repeated. */
export function broadcast(operation: string, a: Dims | undefined, b: Dims | undefined): Dims | undefined {
  if (a === undefined || b === undefined) return undefined;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis): Dim => {
    const inA = axis < rank - a.length ? 1 : a[axis - rank + a.length];
    const inB = axis < rank - b.length ? 1 : b[axis - rank + b.length];
    if (inA === 1) return inB;
    if (inB === 1) return inA;
    if (differ(inA, inB)) {
      const place = `${String(inA)} ≠ ${String(inB)} at axis ${String(axis - rank)}`;
      throw new Misfit(`${operation}: shapes ${showDims(a)} and ${showDims(b)} do not broadcast: ${place}`);
    }
    // What is not known may be 1.
    if (inA === inB) return inA;
    return typeof inA === "number" ? inA : typeof inB === "number" ? inB : undefined;
  });
}

/** An axis as an index from 0 on. */
export function axisOf(operation: string, axis: number, dims: Dims, rank: number = dims.length): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new Misfit(
      `${operation}: axis ${String(axis)} is out of range for shape ${showDims(dims)}` +
        (rank === 0
          ? ", which has no axes"
          : `: ${rank > dims.length ? "new " : ""}axes go from ${String(-rank)} to ${String(rank - 1)}`),
    );
  return axis < 0 ? axis + rank : axis;
}

/** How many elements there are, if every length is a number. */
export function sizeOf(dims: Dims): number | undefined {
  return dims.reduce<number | undefined>(
    (size, dim) => (size === undefined || typeof dim !== "number" ? undefined : size * dim),
    1,
  );
}

/** Whether a tensor is known to hold other than one number; undefined stands for a shape of which nothing is known. */
export function isSeveral(dims: Dims | undefined): boolean {
  const size = dims && sizeOf(dims);
  return size !== undefined && size !== 1;
}

/** The product of the lengths, which has a name only where there is one. */
export function productOf(dims: Dims): Dim {
  const others = dims.filter((dim) => dim !== 1);
  return others.length === 1 ? others[0] : sizeOf(dims);
}

/** The products of the lengths of axes that are aligned at their ends; an axis that is not there counts as 1. */
export function alignedProducts(a: Dims, b: Dims): Dims {
  const rank = Math.max(a.length, b.length);
  const at = (dims: Dims, axis: number): Dim => (axis < rank - dims.length ? 1 : dims[axis - rank + dims.length]);
  return Array.from({ length: rank }, (_, axis) => productOf([at(a, axis), at(b, axis)]));
}
