/**
 * Structures as Jacobians see them: numbers, arrays of numbers and tensors are leaves; objects, tuples, and lists of
 * either, hold leaves, and only the running function knows how many.
 */
import { isPresent, undefinedOf } from "../ir/ask.ts";
import {
  assign,
  at,
  constant,
  fieldAt,
  holdsTensor,
  containsRecord,
  ifThen,
  isDifferentiable,
  isReference,
  lengthOf,
  mutable,
  num,
  shadowFields,
  shadowType,
  variable,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { absentType, maybe, presentType } from "../ir/presence.ts";
import type { Expr, Field, RecordType, Stmt, Type } from "../ir/types.ts";
import { countTo, zerosFor } from "./shadows.ts";
import { itemOf } from "./structures.ts";

/** Whether there is one entry for all numbers of a value of the type: a number or a tensor. */
export function isLeaf(type: Type): boolean {
  switch (type.kind) {
    case "number":
    case "tensor":
    case "typed":
      return true;
    case "list":
      return type.element.kind === "number" || (isReference(type.element) && isLeaf(type.element));
    default:
      return false;
  }
}

/** Whether a leaf of the type is laid out for one sweep after another: a number, or an array of up to two levels. */
export function isPlainLeaf(type: Type): boolean {
  if (containsRecord(type) || holdsTensor(type)) return false;
  // An optional array has an entry of its own that may be undefined.
  const present = presentType(type);
  return (
    isLeaf(present) &&
    !(present.kind === "list" && present.element.kind === "list" && isReference(present.element.element))
  );
}

/** What is done with every leaf of a structure, in order. Leaves that are absent are passed over. */
export function eachLeaf(names: Names, whole: Expr, visit: (leaf: Expr) => Stmt[]): Stmt[] {
  const { type } = whole;
  if (whole.kind === "tuple") return whole.items.flatMap((item) => eachLeaf(names, item, visit));
  if (!isDifferentiable(type)) return [];
  if (isLeaf(type)) return visit(whole);
  switch (type.kind) {
    case "maybe": {
      const inside = eachLeaf(names, { ...whole, type: type.type }, visit);
      return inside.length === 0 ? [] : [ifThen(isPresent(whole), inside)];
    }
    case "record":
      return shadowFields(type).flatMap((field) => eachLeaf(names, fieldAt(whole, field.name), visit));
    case "tuple":
      return type.items.flatMap((_, k) => eachLeaf(names, itemOf(whole, { kind: "tuple", items: [], type }, k), visit));
    case "list":
      return [countTo(names, lengthOf(whole), (i) => eachLeaf(names, at(whole, i), visit))];
    default:
      throw new Error(`parts: ${type.kind} holds no leaves`);
  }
}

/**
 * A structure like another, with something else in the place of each leaf. Lists and objects are made by statements
 * that go to `into`. Parts that carry no derivative are as `tangentType` has them.
 */
export function mapLeaves(
  names: Names,
  whole: Expr,
  make: (leaf: Expr, into: Stmt[]) => Expr,
  into: Stmt[],
  label = "entry",
): Expr {
  const { type } = whole;
  const map = (part: Expr, name = label): Expr => mapLeaves(names, part, make, into, name);
  const made = (init: Expr): Expr => {
    const name = names.fresh(label);
    into.push(constant(name, init.type, init));
    return variable(name, init.type);
  };
  if (isDifferentiable(type) && isLeaf(type)) return make(whole, into);
  switch (type.kind) {
    case "record": {
      const { isTuple } = type;
      const fields = isTuple === true ? type.fields : shadowFields(type);
      const items = fields.map((field) => map(partOf(whole, type, field), field.name));
      return made({ kind: "items", items, type: recordOf(fields, items, isTuple) });
    }
    case "tuple": {
      const items = type.items.map((_, k) =>
        map(whole.kind === "tuple" ? whole.items[k]! : itemOf(whole, { kind: "tuple", items: [], type }, k)),
      );
      return { kind: "tuple", items, type: { ...type, items: items.map((item) => item.type) } };
    }
    case "list": {
      if (!isDifferentiable(type)) break;
      const rows: Stmt[] = [];
      const list = names.fresh(label);
      let element: Type = type.element;
      const loop = countTo(names, lengthOf(whole), (i) => {
        const entry = mapLeaves(names, at(whole, i), make, rows, label);
        element = entry.type;
        return [...rows, { kind: "store", array: variable(list, { kind: "list", element }), index: i, value: entry }];
      });
      const own: Type = { kind: "list", element };
      into.push(constant(list, own, { kind: "holes", length: lengthOf(whole), type: own }), loop);
      return variable(list, own);
    }
    case "maybe": {
      if (type.type.kind === "void") break;
      const inside: Stmt[] = [];
      const value = mapLeaves(names, { ...whole, type: type.type }, make, inside, label);
      const own = maybe(value.type);
      const name = names.fresh(label);
      into.push(mutable(name, own, undefinedOf(own)), ifThen(isPresent(whole), [...inside, assign(name, value)]));
      return variable(name, own);
    }
    default:
      break;
  }
  return undefinedOf(absentType);
}

function partOf(whole: Expr, type: RecordType, { name }: Field): Expr {
  if (whole.kind !== "tuple") return fieldAt(whole, name);
  return whole.items[type.fields.findIndex((field) => field.name === name)]!;
}

function recordOf(fields: readonly Field[], items: readonly Expr[], isTuple: true | undefined): RecordType {
  const own = fields.map(({ name, optional }, k): Field => {
    const { type } = items[k]!;
    return { name, type, ...(optional === true && type.kind === "maybe" ? { optional } : {}) };
  });
  return { kind: "record", fields: own, ...(isTuple === true ? { isTuple } : {}) };
}

/** Zeros with the structure of a value, which numbers may be set in: its leaves are variables or places. */
export function zeroParts(names: Names, whole: Expr, label: string, into: Stmt[]): Expr {
  const zerosOf = (part: Expr): Expr => (part.type.kind === "number" ? num(0) : zerosFor(part));
  const { type } = whole;
  const name = names.fresh(label);
  if (whole.kind === "tuple" && type.kind === "record") {
    const fields = type.isTuple === true ? type.fields : shadowFields(type);
    const items = fields.map((field) => zeroParts(names, partOf(whole, type, field), label, into));
    const own = shadowType(type);
    into.push(constant(name, own, { kind: "items", items, type: own }));
    return variable(name, own);
  }
  if (whole.kind === "tuple") {
    const items = whole.items.map((item) => zeroParts(names, item, label, into));
    return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) } };
  }
  if (type.kind === "maybe") {
    const own = shadowType(type);
    const present = zerosOf({ ...whole, type: type.type });
    into.push(mutable(name, own, undefinedOf(own)));
    if (isDifferentiable(type)) into.push(ifThen(isPresent(whole), [assign(name, present)]));
    return variable(name, own);
  }
  if (!isDifferentiable(type) && type.kind !== "record") return undefinedOf(absentType);
  const own = shadowType(type);
  into.push(isReference(type) ? constant(name, own, zerosOf(whole)) : mutable(name, own, zerosOf(whole)));
  return variable(name, own);
}
