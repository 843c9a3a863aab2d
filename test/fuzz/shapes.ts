/** Random types of objects: interfaces, tuples and classes. */
import type { Field, Shape, Type, Value } from "./ast.ts";
import { isStruct, isStructs, shapeName } from "./ast.ts";
import type { Random } from "./random.ts";

const shapeNames: Readonly<Record<Shape["kind"], readonly string[]>> = {
  interface: ["Body", "State"],
  tuple: ["Pair", "Entry"],
  class: ["Cell", "Vec"],
};

const fieldNames: Readonly<Partial<Record<Type, readonly string[]>>> = {
  number: ["x", "y", "mass", "rate"],
  f64: ["pos", "vel"],
  list: ["items", "path"],
  boolean: ["on", "live"],
  int: ["order", "size"],
};

/** One or two types; the second may have the first in it. */
export function makeShapes(random: Random, names: Set<string>): Shape[] {
  const shapes: Shape[] = [];
  const wanted = random.between(1, 2);
  while (shapes.length < wanted) {
    const kind = random.weighted<Shape["kind"]>([
      [5, "interface"],
      [1.5, "tuple"],
      [3, "class"],
    ]);
    const name = shapeNames[kind].find((one) => !names.has(one));
    if (name === undefined) continue;
    names.add(name);
    shapes.push({ name, kind, fields: makeFields(random, kind, shapes) });
  }
  return shapes;
}

function makeFields(random: Random, kind: Shape["kind"], earlier: readonly Shape[]): Field[] {
  const fields: Field[] = [];
  const add = (type: Type, optional: boolean): void => {
    const base = fieldNames[type] ?? ["inner", "other"];
    const name = kind === "tuple" ? String(fields.length) : base.find((one) => fields.every((f) => f.name !== one));
    if (name !== undefined) fields.push({ name, type, ...(optional ? { optional } : {}) });
  };
  add("number", false);
  const wanted = random.between(1, 3);
  for (let i = 0; i < wanted; i++) {
    const inner = earlier.length > 0 ? random.pick(earlier).name : undefined;
    const type = random.weighted<Type>([
      [4, "number"],
      [3, "f64"],
      [1.5, "list"],
      [kind === "tuple" ? 0 : 0.5, "boolean"],
      [kind === "tuple" ? 0 : 0.5, "int"],
      [inner === undefined ? 0 : 3, `struct ${inner ?? ""}`],
    ]);
    add(type, type === "number" && kind === "interface" && random.chance(0.15));
  }
  return fields;
}

/** A value of any type but `function`, with numbers that `next` gives. */
export function valueOf(random: Random, shapes: readonly Shape[], type: Type, next: () => number): Value {
  const numbers = (length: number): number[] => Array.from({ length }, next);
  if (isStructs(type)) {
    const element: Type = `struct ${shapeName(type)}`;
    return Array.from({ length: random.between(2, 3) }, () => valueOf(random, shapes, element, next));
  }
  if (isStruct(type)) {
    const shape = shapes.find((one) => one.name === shapeName(type));
    const fields = (shape?.fields ?? []).filter((field) => field.optional !== true || random.chance(0.5));
    const values = fields.map((field) => [field.name, valueOf(random, shapes, field.type, next)] as const);
    return shape?.kind === "tuple" ? values.map(([, value]) => value) : Object.fromEntries(values);
  }
  switch (type) {
    case "number":
      return next();
    case "int":
      return random.between(1, 4);
    case "boolean":
      return random.chance(0.5);
    case "f64":
      return Float64Array.from(numbers(random.between(3, 5)));
    case "f32":
      return Float32Array.from(numbers(random.between(3, 5)));
    case "list":
      return numbers(random.between(3, 5));
    case "nested":
      return Array.from({ length: random.between(2, 3) }, () => numbers(random.between(3, 4)));
    case "indices":
      return Int32Array.of(random.below(3), random.below(3), random.below(3));
    default:
      throw new Error(`no value of type ${type}`);
  }
}

/** The paths from an object to the numbers in it that are always there: `.x`, `[0]`, `.inner.y`. */
export function numberPaths(shapes: readonly Shape[], type: Type): string[] {
  const shape = shapes.find((one) => one.name === shapeName(type));
  if (shape === undefined) return [];
  return shape.fields.flatMap((field) => {
    const step = shape.kind === "tuple" ? `[${field.name}]` : `.${field.name}`;
    if (field.type === "number" && field.optional !== true) return [step];
    return isStruct(field.type) ? numberPaths(shapes, field.type).map((rest) => step + rest) : [];
  });
}
