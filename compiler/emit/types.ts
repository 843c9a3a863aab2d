/** Types of the IR as TypeScript text. */
import { bool, int, holdsReferences, isReference, num } from "../ir/build.ts";
import { absenceOf, presentType } from "../ir/presence.ts";
import { isReadOnly } from "../ir/read-only.ts";
import { nameOfRecord } from "../ir/record-names.ts";
import { isChoiceOfTexts, writtenTexts } from "../ir/texts.ts";
import type { Expr, MaybeType, Param, RecordType, Type } from "../ir/types.ts";
import { identifiersReplaced } from "./foreign.ts";

/** How a type of the user's is called in the module, by its key. */
export type TypeNames = (key: string) => string;

const byKey: TypeNames = (key) => key;

/** The type as one writes it in an annotation. A tape that has not been lowered is the array that holds its values. */
export function typeText(type: Type, names: TypeNames = byKey): string {
  switch (type.kind) {
    case "number":
    case "int":
      return "number";
    case "boolean":
    case "void":
      return type.kind;
    case "string":
      return writtenText(writtenTexts(type), names);
    case "typed":
      return type.name;
    case "list":
    case "tape":
      return `${isReadOnly(type) ? "readonly " : ""}${operand(type.element, names)}[]`;
    case "maybe":
      // What stands in the place of a passive part.
      if (type.type.kind === "void") return absenceText(type);
      return `${type.type.kind === "record" ? typeText(type.type, names) : operand(type.type, names)} | ${absenceText(type)}`;
    case "tuple":
      return tupleText(type.items, type.labels, names);
    case "function":
      return `(${parameterTexts(type.params, names).join(", ")}) => ${typeText(type.result, names)}`;
    case "tensor":
      return "Tensor";
    case "keeper":
      return `${type.readOnly ? "Readonly" : ""}${type.name}<${[type.key, ...(type.value ? [type.value] : [])].map((part) => typeText(part, names)).join(", ")}>`;
    case "record": {
      const name = nameOfRecord(type);
      if (name !== undefined) return writtenText(name, names);
      return isUnnamedUnion(type) ? unionText(type.members, names) : recordText(type, names);
    }
  }
}

const absenceText = (type: MaybeType): string =>
  absenceOf(type) === "either" ? "null | undefined" : String(absenceOf(type));

/** A text with types by their keys. */
function writtenText(text: string, names: TypeNames): string {
  return identifiersReplaced([text], names).join("");
}

/** `asMember`: with the literals that tell the members of a union apart. */
function recordText(type: RecordType, names: TypeNames, asMember = false): string {
  const { isTuple, fields } = type;
  if (isTuple === true) {
    const types = fields.map((field) => field.type);
    return `${isReadOnly(type) ? "readonly " : ""}${tupleText(types, undefined, names)}`;
  }
  const parts = fields.map(
    ({ name, type, optional, values }) =>
      `${propertyText(name)}${optional ? "?" : ""}: ${
        asMember && values && !isAmong(type)
          ? values.map(literalText).join(" | ")
          : typeText(optional ? presentType(type) : type, names)
      }`,
  );
  return parts.length === 0 ? "{}" : `{ ${parts.join("; ")} }`;
}

const isAmong = (type: Type): boolean => type.kind === "string" && type.among !== undefined;

function isUnnamedUnion(type: RecordType): type is RecordType & { readonly members: readonly RecordType[] } {
  return type.members !== undefined && nameOfRecord(type) === undefined;
}

/** Members of a union that have become the same stand there once. */
function unionText(members: readonly RecordType[], names: TypeNames): string {
  const memberText = (member: RecordType): string =>
    nameOfRecord(member) === undefined ? recordText(member, names, true) : typeText(member, names);
  return [...new Set(members.map(memberText))].join(" | ");
}

const literalText = (value: string | number | boolean): string =>
  typeof value === "string" ? JSON.stringify(value) : String(value);

/** The name of a property in a type or an object literal, in quotes where it is no identifier. */
export function propertyText(name: string): string {
  return isIdentifier(name) ? name : JSON.stringify(name);
}

export function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
}

/** A type in front of `[]` or beside `|`. */
function operand(type: Type, names: TypeNames): string {
  const text = typeText(type, names);
  const isUnion =
    type.kind === "maybe" ||
    (type.kind === "string" && writtenTexts(type).includes(" | ")) ||
    (type.kind === "record" && isUnnamedUnion(type));
  return isUnion || type.kind === "function" || isReadOnly(type) ? `(${text})` : text;
}

function tupleText(items: readonly Type[], labels: readonly string[] | undefined, names: TypeNames): string {
  const labelled = labels?.length === items.length && labels.every(isIdentifier);
  return `[${items.map((item, i) => (labelled ? `${labels[i]!}: ` : "") + typeText(item, names)).join(", ")}]`;
}

/**
 * The parameters as they stand in a signature. An optional parameter that a required one follows cannot
 * keep its question mark; it takes `undefined` instead.
 */
export function parameterTexts(params: readonly Param[], names: TypeNames, print?: ParameterPrinter): string[] {
  const lastRequired = params.findLastIndex((param) => param.optional !== true && param.defaultValue === undefined);
  const textOf = (param: Param, type: Type): string =>
    param.typeText === undefined ? typeText(type, names) : writtenText(param.typeText, names);
  return params.map((param, i) => {
    const name = print?.name(param.name) ?? param.name;
    if (param.defaultValue !== undefined) {
      const type = textOf(param, presentType(param.type));
      // In the type of a function there is no place for the default itself.
      if (print === undefined) return `${name}?: ${type}`;
      // Before a required one it is passed as `undefined`, which declarations have to say.
      const absent = i < lastRequired ? " | undefined" : "";
      return `${name}: ${type}${absent} = ${print.value(param.defaultValue)}`;
    }
    if (param.optional !== true) return `${name}: ${textOf(param, param.type)}`;
    const text = textOf(param, presentType(param.type));
    if (i > lastRequired) return `${name}?: ${text}`;
    return `${name}: ${text.includes("=>") ? `(${text})` : text} | undefined`;
  });
}

export interface ParameterPrinter {
  readonly name: (name: string) => string;
  readonly value: (defaultValue: Expr) => string;
}

/**
 * Whether a declaration says its type, because TypeScript would infer another one from the initial value:
 * `any[]` from `[]`, `Float64Array<ArrayBuffer>` from `new Float64Array(n)` (which then takes no other
 * array), an array from a tuple.
 */
export function needsAnnotation(type: Type, init: Expr, assignedLater: boolean): boolean {
  if (init.kind === "literal" && init.value === undefined) return true;
  switch (type.kind) {
    case "tape":
    case "tuple":
      return true;
    case "keeper":
      return assignedLater;
    case "maybe":
      // A copy of what holds tuples.
      if (init.kind === "deepCopy" && holdsReferences(type.type)) return true;
      return assignedLater && (init.type.kind !== "maybe" || isAllocation(init));
    case "typed":
      return assignedLater;
    case "record":
      return assignedLater || (isAllocation(init) && type.className === undefined);
    case "list":
      if (assignedLater || (isAllocation(init) && isReference(type.element))) return true;
      // Of zeros and gaps it takes the zeros for the type 0.
      if (init.kind === "zerosLike" && type.element.kind === "maybe") return true;
      if (init.kind !== "items") return false;
      if (init.items.length === 0 || type.element.kind === "maybe") return true;
      // Of a few texts it thinks that any other may come; a member of an enum is told to be of the enum.
      return (
        isChoiceOfTexts(type.element) &&
        !init.items.every((item) => item.kind === "literal" && item.member !== undefined)
      );
    default:
      return false;
  }
}

export function isAllocation(init: Expr): boolean {
  return init.kind === "items" || init.kind === "zerosLike" || init.kind === "deepCopy" || init.kind === "copy";
}

/** What a variable of the type holds before it has a value of its own, where TypeScript wants something there. */
export function initialValue(type: Type): Expr | undefined {
  switch (type.kind) {
    case "number":
      return num(0);
    case "int":
      return int(0);
    case "boolean":
      return bool(false);
    case "typed":
      return { kind: "zeros", length: int(0), type };
    case "list":
      return { kind: "items", items: [], type };
    default:
      return undefined;
  }
}
