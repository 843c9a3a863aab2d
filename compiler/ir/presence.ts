/** Types of values that may be absent. */
import type { Literal, Type } from "./types.ts";

/** What stands where a value is not there. */
export type Absence = "undefined" | "null" | "either";

/** `T | undefined`, or with what else stands where there is no T. */
export function maybe(type: Type, absence: Absence = "undefined"): Type {
  if (type.kind === "void" && absence === "undefined") return type;
  if (type.kind !== "maybe") return { kind: "maybe", type, ...(absence === "undefined" ? {} : { absence }) };
  return absenceOf(type) === absence ? type : { ...type, absence: "either" };
}

/** The type of a value that may be absent, where it is there. */
export function presentType(type: Type): Type {
  return type.kind === "maybe" ? type.type : type;
}

/** What stands where a value of the type is not there; undefined of a type whose values are always there. */
export function absenceOf(type: Type): Absence | undefined {
  if (type.kind === "void") return "undefined";
  return type.kind === "maybe" ? (type.absence ?? "undefined") : undefined;
}

/** The same type where any of these may stand in place of its values. */
export function withAbsences(type: Type, absences: readonly (Absence | undefined)[]): Type {
  return absences.reduce((joined: Type, absence) => (absence === undefined ? joined : maybe(joined, absence)), type);
}

/** The end of a question whether a value is there: `=== undefined`, `!== null`, or `== null`, which asks for both. */
export function askedFor(absence: Absence, sign: "===" | "!=="): string {
  return absence === "either" ? `${sign.slice(0, 2)} null` : `${sign} ${absence}`;
}

/** The type of what is never there. */
export const absentType: Type = { kind: "maybe", type: { kind: "void" } };

/** `null` as a user writes it. */
export const nullValue: Literal = {
  kind: "literal",
  value: undefined,
  type: { kind: "maybe", type: { kind: "void" }, absence: "null" },
};
