/** What TypeScript's types mean to us: which carry derivatives, and how they are written. */
import { ts } from "ts-morph";
import { anyElement } from "../ir/memory.ts";

/** The key that brands `int`; see the runtime. */
const intBrand = "~tsgrad.int";
const realArrays = new Set(["Float64Array", "Float32Array"]);
/** What they keep, and how much, has no derivative. */
const keepers = new Set(["Map", "Set", "ReadonlyMap", "ReadonlySet", "WeakMap", "WeakSet"]);
const otherArrays = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
]);

/** The structure of a type as far as derivatives go. */
export type Shape =
  /** Carries no derivative. */
  | { readonly kind: "passive" }
  | { readonly kind: "number" }
  /** A typed array, or an array (of arrays) of numbers: one leaf of a Jacobian. */
  | { readonly kind: "array"; readonly text: string }
  | { readonly kind: "tensor" }
  /** An array of structures. */
  | { readonly kind: "list"; readonly element: Shape }
  | { readonly kind: "tuple"; readonly items: readonly Shape[] }
  | { readonly kind: "object"; readonly fields: readonly Field[] }
  | { readonly kind: "maybe"; readonly of: Shape }
  /** One of several object types. */
  | { readonly kind: "union"; readonly members: readonly Shape[] };

export interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly shape: Shape;
}

export const passive: Shape = { kind: "passive" };

export function isInt(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.Intersection) !== 0 && type.getProperty(intBrand) !== undefined;
}

/** Whether it is our `Tensor`, from whatever copy of the package: a class of that name with its methods. */
export function isTensorType(type: ts.Type): boolean {
  const { symbol } = type as { readonly symbol?: ts.Symbol };
  return symbol !== undefined && isTensorClass(symbol);
}

export function isTensorClass(symbol: ts.Symbol): boolean {
  return (
    symbol.name === "Tensor" &&
    ["dtype", "permuteDims", "expandDims"].every((name) => symbol.members?.has(name as ts.__String))
  );
}

/** The differentiable structure of `type`. */
export function shapeOf(checker: ts.TypeChecker, type: ts.Type, at: ts.Node, seen: readonly ts.Type[] = []): Shape {
  if (isInt(type)) return passive;
  if (type.isUnion()) {
    const parts = type.types.filter((part) => !(part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)));
    const shape = shapeOfAny(parts.map((part) => shapeOf(checker, part, at, seen)));
    if (parts.length === type.types.length) return parts.length === 1 ? passive : shape;
    return shape.kind === "passive" ? passive : { kind: "maybe", of: shape };
  }
  if (type.flags & ts.TypeFlags.Number) return { kind: "number" };
  const isObject = (part: ts.Type): boolean => (part.flags & ts.TypeFlags.Object) !== 0;
  if (!(type.isIntersection() ? type.types.every(isObject) : isObject(type)) || seen.includes(type)) return passive;
  const name = type.symbol?.name;
  const listed = elementOf(checker, type);
  if (checker.isTupleType(type) && !listed) {
    const items = checker
      .getTypeArguments(type as ts.TypeReference)
      .map((item) => shapeOf(checker, item, at, [...seen, type]));
    return items.every(isPassive) ? passive : { kind: "tuple", items };
  }
  if (listed) {
    const shape = shapeOf(checker, listed.element, at, [...seen, type]);
    if (isPassive(shape)) return passive;
    const rows = shape.kind === "number" || (shape.kind === "array" && shape.text.endsWith("[]"));
    return rows
      ? { kind: "array", text: `${shape.kind === "number" ? "number" : shape.text}[]` }
      : { kind: "list", element: shape };
  }
  if (name !== undefined && isGlobal(type)) {
    return realArrays.has(name) ? { kind: "array", text: name } : passive;
  }
  if (isTensorType(type)) return { kind: "tensor" };
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return passive;
  const isData = ({ flags }: ts.Symbol): boolean => !(flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor));
  const fields = type
    .getProperties()
    .filter(isData)
    .map((property): Field => {
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const shape = shapeOf(checker, checker.getTypeOfSymbolAtLocation(property, at), at, [...seen, type]);
      return { name: property.name, optional, shape: optional && shape.kind === "maybe" ? shape.of : shape };
    });
  // A class without data of its own: `Map`, `Date`.
  return fields.length === 0 && !isPlainObject(type) ? passive : { kind: "object", fields };
}

/** The elements of an array, or of a tuple of any length: `[number, ...number[]]` is a list of numbers. */
function elementOf(
  checker: ts.TypeChecker,
  type: ts.Type,
): { readonly element: ts.Type; readonly isReadonly: boolean } | undefined {
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    return element && { element, isReadonly: type.symbol.name === "ReadonlyArray" };
  }
  if (!checker.isTupleType(type)) return undefined;
  const { target } = type as ts.TypeReference & { readonly target: ts.TupleType };
  const [element, ...others] = checker.getTypeArguments(type as ts.TypeReference);
  const isOpen = (target.combinedFlags & ts.ElementFlags.Variable) !== 0;
  return isOpen && element && others.every((other) => other === element)
    ? { element, isReadonly: target.readonly }
    : undefined;
}

/** Of a union: of one type and undefined, or of object types. */
function shapeOfAny(shapes: readonly Shape[]): Shape {
  const [only, second] = shapes;
  if (!only) return passive;
  if (!second) return only;
  return shapes.every((shape) => shape.kind === "object") ? { kind: "union", members: shapes } : passive;
}

/** Whether nothing in it carries a derivative. */
export function isPassive(shape: Shape): boolean {
  switch (shape.kind) {
    case "passive":
      return true;
    case "object":
      return shape.fields.every((field) => isPassive(field.shape));
    case "maybe":
      return isPassive(shape.of);
    case "union":
      return shape.members.every(isPassive);
    default:
      return false;
  }
}

/** A shape without some of its parts, and which parts these are. */
export interface Lessened {
  readonly shape: Shape;
  /** Paths to fields: `anyElement` stands for the elements of a list; an empty one is all of the shape. */
  readonly without: readonly (readonly string[])[];
}

/**
 * What is left of a shape when what the paths lead to is left out, and so is what has nothing left in it. Fields are
 * told apart in objects that are there and in lists of them; of anything else, all of it goes.
 */
export function shapeWithout(shape: Shape, paths: readonly (readonly string[])[]): Lessened {
  if (paths.length === 0 || shape.kind === "passive") return { shape, without: [] };
  const all: Lessened = { shape: passive, without: [[]] };
  const inside = (key: string): (readonly string[])[] => paths.flatMap(([k, ...rest]) => (k === key ? [rest] : []));
  if (paths.some((path) => path.length === 0)) return all;
  if (shape.kind === "list" && paths.every(([key]) => key === anyElement)) {
    const element = shapeWithout(shape.element, inside(anyElement));
    if (isPassive(element.shape)) return all;
    return { shape: { kind: "list", element: element.shape }, without: below(anyElement, element.without) };
  }
  if (shape.kind !== "object" || !paths.every(([key]) => shape.fields.some((field) => field.name === key))) return all;
  const fields = shape.fields.map((field) => {
    const own = inside(field.name);
    return { field, left: shapeWithout(field.shape, field.optional && own.length > 0 ? [[]] : own) };
  });
  const made: Shape = { kind: "object", fields: fields.map(({ field, left }) => ({ ...field, shape: left.shape })) };
  if (isPassive(made)) return all;
  return { shape: made, without: fields.flatMap(({ field, left }) => below(field.name, left.without)) };
}

const below = (key: string, paths: readonly (readonly string[])[]): (readonly string[])[] =>
  paths.map((path) => [key, ...path]);

/** The fields that a gradient has: a nested object stays, if only as `{}`. */
const keptFields = (fields: readonly Field[]): readonly Field[] =>
  fields.filter((field) => field.shape.kind !== "passive");

function isGlobal(type: ts.Type): boolean {
  const name = type.symbol.name;
  if (!realArrays.has(name) && !otherArrays.has(name) && !keepers.has(name)) return false;
  const file = type.symbol.declarations?.[0]?.getSourceFile();
  return file?.isDeclarationFile === true;
}

/** A type as the user knows it, for messages. */
export const shownType = (checker: ts.TypeChecker, type: ts.Type, at?: ts.Node, flags?: ts.TypeFormatFlags): string =>
  checker.typeToString(type, at, flags).replaceAll(/(?<=Array)<ArrayBuffer(?:Like)?>/g, "");

/** The shape at the end of a path of fields: what it leads to, or how far it leads. */
export function shapeAt(
  shape: Shape,
  path: readonly string[],
): { readonly shape: Shape; readonly optional: boolean } | { readonly stops: Shape; readonly at: number } {
  let current = shape;
  let optional = false;
  for (const [at, name] of path.entries()) {
    const field: Field | undefined = optional ? undefined : fieldsOf(current).find((each) => each.name === name);
    if (!field) return { stops: optional ? { kind: "maybe", of: current } : current, at };
    current = field.shape;
    optional = field.optional || current.kind === "maybe";
    if (current.kind === "maybe") current = current.of;
  }
  return { shape: current, optional };
}

/** The fields of an object or of all objects of a union, or the places of a tuple. */
export function fieldsOf(shape: Shape): readonly Field[] {
  if (shape.kind === "object") return shape.fields;
  if (shape.kind === "union") {
    const [first, ...others] = shape.members.map(fieldsOf);
    return (first ?? []).filter(({ name }) => others.every((fields) => fields.some((field) => field.name === name)));
  }
  if (shape.kind !== "tuple") return [];
  return shape.items.map((item, i) => ({ name: String(i), optional: false, shape: item }));
}

/** The type as text that means the same in another file: names of the file's own types are written out. */
export function typeText(checker: ts.TypeChecker, type: ts.Type, at: ts.Node, inside: readonly ts.Type[] = []): string {
  if (isInt(type)) return intText;
  const shape = shapeOf(checker, type, at);
  if (shape.kind === "number") return "number";
  // Lists are spelled out: they may be read-only.
  const listed = elementOf(checker, type);
  if (shape.kind === "array" && !listed) return shape.text;
  const deeper = (part: ts.Type): string => typeText(checker, part, at, [...inside, type]);
  if (!inside.includes(type)) {
    if (type.isUnion() && type.types.some(isPlainObject) && !(type.flags & ts.TypeFlags.Boolean))
      return type.types.map((part) => parenthesised(deeper(part))).join(" | ");
    if (listed) return `${listed.isReadonly ? "readonly " : ""}${parenthesised(deeper(listed.element))}[]`;
    if (isPlainObject(type)) return objectTypeText(checker, type, at, deeper);
  }
  const flags =
    ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias | ts.TypeFormatFlags.UseStructuralFallback;
  const text = checker.typeToString(type, undefined, flags);
  // Another file may not know the type of which these are the keys.
  return text.startsWith("keyof ") ? (keysText(type) ?? text) : text;
}

function keysText(type: ts.Type): string | undefined {
  const parts = type.isUnion() ? type.types : [type];
  const keys = parts.map((part) => (part.isStringLiteral() || part.isNumberLiteral() ? part.value : undefined));
  return keys.includes(undefined)
    ? undefined
    : keys
        .map((key) => JSON.stringify(key))
        .toSorted()
        .join(" | ");
}

/** An object type of the user's own that is nothing but its fields. */
function isPlainObject(type: ts.Type): boolean {
  if (!(type.flags & ts.TypeFlags.Object) || !type.symbol) return false;
  if (type.getCallSignatures().length > 0 || type.getStringIndexType() || type.getNumberIndexType()) return false;
  const isOwn = type.symbol.declarations?.every((declaration) => !declaration.getSourceFile().isDeclarationFile);
  return isOwn === true && (type.symbol.flags & ts.SymbolFlags.Class) === 0;
}

function objectTypeText(checker: ts.TypeChecker, type: ts.Type, at: ts.Node, text: (part: ts.Type) => string): string {
  const fields = type.getProperties().map((property) => {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const own = checker.getTypeOfSymbolAtLocation(property, at);
    const shown = text(optional ? checker.getNonNullableType(own) : own);
    const isReadonly = property.declarations?.some(
      (d) => ts.canHaveModifiers(d) && ts.getModifiers(d)?.some((m) => m.kind === ts.SyntaxKind.ReadonlyKeyword),
    );
    return `${isReadonly ? "readonly " : ""}${JSON.stringify(property.name)}${optional ? "?" : ""}: ${shown}`;
  });
  return `{ ${fields.join("; ")} }`;
}

/** The type of the gradient (or tangent) of something of this shape. */
export function gradientText(shape: Shape): string {
  switch (shape.kind) {
    case "passive":
      return "undefined";
    case "number":
      return "number";
    case "array":
      return shape.text;
    case "tensor":
      return tensorText;
    case "list":
      return `${parenthesised(gradientText(shape.element))}[]`;
    case "tuple":
      return `[${shape.items.map(gradientText).join(", ")}]`;
    case "maybe":
      return `${gradientText(shape.of)} | undefined`;
    case "union":
      return shape.members.map(gradientText).join(" | ");
    case "object": {
      return `{ ${keptFields(shape.fields)
        .map((f) => `${JSON.stringify(f.name)}${f.optional ? "?" : ""}: ${gradientText(f.shape)}`)
        .join("; ")} }`;
    }
  }
}

const tensorText = `import("tsgrad").Tensor`;
export const intText = `import("tsgrad").int`;
export const parenthesised = (text: string): string => (/[|&]|=>|^(?:readonly|keyof) /.test(text) ? `(${text})` : text);

/** The type of the Jacobian of an output of shape `output` towards an input of shape `input`. */
export function jacobianText(output: Shape, input: readonly Shape[]): string {
  switch (output.kind) {
    case "list":
      return `${parenthesised(jacobianText(output.element, input))}[]`;
    case "tuple":
      return `[${output.items.map((item) => jacobianText(item, input)).join(", ")}]`;
    case "object":
      return objectText(output.fields, (field) => jacobianText(field, input));
    case "maybe":
      return `${jacobianText(output.of, input)} | undefined`;
    case "union":
      return output.members.map((member) => jacobianText(member, input)).join(" | ");
    case "passive":
      return "undefined";
    default:
      return bareOrTuple(input.map((shape) => jacobianTowards(output, shape)));
  }
}

function jacobianTowards(leaf: Shape, input: Shape): string {
  switch (input.kind) {
    case "list":
      return `${parenthesised(jacobianTowards(leaf, input.element))}[]`;
    case "tuple":
      return `[${input.items.map((item) => jacobianTowards(leaf, item)).join(", ")}]`;
    case "object":
      return objectText(input.fields, (field) => jacobianTowards(leaf, field));
    case "maybe":
      return `${jacobianTowards(leaf, input.of)} | undefined`;
    case "union":
      return input.members.map((member) => jacobianTowards(leaf, member)).join(" | ");
    case "passive":
      return "undefined";
    default:
      return leaf.kind === "number" && input.kind === "number" ? "number" : tensorText;
  }
}

function objectText(fields: readonly Field[], text: (shape: Shape) => string): string {
  return `{ ${keptFields(fields)
    .map((f) => `${JSON.stringify(f.name)}${f.optional ? "?" : ""}: ${text(f.shape)}`)
    .join("; ")} }`;
}

/** One thing stands for itself, several are a tuple. */
export function bareOrTuple(texts: readonly string[]): string {
  return texts.length === 1 ? (texts[0] ?? "undefined") : `[${texts.join(", ")}]`;
}
