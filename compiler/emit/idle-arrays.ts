/** Zeros like an object of numbers and of objects of such are written down: their text does not mention the object. */
import { voidType } from "../ir/build.ts";
import type { Func, Type } from "../ir/types.ts";
import { mapBlockExprs } from "../ir/visit.ts";

export function withoutIdleArrays(func: Func): Func {
  const body = mapBlockExprs(func.body, (e) =>
    e.kind === "zerosLike" && isOfNumbers(e.type)
      ? { ...e, array: { kind: "literal", value: undefined, type: voidType } }
      : e,
  );
  return body === func.body ? func : { ...func, body };
}

const isOfNumbers = (type: Type): boolean =>
  type.kind === "record" && type.fields.every((field) => field.type.kind === "number" || isOfNumbers(field.type));
