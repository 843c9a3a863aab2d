/**
 * Unions of object types as TypeScript follows them: where a test of its tag has told which of the members an object
 * is, its fields are read as they are; elsewhere a field that not all members have is read through a type with just
 * that field.
 */
import { fieldOf, sameType } from "../ir/build.ts";
import { nameOfRecord } from "../ir/record-names.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, RecordType, Type } from "../ir/types.ts";

/** What variables are known to be, among the members of their types. */
export type KnownMembers = ReadonlyMap<string, readonly RecordType[]>;

/** What is known where a test is true, or where it is false. `typeOf`: of variables that are never assigned to. */
export function membersWhere(
  test: Expr,
  isTrue: boolean,
  known: KnownMembers,
  typeOf: (name: string) => Type | undefined,
): KnownMembers {
  if (test.kind === "logic") {
    const left = membersWhere(test.left, isTrue, known, typeOf);
    if ((test.op === "&&") === isTrue) return membersWhere(test.right, isTrue, left, typeOf);
    // The right side is looked at where the left one has decided nothing.
    const before = membersWhere(test.left, !isTrue, known, typeOf);
    return eitherOf(left, membersWhere(test.right, isTrue, before, typeOf));
  }
  if (test.kind !== "op" || (test.op !== "eq" && test.op !== "ne")) return known;
  const [tag, literal] = test.args;
  if (tag?.kind !== "index" || tag.array.kind !== "var" || literal?.kind !== "literal") return known;
  const { name } = tag.array;
  const type = typeOf(name);
  if (type?.kind !== "record" || type.members === undefined) return known;
  const isEqual = (test.op === "eq") === isTrue;
  const left = (known.get(name) ?? type.members).filter((member) => {
    const values = fieldOf(member, tag.index)?.values;
    if (values === undefined) return true;
    return isEqual ? values.some((value) => value === literal.value) : values.some((value) => value !== literal.value);
  });
  return new Map([...known, [name, left]]);
}

/** What is known on either of two ways. */
function eitherOf(a: KnownMembers, b: KnownMembers): KnownMembers {
  const both = [...a].flatMap(([name, members]) => {
    const others = b.get(name);
    return others === undefined ? [] : [[name, [...new Set([...members, ...others])]] as const];
  });
  return new Map(both);
}

/** Whether a value has to be told to be of another type: a union goes where one of its members is wanted, or the other way round. */
export function needsCast(given: Type, wanted: Type): boolean {
  const [from, to] = [given, wanted].map(presentType);
  if (from?.kind === "list" && to?.kind === "list") return needsCast(from.element, to.element);
  if (from?.kind !== "record" || to?.kind !== "record" || (!from.members && !to.members)) return false;
  // The same fields, each of which may be absent: any member will do, if it is of no class.
  if (!to.members) return to.className !== undefined || !sameType(from, to);
  // What TypeScript finds out of a member of such a union, it may keep in mind.
  if (!from.members) return !isUnionOfEqual(to) || !sameType(from, to);
  return nameOfRecord(from) !== nameOfRecord(to) || from.members.length !== to.members.length;
}

/** Whether the members of a union have the same fields, and none that tells them apart: they are of several classes. */
export function isUnionOfEqual(type: RecordType): boolean {
  return type.members?.every((member) => sameType(member, type)) === true && !type.fields.some((field) => field.values);
}

/** A union without its members: an object with fields that may be absent. */
export function asOneObject(type: RecordType): RecordType {
  const { members: _members, ...rest } = type;
  return rest;
}
