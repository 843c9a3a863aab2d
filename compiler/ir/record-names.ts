/**
 * What records are called. A name is a remark about a type and not a part of it: types that differ in their names
 * only are the same everywhere, and a type that is made of another one with changes has no name.
 */
import type { RecordType, Type } from "./types.ts";

const names = new WeakMap<Type, string>();

/** Types with fields that are computed or private: `Gradient<…>` in TypeScript keeps the former and lacks the latter. */
const partial = new WeakSet<Type>();

/** The type under the key of the module symbol that declares it, or `Gradient<…>` of one. */
export function named(type: RecordType, name: string): RecordType {
  const copy = { ...type };
  names.set(copy, name);
  return copy;
}

export function markPartial(type: RecordType): void {
  partial.add(type);
}

/** Classes are a part of the types of their instances, which generated code makes: their keys stay with changed types. */
export function nameOfRecord(type: RecordType): string | undefined {
  return names.get(type) ?? type.className;
}

/** The gradient of a record that has a name; to be differentiated again changes nothing. */
export function namedGradient(gradient: RecordType, of: RecordType): RecordType {
  const name = names.get(of);
  if (name === undefined || containsPartial(of)) return gradient;
  return named(gradient, /^(Gradient|Tangent)</.test(name) ? name : `Gradient<${name}>`);
}

function containsPartial(type: Type): boolean {
  switch (type.kind) {
    case "list":
      return containsPartial(type.element);
    case "maybe":
      return containsPartial(type.type);
    case "record":
      return partial.has(type) || type.fields.some((field) => containsPartial(field.type));
    default:
      return false;
  }
}

/** The type of a tangent: that of a gradient, under its own name. */
export function asTangent(type: Type): Type {
  switch (type.kind) {
    case "list": {
      const element = asTangent(type.element);
      return element === type.element ? type : { ...type, element };
    }
    case "maybe": {
      const inner = asTangent(type.type);
      return inner === type.type ? type : { ...type, type: inner };
    }
    case "tuple": {
      const items = type.items.map(asTangent);
      return items.every((item, i) => item === type.items[i]) ? type : { ...type, items };
    }
    case "record": {
      const name = names.get(type);
      if (name?.startsWith("Gradient<") === true) return named(type, name.replace("Gradient<", "Tangent<"));
      const members = type.members?.map((member) => asTangent(member) as RecordType);
      const fields = type.fields.map((field) => ({ ...field, type: asTangent(field.type) }));
      if (members) return { ...type, fields, members };
      return fields.every((field, i) => field.type === type.fields[i]!.type) ? type : { ...type, fields };
    }
    default:
      return type;
  }
}
