/** Types of values that may be absent. */
import type { Type } from "./types.ts";

/** `T | undefined`. */
export function maybe(type: Type): Type {
  return type.kind === "maybe" || type.kind === "void" ? type : { kind: "maybe", type };
}

/** The type of a value that may be absent, where it is there. */
export function presentType(type: Type): Type {
  return type.kind === "maybe" ? type.type : type;
}

/** The type of what is never there. */
export const absentType: Type = { kind: "maybe", type: { kind: "void" } };
