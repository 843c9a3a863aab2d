/** Short constructors for IR nodes, for passes and tests. Nothing is simplified here. */
import { asNew } from "./read-only.ts";
import { namedGradient } from "./record-names.ts";
import { type Absence, absenceOf, absentType } from "./presence.ts";
import type {
  Alloc,
  Block,
  Expr,
  Field,
  Literal,
  OpName,
  Origin,
  Pattern,
  RecordType,
  Stmt,
  Type,
  Var,
} from "./types.ts";

export const numberType: Type = { kind: "number" };
export const intType: Type = { kind: "int" };
export const booleanType: Type = { kind: "boolean" };
export const stringType: Type = { kind: "string" };
export const voidType: Type = { kind: "void" };
export const float64Array: Type = { kind: "typed", name: "Float64Array" };
export const tensorType: Type = { kind: "tensor" };
export const numberList: Type = { kind: "list", element: numberType };

export function num(value: number): Literal {
  return { kind: "literal", value, type: numberType };
}

export function int(value: number): Literal {
  return { kind: "literal", value, type: intType };
}

/**
 * Nothing to add, of a number or a tensor. A tensor's is broadcast to whatever is added to it; it stands only where
 * derivatives are collected.
 */
export function zeroOf(type: Type): Literal {
  return { kind: "literal", value: 0, type: type.kind === "tensor" ? tensorType : numberType, empty: true };
}

export function bool(value: boolean): Literal {
  return { kind: "literal", value, type: booleanType };
}

export function variable(name: string, type: Type): Var {
  return { kind: "var", name, type };
}

/** An operation; its type is number unless said otherwise. */
export function op(name: OpName, args: readonly Expr[], type: Type = numberType): Expr {
  return { kind: "op", op: name, args, type };
}

export function compare(name: "lt" | "le" | "gt" | "ge" | "eq" | "ne", left: Expr, right: Expr): Expr {
  return { kind: "op", op: name, args: [left, right], type: booleanType };
}

export function at(array: Expr, index: Expr): Expr {
  const type = fieldOf(array.type, index)?.type ?? elementType(array.type);
  return { kind: "index", array, index, type };
}

/** `for (let name = 0; name < bound; name++) body` */
export function countedLoop(name: string, bound: Expr, body: Block): Stmt {
  return { kind: "for", name, start: int(0), compare: "lt", bound, step: 1, body };
}

/** `record.name`. */
export function fieldAt(record: Expr, name: string): Expr {
  return at(record, fieldName(name));
}

/** The index of a field. */
export function fieldName(name: string): Literal {
  return { kind: "literal", value: name, type: stringType };
}

/** The field that an index into a record means; undefined for other types. */
export function fieldOf(type: Type, index: Expr): Field | undefined {
  if (type.kind === "maybe") return fieldOf(type.type, index);
  if (type.kind !== "record" || index.kind !== "literal") return undefined;
  return type.fields.find((field) => field.name === String(index.value));
}

/** A place that is known to be there: a chain with `?.` is no target. */
export function withPresentOwners(expr: Expr): Expr {
  if (expr.kind !== "index") return expr;
  const array = withPresentOwners(expr.array);
  const present = array.type.kind === "maybe" ? ({ ...array, type: array.type.type } as Expr) : array;
  return { ...expr, array: present };
}

export function lengthOf(array: Expr): Expr {
  return { kind: "length", array, type: intType };
}

/** The length of an array, 0 of one that is absent or part of what is. */
export function lengthOrZero(array: Expr): Expr {
  const length = lengthOf(array);
  if (array.type.kind !== "maybe" && !isPartOfAbsent(array)) return length;
  return { kind: "nullish", left: { ...length, type: { kind: "maybe", type: intType } }, right: int(0), type: intType };
}

/** Whether an expression leads through something that may be absent. */
export function isPartOfAbsent(expr: Expr): boolean {
  return expr.kind === "index" && (expr.array.type.kind === "maybe" || isPartOfAbsent(expr.array));
}

export function constant(name: string, type: Type, init: Expr): Stmt {
  return { kind: "let", name, type, mutable: false, init };
}

export function mutable(name: string, type: Type, init?: Expr): Stmt {
  return init === undefined
    ? { kind: "let", name, type, mutable: true }
    : { kind: "let", name, type, mutable: true, init };
}

export function assign(name: string, value: Expr): Stmt {
  return { kind: "assign", name, value };
}

export function ifThen(test: Expr, then: Block, otherwise: Block = []): Stmt {
  return { kind: "if", test, then, else: otherwise };
}

export function namePattern(name: string, type: Type): Pattern {
  return { kind: "name", name, type };
}

export function zerosLike(array: Expr): Alloc {
  return { kind: "zerosLike", array, type: shadowType(array.type) };
}

/** The type of an element of an array type. */
export function elementType(type: Type): Type {
  switch (type.kind) {
    case "list":
      return type.element;
    case "typed":
      return type.name === "Float64Array" || type.name === "Float32Array" ? numberType : intType;
    case "maybe":
      return elementType(type.type);
    default:
      throw new Error(`elementType: ${type.kind} has no elements`);
  }
}

/** Whether values of the type are numbers, differentiable or not. */
export function isNumeric(type: Type): boolean {
  return type.kind === "number" || type.kind === "int";
}

/** Whether values of the type are references to arrays or objects. */
export function isReference(type: Type): boolean {
  switch (type.kind) {
    case "typed":
    case "list":
    case "record":
      return true;
    case "maybe":
      return isReference(type.type);
    default:
      return false;
  }
}

/** Whether what the type refers to holds references itself: rows, fields that are arrays. */
export function holdsReferences(type: Type): boolean {
  switch (type.kind) {
    case "list":
      return isReference(type.element);
    case "record":
      return type.fields.some((field) => isReference(field.type));
    case "maybe":
      return holdsReferences(type.type);
    default:
      return false;
  }
}

/** Whether there are objects anywhere in what the type refers to. */
export function containsRecord(type: Type): boolean {
  switch (type.kind) {
    case "record":
      return true;
    case "list":
      return containsRecord(type.element);
    case "maybe":
      return containsRecord(type.type);
    default:
      return false;
  }
}

/** What stands where the value of an expression is not there: where a chain ends early, that is undefined. */
export function absenceAt(expr: Expr): Absence {
  const own = absenceOf(expr.type) ?? "undefined";
  return own === "null" && isPartOfAbsent(expr) ? "either" : own;
}

/** Whether a value of the type is a tensor, or has one in it. */
export function holdsTensor(type: Type): boolean {
  switch (type.kind) {
    case "tensor":
      return true;
    case "maybe":
      return holdsTensor(type.type);
    case "list":
      return holdsTensor(type.element);
    case "tuple":
      return type.items.some(holdsTensor);
    case "record":
      return type.fields.some((field) => holdsTensor(field.type));
    default:
      return false;
  }
}

/** The type of a gradient or tangent of a reference, and of the shadow that collects it: of a record the differentiable fields, of a tape one of shadows. */
export function shadowType(type: Type): Type {
  switch (type.kind) {
    case "list": {
      const element = shadowType(type.element);
      return element === type.element ? asNew(type) : { kind: "list", element };
    }
    case "tape": {
      const element = shadowType(type.element);
      return element === type.element ? type : { kind: "tape", element };
    }
    case "maybe": {
      const inner = shadowType(type.type);
      return inner === type.type && type.absence === undefined ? type : { kind: "maybe", type: inner };
    }
    case "record": {
      const { isTuple, fields } = type;
      if (isTuple === true) {
        return {
          ...type,
          fields: fields.map((f) => ({ ...f, type: hasShadow(f.type) ? shadowType(f.type) : absentType })),
        };
      }
      const parts = shadowFields(type).map(({ readOnly: _readOnly, ...f }) => ({ ...f, type: shadowType(f.type) }));
      const members = type.members?.map((member) => shadowType(member) as RecordType);
      // Without the tags and classes they may all be the same.
      const isOne = members === undefined || members.every((member) => sameType(member, members[0]!));
      return namedGradient({ kind: "record", fields: parts, ...(isOne ? {} : { members }) }, type);
    }
    default:
      return type;
  }
}

/** The fields of a record that a gradient of it has. A nested object stays, if only as `{}`. */
export function shadowFields(type: RecordType): readonly Field[] {
  return type.fields.filter((field) => hasShadow(field.type));
}

function hasShadow(type: Type): boolean {
  if (type.kind === "maybe") return hasShadow(type.type);
  return (type.kind === "record" && type.isTuple !== true) || isDifferentiable(type);
}

/** Whether values of the type can carry a derivative. */
export function isDifferentiable(type: Type): boolean {
  switch (type.kind) {
    case "number":
    case "tensor":
      return true;
    case "typed":
      return type.name === "Float64Array" || type.name === "Float32Array";
    case "list":
      return isDifferentiable(type.element);
    case "maybe":
      return isDifferentiable(type.type);
    case "record":
      return type.fields.some((field) => isDifferentiable(field.type));
    case "tuple":
      return type.items.some(isDifferentiable);
    default:
      return false;
  }
}

export function sameType(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "typed":
      return a.name === (b as typeof a).name;
    case "list":
      return sameType(a.element, (b as typeof a).element);
    case "tape":
      return sameType(a.element, (b as typeof a).element);
    case "keeper": {
      const { name, key, value } = b as typeof a;
      const sameValue = a.value && value ? sameType(a.value, value) : a.value === value;
      return a.name === name && sameType(a.key, key) && sameValue;
    }
    case "maybe":
      return a.absence === (b as typeof a).absence && sameType(a.type, (b as typeof a).type);
    case "record": {
      const other = (b as typeof a).fields;
      return (
        a.fields.length === other.length &&
        a.fields.every((field, i) => field.name === other[i]!.name && sameType(field.type, other[i]!.type))
      );
    }
    case "tuple": {
      const other = (b as typeof a).items;
      return a.items.length === other.length && a.items.every((item, i) => sameType(item, other[i]!));
    }
    default:
      return true;
  }
}

/** A key that types have in common that differ in remarks only: the literals of a tag, the members of a union. */
export function typeKey(type: Type): string {
  const remarks = new Set(["members", "values", "readOnly", "alias"]);
  return JSON.stringify(type, (name, value: unknown) => (remarks.has(name) ? undefined : value));
}

/** Where a statement comes from in the user's text, for another statement that stands for it. */
export function placeOf(stmt: Stmt | undefined): Pick<Stmt, "quote" | "origin" | "madeFor"> {
  return {
    ...(stmt?.quote === undefined ? {} : { quote: stmt.quote }),
    ...(stmt?.origin === undefined ? {} : { origin: stmt.origin }),
    ...(stmt?.madeFor === undefined ? {} : { madeFor: stmt.madeFor }),
  };
}

/** What a statement is for, for another statement that does it in its place. */
export function aimOf(stmt: Stmt): Pick<Stmt, "note" | "madeFor"> {
  const madeFor = sourceOf(stmt);
  return { ...(stmt.note === undefined ? {} : { note: stmt.note }), ...(madeFor === undefined ? {} : { madeFor }) };
}

/** The place in the user's text that a statement has to do with. */
export const sourceOf = (stmt: Stmt): Origin | undefined => stmt.origin ?? stmt.madeFor;

/** The place of the operation on tensors that a statement is, or else its own. */
export function operationSourceOf(stmt: Stmt): Origin | undefined {
  const value = stmt.kind === "let" ? stmt.init : stmt.kind === "assign" ? stmt.value : undefined;
  return (value?.kind === "tensorOp" ? value.origin : undefined) ?? sourceOf(stmt);
}

/** Statements that were made for what stands at a place of the user's text; those that have a place keep it. */
export function placed(source: Origin | undefined, block: readonly Stmt[]): Stmt[] {
  if (source === undefined) return [...block];
  return block.map((stmt) => (sourceOf(stmt) === undefined ? { ...stmt, madeFor: source } : stmt));
}
