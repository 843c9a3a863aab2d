/** Zeros like an object of nothing but numbers are written down: the object itself need not be there. */
import { numberType, zeroOf } from "../ir/build.ts";
import type { Func } from "../ir/types.ts";
import { mapBlockExprs } from "../ir/visit.ts";

export function spellOutZeros(func: Func): Func {
  const body = mapBlockExprs(func.body, (e) => {
    if (e.kind !== "zerosLike" || e.type.kind !== "record") return e;
    const { type } = e;
    if (!type.fields.every((field) => field.type.kind === "number")) return e;
    return { kind: "items", items: type.fields.map(() => zeroOf(numberType)), type };
  });
  return body === func.body ? func : { ...func, body };
}
