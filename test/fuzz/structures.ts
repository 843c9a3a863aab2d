/** Values of the types that a program declares: as instances of its classes, and as gradients have their structure. */
import { isDifferentiable, isStruct, isStructs, shapeName } from "./ast.ts";
import type { Field, Shape, Type } from "./ast.ts";
import type { Exports } from "./load.ts";
import { fieldsOf } from "./shapes.ts";

type Fields = Readonly<Record<string, unknown>>;

function shapeOf(shapes: readonly Shape[], type: Type): Shape {
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
  const shape = shapeOf(shapes, type);
  const part = ({ name, type: of }: Field): unknown => revived(shapes, of, (value as Fields)[name], exports);
  if (shape.kind === "tuple") return shape.fields.map(part);
  if (shape.kind === "class") {
    const made = exports[shape.name] as new (...args: unknown[]) => unknown;
    const instance = new made(...shape.fields.filter((field) => field.initial === undefined).map(part));
    const own = shape.fields.filter((field) => field.initial !== undefined);
    return Object.assign(instance as object, Object.fromEntries(own.map((field) => [field.name, part(field)])));
  }
  const present = fieldsOf(shape, value).filter(({ name }) => name in (value as object));
  const tag = shape.kind === "union" ? { kind: (value as Fields).kind } : {};
  return { ...tag, ...Object.fromEntries(present.map((field) => [field.name, part(field)])) };
}

/** What of a value can be differentiated, as gradients and tangents have it: plain, and without passive fields. */
export function tangible(shapes: readonly Shape[], type: Type, value: unknown): unknown {
  if (value === undefined) return value;
  if (isStructs(type)) return (value as unknown[]).map((item) => tangible(shapes, `struct ${shapeName(type)}`, item));
  if (!isStruct(type)) return isDifferentiable(type) ? structuredClone(value) : undefined;
  const shape = shapeOf(shapes, type);
  const part = ({ name, type: of }: Field): unknown => tangible(shapes, of, (value as Fields)[name]);
  if (shape.kind === "tuple") return shape.fields.map(part);
  const present = fieldsOf(shape, value).filter(
    (field) => isDifferentiable(field.type) && (value as Fields)[field.name] !== undefined,
  );
  return Object.fromEntries(present.map((field) => [field.name, part(field)]));
}
