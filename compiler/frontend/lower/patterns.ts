/** Binding the names of patterns: `[a, [b], ...rest]`, `{ a, b: { c }, d = 1, ...rest }`. */
import { ts } from "ts-morph";
import { at, elementType, fieldAt, fieldName, int, isReference, lengthOf, numberType } from "../../ir/build.ts";
import { absenceOf, presentType } from "../../ir/presence.ts";
import type { Expr } from "../../ir/types.ts";
import { takesDefault } from "./absence.ts";
import { arm, coalesce } from "./choices.ts";
import { refuseLookalike } from "./lookalikes.ts";
import { nameOf, readField } from "./records.ts";
import { absent, broken, refuse, shortText, type Body, typeShown } from "./state.ts";
import { asArray, asOperand } from "./values.ts";
import { declareName } from "./variables.ts";

/** Binds a name, or the names of a pattern in a pattern. */
export function bindElement(body: Body, element: ts.BindingElement, part: Expr): void {
  if (ts.isIdentifier(element.name)) declareName(body, element.name, part);
  else bindPatternTo(body, element.name, part);
}

export function bindPatternTo(body: Body, pattern: ts.BindingPattern, whole: Expr): void {
  if (ts.isObjectBindingPattern(pattern)) bindFields(body, pattern, whole);
  else bindPattern(body, pattern, whole);
}

/** Binds the names of a pattern to the parts of a value. */
export function bindPattern(body: Body, pattern: ts.ArrayBindingPattern, whole: Expr): void {
  if (whole === broken) return bindBroken(body, pattern);
  if (whole.kind === "tuple") return bindItems(body, pattern, whole.items, undefined);
  if (!isReference(whole.type)) {
    refuse(
      body,
      pattern,
      "TG1002",
      shortText(pattern),
      shownType(body, pattern),
      "Only arrays and tuples are taken apart.",
    );
    return bindBroken(body, pattern);
  }
  const array = asArray(body, whole);
  const items = partsOfArray(array, pattern.elements.length);
  bindItems(body, pattern, items, array);
}

export function bindItems(
  body: Body,
  pattern: ts.ArrayBindingPattern,
  items: readonly Expr[],
  array: Expr | undefined,
): void {
  for (const [i, element] of pattern.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    const part = element.dotDotDotToken ? restOf(body, element, items, i, array) : (items[i] ?? absent);
    bindElement(body, element, withDefault(body, element.initializer, part));
  }
}

function restOf(body: Body, node: ts.Node, items: readonly Expr[], from: number, array: Expr | undefined): Expr {
  if (!array) {
    const rest = items.slice(from);
    const element = rest[0]?.type ?? { kind: "number" };
    return { kind: "items", items: rest, type: { kind: "list", element } };
  }
  if (presentType(array.type).kind === "record") {
    const rest = presentType(array.type);
    const parts = rest.kind === "record" ? rest.fields.slice(from).map((field) => fieldAt(array, field.name)) : [];
    return { kind: "items", items: parts, type: { kind: "list", element: parts[0]?.type ?? numberType } };
  }
  const type = elementType(array.type);
  if (array.type.kind === "maybe") return refuse(body, node, "TG1001", "A rest element here", "Use slice.");
  return { kind: "copy", array, ...(from > 0 ? { start: int(from) } : {}), type: { kind: "list", element: type } };
}

/** The part, or in place of undefined the default. */
export function withDefault(body: Body, initializer: ts.Expression | undefined, part: Expr): Expr {
  if (!initializer || absenceOf(part.type) === "null") return part;
  const fallback = arm(body, () => body.rhs(initializer));
  if (part === broken || fallback.value === broken || !takesDefault(body, part)) return broken;
  if (refuseLookalike(body, fallback.value.type, part.type)) return broken;
  return asOperand(body, coalesce(body, part, fallback, undefined));
}

function bindBroken(body: Body, pattern: ts.ArrayBindingPattern): void {
  for (const element of pattern.elements) {
    if (ts.isOmittedExpression(element)) continue;
    bindElement(body, element, broken);
  }
}

/** What a name that is no field of an object gives: undefined if that is not known. */
type Computed = (element: ts.BindingElement, name: string, record: Expr) => Expr | undefined;

/** `const { a, b: { c }, d = 1, ...rest } = …`: binds the names of a pattern to the fields of a value. */
export function bindFields(
  body: Body,
  pattern: ts.ObjectBindingPattern,
  whole: Expr,
  computed: Computed = () => undefined,
): void {
  const taken = new Set<string>();
  if (whole !== broken && !hasParts(whole)) {
    const type = typeShown(body, pattern);
    refuse(body, pattern, "TG1002", shortText(pattern), type, "Take objects with known fields apart.");
  }
  const record = hasParts(whole) ? asArray(body, whole) : broken;
  for (const element of pattern.elements) {
    const named = element.propertyName ?? element.name;
    const name = ts.isObjectBindingPattern(named) || ts.isArrayBindingPattern(named) ? undefined : nameOf(body, named);
    if (ts.isComputedPropertyName(named) && name === undefined)
      refuse(body, named, "TG1001", "A computed name of a field", "Read the field with object[key].");
    if (element.dotDotDotToken) bindElement(body, element, restOfFields(record, taken));
    else if (name === undefined || record === broken) bindElement(body, element, broken);
    else {
      taken.add(name);
      const part = partNamed(record, name) ?? computed(element, name, record);
      bindElement(body, element, part ? orDefault(body, element.initializer, part) : refuseField(body, element, name));
    }
  }
}

/** Whether a value has fields, or elements that go by their places: `{ 0: a, length: n }`. */
export const hasParts = ({ kind, type }: Expr): boolean =>
  kind === "tuple" || ["record", "list", "typed"].includes(type.kind);

/** A field of an object, or an element of an array by its place; undefined where there is none of that name. */
export function partNamed(whole: Expr, name: string): Expr | undefined {
  const place = /^\d+$/.test(name) ? Number(name) : undefined;
  if (whole.kind === "tuple") {
    if (name === "length") return int(whole.items.length);
    return place === undefined ? undefined : whole.items[place];
  }
  if (whole.type.kind === "record" && whole.type.isTuple === true && name === "length")
    return int(whole.type.fields.length);
  if (whole.type.kind === "record") return readField(whole, name);
  if (name === "length") return lengthOf(whole);
  return place === undefined ? undefined : at(whole, int(place));
}

/** The part, or its default where it may be absent. */
export function orDefault(body: Body, initializer: ts.Expression | undefined, part: Expr): Expr {
  return part.type.kind === "maybe" ? withDefault(body, initializer, part) : part;
}

function refuseField(body: Body, node: ts.Node, name: string): Expr {
  return refuse(body, node, "TG1015", `the property ${name}`, "Take fields that hold data.");
}

function restOfFields(record: Expr, taken: ReadonlySet<string>): Expr {
  if (record.type.kind !== "record") return broken;
  const fields = record.type.fields.filter((field) => !taken.has(field.name));
  return {
    kind: "items",
    items: fields.map((field) => fieldAt(record, field.name)),
    type: { kind: "record", fields },
  };
}

/** The first elements of an array, or the items of a tuple. */
export function partsOfArray(array: Expr, count: number): Expr[] {
  const isTuple = presentType(array.type).kind === "record";
  return Array.from({ length: count }, (_, i) => at(array, isTuple ? fieldName(String(i)) : int(i)));
}

export const shownType = (body: Body, node: ts.Node): string => typeShown(body, node);
