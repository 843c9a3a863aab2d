/** Random types of objects: interfaces, tuples, classes, records and unions. */
import type { Choice, Field, Shape, Type, Value, Variant } from "./ast.ts";
import { isChoice, isStruct, isStructs, shapeName } from "./ast.ts";
import type { Random } from "./random.ts";

const shapeNames: Readonly<Record<Shape["kind"], readonly string[]>> = {
  interface: ["Body", "State"],
  tuple: ["Pair", "Entry"],
  class: ["Cell", "Vec", "Node"],
  record: ["Rates", "Gains"],
  union: ["Figure", "Term"],
};

const fieldNames: Readonly<Partial<Record<Type, readonly string[]>>> = {
  number: ["x", "y", "mass", "rate"],
  f64: ["pos", "vel"],
  list: ["items", "path"],
  boolean: ["on", "live"],
  int: ["order", "size"],
};

/** One to three types; later ones may have earlier ones in them, or extend them. */
export function makeShapes(random: Random, names: Set<string>, choices: readonly Choice[]): Shape[] {
  const shapes: Shape[] = [];
  const wanted = random.between(1, 2);
  for (let made = 0; made < wanted;) {
    const kind = random.weighted<Shape["kind"]>([
      [5, "interface"],
      [1.5, "tuple"],
      [4, "class"],
      [1, "record"],
      [2, "union"],
    ]);
    const more = kind === "class" && random.chance(0.4) ? family(random, names, shapes, choices) : [];
    const one = more.length > 0 ? undefined : oneShape(random, names, kind, shapes, choices);
    if (one === undefined && more.length === 0) continue;
    shapes.push(...more, ...(one === undefined ? [] : [one]));
    made++;
  }
  return shapes;
}

function oneShape(
  random: Random,
  names: Set<string>,
  kind: Shape["kind"],
  shapes: readonly Shape[],
  choices: readonly Choice[],
): Shape | undefined {
  const name = shapeNames[kind].find((one) => !names.has(one));
  if (name === undefined) return undefined;
  names.add(name);
  if (kind === "record") {
    const keys = fieldNames.number?.slice(0, random.between(2, 3)) ?? [];
    return { name, kind, fields: keys.map((key) => ({ name: key, type: "number" })) };
  }
  const base = kind === "interface" ? shapes.find((one) => one.kind === "interface") : undefined;
  const from = base !== undefined && base.generic !== true && random.chance(0.5) ? base : undefined;
  const fields = makeFields(random, kind, shapes, choices, from?.fields ?? []);
  if (kind === "union") return { name, kind, fields: fields.slice(0, 2), variants: makeVariants(random) };
  const generic = kind === "interface" && from === undefined && random.chance(0.2);
  const unit =
    kind === "class" && random.chance(0.3) ? { unit: String(Math.round(random.uniform(-1, 1) * 100) / 100) } : {};
  return { name, kind, fields, ...(from && { base: from.name }), ...(generic && { generic }), ...unit };
}

/** An abstract class or one that can be made, and one or two that extend it. */
function family(random: Random, names: Set<string>, shapes: readonly Shape[], choices: readonly Choice[]): Shape[] {
  const made: Shape[] = [];
  const isAbstract = random.chance(0.5);
  const [root, ...others] = ["Curve", "Line", "Bend"].filter((name) => !names.has(name));
  if (root === undefined || others.length < 2) return [];
  const parent: Shape = {
    name: root,
    kind: "class",
    fields: makeFields(random, "class", shapes, choices, []).slice(0, 2),
    ...(isAbstract && { abstract: true }),
  };
  made.push(parent);
  for (const name of others.slice(0, isAbstract ? 2 : 1)) {
    const fields = makeFields(random, "class", shapes, choices, parent.fields).slice(0, parent.fields.length + 1);
    made.push({ name, kind: "class", fields, base: root });
  }
  for (const { name } of made) names.add(name);
  return made;
}

function makeVariants(random: Random): Variant[] {
  const second = random.pick<Field>([
    { name: "width", type: "number" },
    { name: "vel", type: "f64" },
    { name: "path", type: "list" },
  ]);
  return [
    { tag: "disc", fields: [{ name: "radius", type: "number" }] },
    { tag: "bar", fields: random.chance(0.5) ? [second] : [second, { name: "height", type: "number" }] },
  ];
}

/** The fields of a base and some more. */
function makeFields(
  random: Random,
  kind: Shape["kind"],
  earlier: readonly Shape[],
  choices: readonly Choice[],
  base: readonly Field[],
): Field[] {
  const fields: Field[] = [...base];
  const isTuple = kind === "tuple";
  const add = (type: Type, more: Partial<Field> = {}): void => {
    const known = isChoice(type) ? ["way", "sort"] : (fieldNames[type] ?? ["inner", "other"]);
    const name = isTuple ? String(fields.length) : known.find((one) => fields.every((f) => f.name !== one));
    if (name !== undefined) fields.push({ name, type, ...more });
  };
  add("number");
  const wanted = random.between(1, 3);
  const within = earlier.filter((one) => !earlier.some((other) => one.kind === "class" && other.base === one.name));
  for (let i = 0; i < wanted; i++) {
    const inner = within.length > 0 ? random.pick(within).name : undefined;
    const choice = choices[0]?.name;
    const type = random.weighted<Type>([
      [4, "number"],
      [3, "f64"],
      [1.5, "list"],
      [isTuple ? 0 : 0.5, "boolean"],
      [isTuple ? 0 : 0.5, "int"],
      [isTuple || choice === undefined ? 0 : 1, `choice ${choice ?? ""}`],
      [inner === undefined ? 0 : 3, `struct ${inner ?? ""}`],
    ]);
    const optional = type === "number" && kind === "interface" && random.chance(0.2);
    const fixed = !optional && (kind === "interface" || kind === "class") && random.chance(0.15);
    const initial = kind === "class" && !fixed && type === "number" && random.chance(0.2);
    add(type, {
      ...(optional && { optional }),
      ...(fixed && { readonly: true }),
      ...(initial && { initial: String(Math.round(random.uniform(-1, 1) * 100) / 100) }),
    });
  }
  return fields;
}

/** The types that a program declares. */
export interface Types {
  readonly shapes: readonly Shape[];
  readonly choices: readonly Choice[];
}

/** A value of any type but `function`, with numbers that `next` gives. */
export function valueOf(random: Random, types: Types, type: Type, next: () => number): Value {
  const { shapes } = types;
  const numbers = (length: number): number[] => Array.from({ length }, next);
  if (isChoice(type)) {
    const choice = types.choices.find((one) => one.name === shapeName(type));
    return random.pick(choice?.members ?? []).value;
  }
  if (isStructs(type)) {
    const element: Type = `struct ${shapeName(type)}`;
    return Array.from({ length: random.between(2, 3) }, () => valueOf(random, types, element, next));
  }
  if (isStruct(type)) {
    const shape = shapes.find((one) => one.name === shapeName(type));
    const variant = shape?.variants === undefined ? undefined : random.pick(shape.variants);
    const all = [...(shape?.fields ?? []), ...(variant?.fields ?? [])];
    const fields = all.filter((field) => field.optional !== true || random.chance(0.5));
    const values: (readonly [string, Value])[] = fields.map(
      (field) => [field.name, valueOf(random, types, field.type, next)] as const,
    );
    if (variant !== undefined) values.unshift(["kind", variant.tag]);
    return shape?.kind === "tuple" ? values.map(([, value]) => value) : Object.fromEntries(values);
  }
  switch (type) {
    case "number":
      return next();
    case "int":
      return random.between(1, 4);
    case "boolean":
      return random.chance(0.5);
    case "string":
      return random.pick(["up", "down", "over 1"]);
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

/** All fields of an object: of a union those of the member that it is. */
export function fieldsOf(shape: Shape, value: unknown): readonly Field[] {
  const tag = (value as { readonly kind?: unknown }).kind;
  return [...shape.fields, ...(shape.variants?.find((one) => one.tag === tag)?.fields ?? [])];
}

/** The paths from an object to the numbers in it that are always there: `.x`, `[0]`, `.inner.y`. */
export function numberPaths(shapes: readonly Shape[], type: Type): string[] {
  const shape = shapes.find((one) => one.name === shapeName(type));
  if (shape === undefined) return [];
  return shape.fields.flatMap((field) => {
    const step = shape.kind === "tuple" ? `[${field.name}]` : `.${field.name}`;
    if (field.type === "number" && field.optional !== true && field.readonly !== true) return [step];
    return isStruct(field.type) ? numberPaths(shapes, field.type).map((rest) => step + rest) : [];
  });
}
