/**
 * Unions of object types. A union is read as one record that has the fields of all its members, where those that not
 * all of them have may be absent. Which member a value is, TypeScript knows at each place where a field is read.
 */
import { sameType, voidType } from "../../ir/build.ts";
import { markPartial, nameOfRecord } from "../../ir/record-names.ts";
import { absenceOf, presentType, withAbsences } from "../../ir/presence.ts";
import { joinedTexts, textAmong } from "../../ir/texts.ts";
import type { Field, RecordType, Type } from "../../ir/types.ts";
import type { Refused } from "./types.ts";

/** Whether a type may be one of the members of a union. */
export function isMember(type: Type): type is RecordType {
  return type.kind === "record" && type.isTuple !== true;
}

export function unionOf(parts: readonly RecordType[]): RecordType | Refused {
  const members = parts.flatMap((part) => part.members ?? [part]);
  if (members.some(({ fields }) => fields.some((field) => field.hidden)))
    return { kind: "refused", hint: "Use plain objects with a field that tells them apart, instead of classes." };
  const fields: Field[] = [];
  for (const name of new Set(members.flatMap((member) => member.fields.map((field) => field.name)))) {
    const field = fieldOfAll(members, name);
    if (field === undefined)
      return { kind: "refused", hint: `Give the field ${name} the same type in all objects of the union.` };
    fields.push(field);
  }
  return { kind: "record", fields, members };
}

/** What the rows of a table have in common, whichever is meant: the fields that all of them have, and of one kind. */
export function rowOf(rows: readonly RecordType[]): RecordType | undefined {
  const names = rows[0]?.fields.map((field) => field.name) ?? [];
  const fields = names.map((name) => fieldOfAll(rows, name)).filter((field) => field && !field.optional);
  if (fields.length === 0 || rows.some((row) => row.fields.some((field) => field.hidden))) return undefined;
  const row: RecordType = { kind: "record", fields: fields.filter((field) => field !== undefined) };
  markPartial(row);
  ofTables.add(row);
  return row;
}

const ofTables = new WeakSet<Type>();

/** Whether a type is what the rows of a table have in common, each of which has more. */
export const isRow = (type: Type): boolean => ofTables.has(type);

/** What to write in place of a field that not all rows have. */
export const byRow =
  'Compare the key first, as in key === "a" ? table[key].x : 0, or give the rows one type, in which what not all of them have is optional.';

/** A field as any of the members may have it; undefined where their types are of several kinds. */
function fieldOfAll(members: readonly RecordType[], name: string): Field | undefined {
  const own = members.flatMap((member) => member.fields.filter((field) => field.name === name));
  const isEverywhere = own.length === members.length && !own.some((field) => field.optional);
  const types = own.map((field) => presentType(field.type)).filter((type) => type.kind !== "void");
  const common = typeOfAll(types);
  if (common === undefined) return undefined;
  const absences = [isEverywhere ? undefined : ("undefined" as const), ...own.map((field) => absenceOf(field.type))];
  const values = own.some((field) => field.values === undefined)
    ? undefined
    : own.flatMap((field) => field.values ?? []);
  const type = common.kind === "string" && !common.among && values ? (tagsAmong(values) ?? common) : common;
  return {
    name,
    ...(values ? { values } : {}),
    type: withAbsences(type, absences),
    ...(isEverywhere ? {} : { optional: true as const }),
  };
}

/** The type of what tells the members of a union apart. */
function tagsAmong(values: NonNullable<Field["values"]>): Type | undefined {
  const texts = values.map((value) => (typeof value === "string" ? JSON.stringify(value) : undefined));
  const known = new Set(texts.filter((text) => text !== undefined));
  return texts.includes(undefined) ? undefined : textAmong([...known].toSorted());
}

function typeOfAll(types: readonly Type[]): Type | undefined {
  const [first] = types;
  if (first === undefined) return voidType;
  if (types.every((type) => type.kind === "string")) return types.reduce(joinedTexts);
  if (types.every((type) => sameType(type, first) && nameOf(type) === nameOf(first))) return first;
  if (!types.every(isMember)) return undefined;
  const union = unionOf(types);
  return union.kind === "refused" ? undefined : union;
}

function nameOf(type: Type): string | undefined {
  return type.kind === "record" ? nameOfRecord(type) : undefined;
}

/** Whether each value of one type is also one of the other, which may have more fields. */
export function isOneOf(part: RecordType, whole: RecordType): boolean {
  return (
    part.fields.every((field) => {
      const own = whole.fields.find(({ name }) => name === field.name);
      return own !== undefined && sameType(presentType(own.type), presentType(field.type));
    }) && whole.fields.every((field) => field.optional === true || part.fields.some(({ name }) => name === field.name))
  );
}
