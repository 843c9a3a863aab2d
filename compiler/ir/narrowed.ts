import type { Param } from "./types.ts";

const plain = new Set(["number", "int", "boolean", "string", "bigint"]);

/** Whether a parameter is a scalar of a type that the user wrote more narrowly than ours: `mode: 1 | 2`, an enum. */
export function isNarrowed(param: Param): boolean {
  return plain.has(param.type.kind) && param.typeText !== undefined && !plain.has(param.typeText);
}
