/**
 * Lists and tuples that the user's types do not let anybody change. That is a remark about a type and not a part of it:
 * generated code keeps it where it has to write the type of a variable, and types that differ in it only are the same
 * everywhere.
 */
import type { Type } from "./types.ts";

type ListType = Extract<Type, { kind: "list" }>;

const marked = new WeakSet<Type>();

export function readOnlyList(element: Type): ListType {
  return asReadOnly({ kind: "list", element });
}

export function asReadOnly<T extends Type>(type: T): T {
  marked.add(type);
  return type;
}

export function isReadOnly(type: Type): boolean {
  return marked.has(type);
}

/** The type of a list or a tuple that was just made: that of its elements stays what it is. */
export function asNew<T extends Type>(type: T): T {
  return (type.kind === "list" || type.kind === "record") && isReadOnly(type) ? { ...type } : type;
}
