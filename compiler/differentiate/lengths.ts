/** Cotangents and tangents of another shape than what they belong to are refused before anything is read from them. */
import { isPresent } from "../ir/ask.ts";
import { checkShape } from "../ir/runtime.ts";
import {
  at,
  booleanType,
  compare,
  fieldAt,
  fieldOf,
  ifThen,
  int,
  isDifferentiable,
  isReference,
  lengthOf,
  lengthOrZero,
  shadowFields,
  stringType,
  withPresentOwners,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { maybe, presentType } from "../ir/presence.ts";
import type { Expr, Field, RecordType, Stmt, Type } from "../ir/types.ts";
import { type Input, leavesOf, type Structure } from "./prepare.ts";
import { countTo, whenPresent } from "./shadows.ts";
import { itemOf } from "./structures.ts";

/** What something is called in a message: pieces of text, and numbers such as the index of a row. */
export type Words = readonly (string | Expr)[];

/** An array, an object or a tuple, and the words for it. */
export interface Told {
  readonly expr: Expr;
  readonly words: Words;
  /** A field of an object, which may not have it whatever its type says. */
  readonly isField?: boolean;
}

/** An argument, or an element of one: `v` and `v[1]`. */
export function toldByName(expr: Expr): Told {
  const words = (part: Expr): (string | Expr)[] => {
    if (part.kind === "var") return [part.name];
    if (part.kind !== "index") return ["v"];
    const field = fieldOf(part.array.type, part.index);
    const whole = presentType(part.array.type);
    if (field !== undefined && whole.kind === "record") return [...words(part.array), memberWord(whole, field.name)];
    const index = part.index.kind === "literal" ? `[${String(part.index.value)}]` : "";
    return [...words(part.array), index];
  };
  return { expr, words: words(expr) };
}

/** What an input is called. */
export function wordsOf({ label, place }: Input): Words {
  return place === undefined ? [label] : toldByName(place).words;
}

/** How the k-th part of something is written behind it. */
export function partWord(whole: Type, k: number): string {
  return whole.kind === "record" ? memberWord(whole, whole.fields[k]!.name) : `[${String(k)}]`;
}

/** The k-th part of something, and the words for it. */
export function toldPart(whole: Told, type: Type, k: number, expr: Expr): Told {
  const isField = type.kind === "record" && type.isTuple !== true;
  return { expr, words: [...whole.words, partWord(type, k)], isField };
}

/** What was given, before it was found to be there. */
function asGiven({ expr, isField }: Told): Expr {
  return isField === true ? { ...expr, type: maybe(expr.type) } : expr;
}

/** How a field is written behind its object or tuple. */
function memberWord(type: RecordType, name: string): string {
  return type.isTuple === true ? `[${name}]` : `.${name}`;
}

/**
 * Throws a RangeError that names both where a tuple has more or fewer parts than its type says, or an object lacks one
 * of its fields. `isAsked`: those that are asked for; others are found missing as they have no length, and no parts.
 */
export function checkParts(fname: string, given: Told, against: Words, isAsked = isNoReference): Stmt[] {
  const type = presentType(given.expr.type);
  if (type.kind === "tuple" || (type.kind === "record" && type.isTuple === true)) {
    const count = type.kind === "tuple" ? type.items.length : type.fields.length;
    return [checkCount(fname, given, { expr: int(count), words: against })];
  }
  if (type.kind !== "record") return [];
  const needed = type.fields.filter(
    (field) => isDifferentiable(field.type) && field.type.kind !== "maybe" && isAsked(field),
  );
  if (needed.length === 0) return [];
  // Text: by its type none is absent. Behind the first question the object is there.
  const ends = needed.map((_, i) => (i + 1 < needed.length ? " === undefined || " : " === undefined"));
  const args = needed.map(({ name }, i) => fieldAt(i === 0 ? asGiven(given) : { ...given.expr, type }, name));
  const test: Expr = { kind: "foreign", texts: ["", ...ends], args, type: booleanType };
  const list = alternatives(needed.map(({ name }) => name));
  const value = rangeError([`${fname}: `, ...given.words, ` lacks ${list}, which `, ...against, " has"]);
  return [ifThen(test, [{ kind: "throw", value }])];
}

/** The same for all that something is taken apart into. */
export function checkStructure(fname: string, structure: Structure, given: Told, against: Words): Stmt[] {
  if (structure.kind === "leaf") return [];
  const { type, items } = structure;
  const inner = items.flatMap((item, k) => {
    if (leavesOf(item).length === 0) return [];
    const part = itemOf({ ...given.expr, type: presentType(given.expr.type) }, structure, k);
    return checkStructure(fname, item, toldPart(given, type, k, part), [...against, partWord(type, k)]);
  });
  const leaves = type.kind === "record" ? type.fields.filter((_, k) => items[k]!.kind === "leaf") : [];
  const isLeaf = ({ name }: Field): boolean => leaves.some((leaf) => leaf.name === name);
  return [...checkParts(fname, given, against, isLeaf), ...inner];
}

function isNoReference({ type }: Field): boolean {
  return !isReference(type);
}

/** `x, y or z` */
function alternatives(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" or ");
}

/** Throws a RangeError that names both where something has another length than it should have. */
function checkCount(fname: string, given: Told, wanted: Told): Stmt {
  const own = lengthOf(asGiven(given));
  const pieces = [`${fname}: `, ...given.words, " has length ", own, ", ", ...wanted.words, " has length "];
  const value = rangeError([...pieces, wanted.expr]);
  return ifThen(compare("ne", own, wanted.expr), [{ kind: "throw", value }]);
}

/** Throws a RangeError that names both where `given` has another length or structure than `against`, in the rows as well. */
export function checkLength(names: Names, fname: string, given: Told, against: Told): Stmt[] {
  const shape = presentType(given.expr.type);
  if (shape.kind === "record") {
    const there = { ...given.expr, type: shape };
    const inner = shadowFields(shape).flatMap((field) => {
      if (!isReference(field.type)) return [];
      const k = shape.fields.indexOf(field);
      return whenPresent(against.expr, field.name, (part) =>
        checkLength(names, fname, toldPart(given, shape, k, fieldAt(there, field.name)), {
          expr: part,
          words: [...against.words, partWord(shape, k)],
        }),
      );
    });
    return [...checkParts(fname, given, against.words), ...inner];
  }
  const check = checkCount(fname, given, { expr: lengthOrZero(against.expr), words: against.words });
  const type = presentType(against.expr.type);
  if (type.kind !== "list" || !isReference(type.element)) return [check];
  // Behind the check, both are there.
  const found = (told: Told): Expr => withPresentOwners({ ...told.expr, type: presentType(told.expr.type) });
  const row = (told: Told, index: Expr): Told => ({
    expr: at(found(told), index),
    words: [...told.words, "[", index, "]"],
  });
  const rows = countTo(names, lengthOf(found(given)), (i) => {
    const own = row(against, i);
    if (own.expr.type.kind !== "maybe") return checkLength(names, fname, row(given, i), own);
    const there = { ...own, expr: { ...own.expr, type: presentType(own.expr.type) } };
    const check = checkLength(names, fname, row(given, i), there);
    return check.length === 0 ? [] : [ifThen(isPresent(own.expr), check)];
  });
  return rows.kind === "for" && rows.body.length === 0 ? [check] : [check, rows];
}

/** Throws a RangeError that names both where a cotangent or tangent has another shape than the tensor it is of. */
export function checkShapes(told: string, given: Expr, label: string, against: Expr): Stmt {
  const text = (value: string): Expr => ({ kind: "literal", value, type: stringType });
  const args = [text(told), given, text(label), against];
  return { kind: "call", target: { kind: "none" }, callee: checkShape, args };
}

/** `new RangeError(…)` with a template of the pieces. */
export function rangeError(pieces: readonly (string | Expr)[]): Expr {
  const texts: string[] = [];
  const args: Expr[] = [];
  const opening = "new RangeError(`";
  let text = opening;
  for (const piece of pieces) {
    if (typeof piece === "string") text += piece;
    else if (piece.kind === "literal") text += String(piece.value);
    else {
      texts.push(`${text}\${`);
      args.push(piece);
      text = "}";
    }
  }
  const type: Type = { kind: "string" };
  if (args.length > 0) return { kind: "foreign", texts: [...texts, `${text}\`)`], args, type };
  return { kind: "foreign", texts: [`new RangeError(${JSON.stringify(text.slice(opening.length))})`], args, type };
}
