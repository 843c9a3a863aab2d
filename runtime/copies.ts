/** Copies of memory that keep what is shared. */

interface NumericArray extends ArrayBufferView {
  readonly length: number;
  readonly [Symbol.toStringTag]: string;
}

const arrayTypes: Readonly<
  Record<string, new (buffer: ArrayBufferLike, start: number, length: number) => NumericArray>
> = {
  Float64Array,
  Float32Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
};

/** The stretch of a buffer that views look at, and its copy once that is made. */
interface Stretch {
  start: number;
  end: number;
  copy?: ArrayBufferLike;
}

/**
 * Copies arrays, typed arrays and objects with all that they lead to. They belong together: where two of them are
 * the same or share memory, so do their copies. What is neither is left as it is.
 */
export function copyTogether<T extends readonly unknown[]>(...values: T): T {
  const copier = new Copier();
  for (const value of values) copier.measure(value);
  return values.map((value) => copier.copy(value)) as unknown as T;
}

class Copier {
  readonly #stretches = new Map<ArrayBufferLike, Stretch>();
  readonly #measured = new Set<object>();
  readonly #copies = new Map<object, unknown>();

  /** Finds out how much of each buffer is wanted. */
  measure(value: unknown): void {
    if (!isMemory(value) || this.#measured.has(value)) return;
    this.#measured.add(value);
    if (!isTypedArray(value)) {
      for (const inner of Array.isArray(value) ? (value as unknown[]) : Object.values(value))
        if (typeof inner === "object") this.measure(inner);
      return;
    }
    // Elements of any kind stay where they may stand.
    const start = value.byteOffset - (value.byteOffset % 8);
    const end = value.byteOffset + value.byteLength;
    const stretch = this.#stretches.get(value.buffer);
    if (stretch === undefined) this.#stretches.set(value.buffer, { start, end });
    else {
      stretch.start = Math.min(stretch.start, start);
      stretch.end = Math.max(stretch.end, end);
    }
  }

  copy(value: unknown): unknown {
    if (!isMemory(value)) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (isTypedArray(value)) {
      const copy = this.#copyOfTyped(value);
      this.#copies.set(value, copy);
      return copy;
    }
    if (Array.isArray(value)) {
      const copy: unknown[] = value.slice();
      this.#copies.set(value, copy);
      for (let i = 0; i < copy.length; i++) if (typeof copy[i] === "object") copy[i] = this.copy(copy[i]);
      return copy;
    }
    const copy = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>;
    this.#copies.set(value, copy);
    for (const [name, inner] of Object.entries(value)) copy[name] = this.copy(inner);
    return copy;
  }

  #copyOfTyped(view: NumericArray): NumericArray {
    const stretch = this.#stretches.get(view.buffer);
    const TypedArray = arrayTypes[view[Symbol.toStringTag]];
    if (stretch === undefined || TypedArray === undefined) throw new Error("copyTogether: an array was not measured");
    stretch.copy ??= view.buffer.slice(stretch.start, stretch.end);
    return new TypedArray(stretch.copy, view.byteOffset - stretch.start, view.length);
  }
}

function isMemory(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || isTypedArray(value) || Object.prototype.toString.call(value) === "[object Object]";
}

function isTypedArray(value: object): value is NumericArray {
  return ArrayBuffer.isView(value) && (value as Partial<NumericArray>)[Symbol.toStringTag]! in arrayTypes;
}
