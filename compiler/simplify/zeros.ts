/** Zeros like an object or tuple of nothing but numbers are written down: the object itself need not be there. */
import { undefinedOf } from "../ir/ask.ts";
import { numberType, zeroOf } from "../ir/build.ts";
import type { Func, Type } from "../ir/types.ts";
import { mapBlockExprs } from "../ir/visit.ts";

export function spellOutZeros(func: Func): Func {
  const body = mapBlockExprs(func.body, (e) => {
    if (e.kind !== "zerosLike" || e.type.kind !== "record") return e;
    const { type } = e;
    const isAbsent = (field: Type): boolean => field.kind === "maybe" && field.type.kind === "void";
    // A place of a tuple that has no derivative is undefined.
    const isPlain = (field: Type): boolean => field.kind === "number" || (type.isTuple === true && isAbsent(field));
    if (!type.fields.every((field) => isPlain(field.type))) return e;
    return {
      kind: "items",
      items: type.fields.map((field) => (field.type.kind === "number" ? zeroOf(numberType) : undefinedOf(field.type))),
      type,
    };
  });
  return body === func.body ? func : { ...func, body };
}
