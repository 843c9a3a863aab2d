/**
 * Values that differentiable functions take and give: numbers, typed arrays, nested arrays, tuples,
 * plain objects, tensors and `undefined`. Everything here works on any nesting of them.
 */

type Float = Float64Array | Float32Array;

export type AnyFunction = (...args: unknown[]) => unknown;

export function isFloatArray(value: unknown): value is Float {
  return value instanceof Float64Array || value instanceof Float32Array;
}

/** A tensor by its shape, not its class: every test bundle has a copy of the class of its own. */
export function isTensor(value: unknown): value is { data: Float; shape: readonly number[] } {
  return (
    typeof value === "object" && value !== null && "shape" in value && "data" in value && ArrayBuffer.isView(value.data)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    !Array.isArray(value) &&
    !isKeeper(value)
  );
}

/** What it keeps carries no derivative. */
const isKeeper = (value: unknown): value is Iterable<unknown> => value instanceof Map || value instanceof Set;

/** What cannot be told from values, and is known of those of a fixture. */
export interface Known {
  /** Fields of type `int`, wherever they stand. */
  readonly passiveFields?: readonly string[];
  /** Arrays of so many numbers are tuples, and empty ones hold no numbers. */
  readonly tupleLength?: number;
}

let passiveFields: ReadonlySet<string> = new Set();
let tupleLength: number | undefined;

export function withKnown<T>(known: Known, run: () => T): T {
  const outer = { passiveFields, tupleLength };
  passiveFields = new Set(known.passiveFields);
  ({ tupleLength } = known);
  try {
    return run();
  } finally {
    ({ passiveFields, tupleLength } = outer);
  }
}

/** The fields of an object that may carry derivatives, by name: a gradient need not have them in the order of its object. */
function activeEntries(value: Record<string, unknown>): [string, unknown][] {
  return Object.entries(value)
    .filter(([key]) => !passiveFields.has(key))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A deep copy in which arrays that were the same object, or shared memory, still do. */
export function clone<T>(value: T): T {
  const copy = structuredClone(value);
  restoreClasses(copy, value);
  return copy;
}

/** A structured clone has no prototypes: instances get back theirs. */
function restoreClasses(copy: unknown, value: unknown): void {
  if (Array.isArray(value))
    value.forEach((part, i) => {
      restoreClasses((copy as unknown[])[i], part);
    });
  else if (isObject(value) && isObject(copy)) {
    for (const [key, part] of Object.entries(value)) restoreClasses(copy[key], part);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!(value instanceof Error) && prototype !== Object.prototype && typeof prototype === "object")
      Object.setPrototypeOf(copy, prototype);
  }
}

/** The differentiable numbers of a value, in order. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (isFloatArray(value)) return [...value];
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  if (isTensor(value)) return isFloatArray(value.data) ? [...value.data] : [];
  if (isObject(value)) return activeEntries(value).flatMap(([, field]) => numbersIn(field));
  return [];
}

/** A fresh value of the same structure whose numbers went through `change`; passive parts become `undefined`. */
export function mapNumbers(value: unknown, change: (x: number, index: number) => number): unknown {
  let index = 0;
  const walk = (part: unknown): unknown => {
    if (typeof part === "number") return change(part, index++);
    if (part instanceof Float64Array) return part.map((x) => change(x, index++));
    if (part instanceof Float32Array) return part.map((x) => change(x, index++));
    if (Array.isArray(part)) return Array.from(part, walk);
    if (isTensor(part)) return isFloatArray(part.data) ? withData(part, walk(part.data)) : undefined;
    if (isObject(part)) return Object.fromEntries(activeEntries(part).map(([key, field]) => [key, walk(field)]));
    return undefined;
  };
  return walk(value);
}

/** A tensor with other numbers. */
function withData(tensor: object, data: unknown): unknown {
  return Object.assign(Object.create(Object.getPrototypeOf(tensor) as object) as object, tensor, { data });
}

/** `value + scale * direction`, number by number; passive parts stay what they were. */
export function moved(value: unknown, scale: number, direction: unknown): unknown {
  if (direction === undefined) return clone(value);
  const steps = numbersIn(direction);
  return withPassive(
    value,
    mapNumbers(value, (x, i) => x + scale * (steps[i] ?? 0)),
  );
}

/** `changed` with the passive parts of `value`, which it has the structure of. */
function withPassive(value: unknown, changed: unknown): unknown {
  if (changed === undefined) return clone(value);
  if (Array.isArray(value)) return value.map((part, i) => withPassive(part, (changed as unknown[])[i]));
  if (isTensor(value)) return changed === undefined ? clone(value) : changed;
  if (isObject(value)) {
    const fields = changed as Record<string, unknown>;
    const made = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withPassive(part, fields[key])]));
    const prototype: unknown = Object.getPrototypeOf(value);
    return Object.setPrototypeOf(made, typeof prototype === "object" ? prototype : null) as unknown;
  }
  return changed;
}

/** The first place where two values differ in a bit, type or length; `undefined` where they agree. */
export function bitDifference(actual: unknown, expected: unknown, path: string): string | undefined {
  if (isKeeper(expected))
    return isKeeper(actual) ? bitDifference([...actual], [...expected], path) : `${path} is ${show(actual)}`;
  if (Array.isArray(expected) || ArrayBuffer.isView(expected)) {
    const a = actual as ArrayLike<unknown> | undefined;
    const e = expected as unknown as ArrayLike<unknown>;
    if (typeof a !== "object" || kindOf(a) !== kindOf(e)) return `${path} is ${show(actual)}, not ${show(expected)}`;
    if (a.length !== e.length) return `${path}.length is ${String(a.length)}, not ${String(e.length)}`;
    for (let i = 0; i < e.length; i++) {
      const difference = bitDifference(a[i], e[i], `${path}[${String(i)}]`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return `${path} is ${show(actual)}, not ${show(expected)}`;
    const [own, wanted] = [actual, expected].map((object) => className(object));
    if (own !== wanted) return `${path} is of the class ${own!}, not ${wanted!}`;
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const difference = bitDifference(actual[key], expected[key], `${path}.${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return Object.is(actual, expected) ? undefined : `${path} is ${show(actual)}, not ${show(expected)}`;
}

function className(value: object): string {
  return (value as { constructor?: { name?: string } }).constructor?.name ?? "Object";
}

/** The first place where the structure of two values (types, lengths) differs. */
export function structureDifference(actual: unknown, expected: unknown, path: string): string | undefined {
  return bitDifference(
    mapNumbers(actual, () => 0),
    mapNumbers(expected, () => 0),
    path,
  );
}

/**
 * The memory that a value holds and somebody may write into: buffers of typed arrays, and arrays and plain objects
 * themselves. Tensors are values.
 */
export function memoryOf(value: unknown): object[] {
  if (isTensor(value)) return [];
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (Array.isArray(value)) return [value, ...value.flatMap(memoryOf)];
  if (isObject(value)) return [value, ...Object.values(value).flatMap(memoryOf)];
  return [];
}

/** Overwrites every number of a value in place: what a careless caller may do with what it holds. */
export function scramble(value: unknown, random: () => number): void {
  if (isTensor(value)) return;
  if (ArrayBuffer.isView(value)) {
    const array = value as unknown as number[];
    for (let i = 0; i < array.length; i++) array[i] = Math.round(1000 * random());
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (typeof value[i] === "number") value[i] = 1000 * random();
      else scramble(value[i], random);
    }
  } else if (isObject(value)) {
    for (const [key, field] of activeEntries(value)) {
      if (typeof field === "number") value[key] = 1000 * random();
      else scramble(field, random);
    }
  }
}

export interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * The leaves of a value that a Jacobian has an entry for, each with its path: numbers, typed arrays and arrays of
 * numbers are leaves, objects and arrays of objects are structure.
 */
export function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (isTensor(value)) return [{ path, value }];
  if (isObject(value)) return activeEntries(value).flatMap(([key, field]) => leavesOf(field, [...path, key]));
  if (Array.isArray(value) && (isStructure(value) || new Set(value.map(kindOfItem)).size > 1))
    return value.flatMap((item, i) => leavesOf(item, [...path, String(i)]));
  return typeof value === "number" || isFloatArray(value) || Array.isArray(value) ? [{ path, value }] : [];
}

/** An array of items of several kinds is a tuple. */
function kindOfItem(item: unknown): string {
  return Array.isArray(item) || ArrayBuffer.isView(item) ? "array" : typeof item;
}

/** Whether it is an object, or an array that holds any. */
function isStructure(value: unknown): boolean {
  return Array.isArray(value) ? isTuple(value) || value.some(isStructure) : isObject(value);
}

function isTuple(value: readonly unknown[]): boolean {
  if (tupleLength === undefined) return false;
  return value.length === 0 || (value.length === tupleLength && value.every((item) => typeof item === "number"));
}

/** What stands at a path in a structure. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (isObject(part) || Array.isArray(part) ? (part as Record<string, unknown>)[key] : undefined),
    value,
  );
}

/** A value without the parts at the end of some paths, in which "*" stands for the elements of an array. */
export function without(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.length === 0) return value;
  const inside = (key: string): readonly (readonly string[])[] =>
    paths.flatMap(([first, ...rest]) => (first === key ? [rest] : []));
  if (Array.isArray(value)) return value.map((part) => without(part, inside("*")));
  if (!isObject(value)) return value;
  const left = Object.entries(value).filter(([key]) => !inside(key).some((path) => path.length === 0));
  return Object.fromEntries(left.map(([key, part]) => [key, without(part, inside(key))]));
}

/** A value with zeros at the end of some paths, in which "*" stands for the elements of an array. */
export function zeroedAt(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.length === 0) return value;
  if (paths.some((path) => path.length === 0)) return mapNumbers(value, () => 0);
  const inside = (key: string): readonly (readonly string[])[] =>
    paths.flatMap(([first, ...rest]) => (first === key ? [rest] : []));
  if (Array.isArray(value)) return value.map((part) => zeroedAt(part, inside("*")));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, zeroedAt(part, inside(key))]));
}

/** A direction that is zero but at the end of some paths. */
export function onlyAt(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  const inside = (key: string): readonly (readonly string[])[] =>
    paths.flatMap((path) => (path[0] === key ? [path.slice(1)] : []));
  if (Array.isArray(value)) return value.map((part, i) => onlyAt(part, inside(String(i))));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, onlyAt(part, inside(key))]));
  return mapNumbers(value, () => 0);
}

/** The shape of a leaf: numbers, typed arrays and rectangular nested arrays. */
export function shapeOf(value: unknown): number[] {
  if (Array.isArray(value)) return [value.length, ...shapeOf(value[0])];
  if (isFloatArray(value)) return [value.length];
  return isTensor(value) ? [...value.shape] : [];
}

export function show(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (ArrayBuffer.isView(value)) {
    const array = value as unknown as ArrayLike<number>;
    return `${kindOf(value)}[${Array.from(array, (x) => show(x)).join(", ")}]`;
  }
  if (Array.isArray(value)) return `[${Array.from(value, show).join(", ")}]`;
  if (isObject(value))
    return `{ ${Object.entries(value)
      .map(([key, field]) => `${key}: ${show(field)}`)
      .join(", ")} }`;
  return typeof value === "function" ? "a function" : String(value);
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
