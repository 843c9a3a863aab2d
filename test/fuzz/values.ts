/** Arguments, results and gradients as plain data: cloned, compared, flattened, given structure. */

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** The fields of an object in an order that does not depend on how it was made. */
function entries(value: Fields): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The leaves of a structure of numbers, in order. What carries no number (undefined, booleans) has none. */
export function flatten(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (value instanceof Float64Array || value instanceof Float32Array) return Array.from(value);
  if (Array.isArray(value)) return value.flatMap(flatten);
  return isFields(value) ? entries(value).flatMap(([, inner]) => flatten(inner)) : [];
}

export function clone<T>(value: T): T {
  return structuredClone(value);
}

/** A copy in double precision. */
export function doubled(value: unknown): unknown {
  if (value instanceof Float32Array) return Float64Array.from(value);
  if (Array.isArray(value)) return value.map(doubled);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, doubled(inner)]));
}

/** Replaces the leaves of a structure by what `next` gives. */
export function like(value: unknown, next: () => number): unknown {
  if (typeof value === "number") return next();
  if (value instanceof Float64Array) return value.map(next);
  if (value instanceof Float32Array) return value.map(next);
  if (Array.isArray(value)) return value.map((item) => like(item, next));
  return isFields(value) ? Object.fromEntries(entries(value).map(([key, inner]) => [key, like(inner, next)])) : value;
}

/** `value + h * tangent`; what the tangent leaves out stays as it is. */
export function along(value: unknown, tangent: unknown, h: number): unknown {
  if (typeof value === "number") return typeof tangent === "number" ? value + h * tangent : value;
  const at = (key: string | number): unknown => (tangent as Fields | undefined)?.[key];
  if (value instanceof Float64Array || value instanceof Float32Array)
    return value.map((x, i) => x + h * ((at(i) as number | undefined) ?? 0));
  if (Array.isArray(value)) return value.map((item, i) => along(item, at(i), h));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, along(inner, at(key), h)]));
}

/** Undefined if two structures are the same bit for bit; else where they differ. */
export function difference(a: unknown, b: unknown, path = ""): string | undefined {
  if (typeof a === "object" && typeof b === "object" && a !== null && b !== null) {
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: ${nameOf(a)} and ${nameOf(b)}`;
    if (isFields(a) && isFields(b)) return differentFields(entries(a), entries(b), path);
    const left = a as ArrayLike<unknown>;
    const right = b as ArrayLike<unknown>;
    if (left.length !== right.length) return `${path}.length: ${String(left.length)} and ${String(right.length)}`;
    for (let i = 0; i < left.length; i++) {
      const found = difference(left[i], right[i], `${path}[${String(i)}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.is(a, b) ? undefined : `${path}: ${String(a)} and ${String(b)}`;
}

function differentFields(
  left: readonly [string, unknown][],
  right: readonly [string, unknown][],
  path: string,
): string | undefined {
  const keys = (of: readonly [string, unknown][]): string => of.map(([key]) => key).join();
  if (keys(left) !== keys(right)) return `${path}: fields ${keys(left)} and ${keys(right)}`;
  for (const [i, [key, value]] of left.entries()) {
    const found = difference(value, right[i]?.[1], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nameOf(value: object): string {
  return value.constructor.name;
}

/** Like `difference`, but numbers may differ by `tolerance` relative to the larger of them and 1. */
export function mismatch(a: unknown, b: unknown, tolerance: number): string | undefined {
  const left = flatten(a);
  const right = flatten(b);
  if (left.length !== right.length) return `${String(left.length)} and ${String(right.length)} numbers`;
  const scale = Math.max(1, ...left.map(Math.abs), ...right.map(Math.abs));
  for (const [i, x] of left.entries()) {
    const y = right[i] ?? NaN;
    if (!(Math.abs(x - y) <= tolerance * scale) && !Object.is(x, y))
      return `[${String(i)}]: ${String(x)} and ${String(y)}`;
  }
  return undefined;
}

export function dot(a: readonly number[], b: readonly number[]): { sum: number; size: number } {
  let sum = 0;
  let size = 0;
  for (const [i, x] of a.entries()) {
    const product = x * (b[i] ?? NaN);
    sum += product;
    size += Math.abs(product);
  }
  return { sum, size };
}

/** Whether any array or object occurs in both structures. */
export function sharesMemory(a: unknown, b: unknown): boolean {
  const seen = new Set<unknown>();
  const memory = (value: unknown): unknown => (ArrayBuffer.isView(value) ? value.buffer : value);
  const walk = (value: unknown, visit: (one: unknown) => void): void => {
    if (typeof value !== "object" || value === null) return;
    visit(memory(value));
    if (!ArrayBuffer.isView(value)) for (const item of Object.values(value)) walk(item, visit);
  };
  walk(a, (one) => seen.add(one));
  let shared = false;
  walk(b, (one) => {
    if (seen.has(one)) shared = true;
  });
  return shared;
}
