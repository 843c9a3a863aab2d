/** Values of the types that a program declares: as instances of its classes, and as gradients have their structure. */
import { isDifferentiable, isStruct, isStructs, shapeName } from "./ast.ts";
import type { Field, Shape, Type } from "./ast.ts";
import type { Exports } from "./load.ts";

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(shapes: readonly Shape[], type: Type): Shape {
  const shape = shapes.find((one) => one.name === shapeName(type));
  if (shape === undefined) throw new Error(`no shape ${type}`);
  return shape;
}

/** The instances that plain data stands for, of the classes that a module exports. */
export function revived(shapes: readonly Shape[], type: Type, value: unknown, exports: Exports): unknown {
  if (value === undefined) return value;
  if (isStructs(type)) {
    return (value as unknown[]).map((item) => revived(shapes, `struct ${shapeName(type)}`, item, exports));
  }
  if (!isStruct(type)) return value;
  const shape = fieldsOf(shapes, type);
  const part = ({ name, type: of }: Field): unknown => revived(shapes, of, (value as Fields)[name], exports);
  if (shape.kind === "tuple") return shape.fields.map(part);
  if (shape.kind === "class") {
    const made = exports[shape.name] as new (...args: unknown[]) => unknown;
    return new made(...shape.fields.map(part));
  }
  const present = shape.fields.filter(({ name }) => name in (value as object));
  return Object.fromEntries(present.map((field) => [field.name, part(field)]));
}

/** What of a value can be differentiated, as gradients and tangents have it: plain, and without passive fields. */
export function tangible(shapes: readonly Shape[], type: Type, value: unknown): unknown {
  if (value === undefined) return value;
  if (isStructs(type)) return (value as unknown[]).map((item) => tangible(shapes, `struct ${shapeName(type)}`, item));
  if (!isStruct(type)) return isDifferentiable(type) ? structuredClone(value) : undefined;
  const shape = fieldsOf(shapes, type);
  const part = ({ name, type: of }: Field): unknown => tangible(shapes, of, (value as Fields)[name]);
  if (shape.kind === "tuple") return shape.fields.map(part);
  const present = shape.fields.filter(
    (field) => isDifferentiable(field.type) && (value as Fields)[field.name] !== undefined,
  );
  return Object.fromEntries(present.map((field) => [field.name, part(field)]));
}
