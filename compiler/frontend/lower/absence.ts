/** `undefined` and `null`, where it matters which of them stands for what is not there. */
import type { ts } from "ts-morph";
import { bool } from "../../ir/build.ts";
import { absenceOf } from "../../ir/presence.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { refuse, reportAt, shortText, typeShown, type Body } from "./state.ts";

export const oneAbsence = "Let either undefined or null stand for what is not there, not both.";

/** Whether it is sure which values make room for a default: undefined does, null does not. */
export function takesDefault(body: Body, given: Expr): boolean {
  if (absenceOf(given.type) !== "either" || !body.place.origin) return true;
  const what = "A value with a default";
  reportAt(body.all, body.entry, body.place.origin, "TG1002", what, "null or undefined", oneAbsence);
  return false;
}

/** Whether what stands for nothing is the same in a value and where it goes; else it is refused. */
export function hasOneAbsence(body: Body, given: Type, wanted: Type): boolean {
  const differ = given.kind === "maybe" && wanted.kind === "maybe" && given.absence !== wanted.absence;
  if (!differ || wanted.absence === "either" || !body.place.origin) return true;
  reportAt(body.all, body.entry, body.place.origin, "TG1002", "A value here", "null or undefined", oneAbsence);
  return false;
}

/**
 * `x === null` where undefined stands for what is not there, and the other way round: false. undefined where the
 * question is another.
 */
export function strictAbsence(body: Body, node: ts.Expression, value: Expr, asked: Expr): Expr | undefined {
  if (asked.kind !== "literal" || asked.value !== undefined || asked.type.kind === "tensor") return undefined;
  const absence = absenceOf(value.type);
  if (absence === undefined || absence === absenceOf(asked.type)) return undefined;
  if (absence !== "either") return bool(false);
  return refuse(
    body,
    node,
    "TG1002",
    shortText(node),
    typeShown(body, node),
    "Compare with == null, which asks for both.",
  );
}
