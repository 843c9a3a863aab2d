/** From TypeScript's types to those of the IR. */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import { isComputedSomewhere, isOverridden } from "./extending.ts";
import { intType, numberType, sameType, stringType, voidType } from "../../ir/build.ts";
import { absenceOf, maybe, nullValue, presentType, withAbsences } from "../../ir/presence.ts";
import { asReadOnly, isReadOnly, readOnlyList } from "../../ir/read-only.ts";
import { isMember, isOneOf, unionOf } from "./unions.ts";
import { joinedTexts } from "../../ir/texts.ts";
import { markPartial, named } from "../../ir/record-names.ts";
import type { Field, Param, RecordType, Type, TypedArrayName } from "../../ir/types.ts";
import { isInt, isTensorType, shownType } from "../types-of.ts";
import { keysMeant, meaningOf, meant } from "./generics.ts";
import { noteClass } from "./lookalikes.ts";
import { classOf, hasModifier, isHiddenMember, isMakeable, keptParameters, madeBy } from "./members.ts";
import { isFromLibrary, skipOuter } from "./resolve.ts";
import { oneAbsence } from "./absence.ts";
import { report, type Body, type Entry, type Lowering } from "./state.ts";
import { readText } from "./texts.ts";
import { classKey, keyOfType } from "./type-names.ts";

const typedArrays = new Set<string>([
  "Float64Array",
  "Float32Array",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
]);

export function isTypedArrayName(name: string): name is TypedArrayName {
  return typedArrays.has(name);
}

export interface Refused {
  readonly kind: "refused";
  readonly hint: string;
  readonly any?: boolean;
  /** A private field, which is what has to be written otherwise, wherever objects of its class are met. */
  readonly field?: ts.PrivateIdentifier;
}

/**
 * How the type came about: written by the user, where `int` counts and literals are choices that have no
 * derivative; taken from the context, where `int` counts; or inferred.
 */
export type Source = "written" | "context" | "inferred";

/** The IR type, or why there is none. `inside`: the object types that it is part of. */
export function readType(
  all: Lowering,
  type: ts.Type,
  source: Source,
  inside: readonly ts.Type[] = [],
): Type | Refused {
  const meaning = meaningOf(all, type);
  if (meaning)
    return readType({ ...all, types: meaning.types }, meaning.type, meaning.isWritten ? source : "inferred", inside);
  if (type.flags & ts.TypeFlags.Index && keysMeant(all, type)) return stringType;
  const present = presentParameter(all, type);
  if (present) {
    const read = readType(all, present, source, inside);
    return isRefused(read) ? read : presentType(read);
  }
  if (type.flags & ts.TypeFlags.IndexedAccess) return readAccess(all, type as ts.IndexedAccessType, source, inside);
  if (type.flags & ts.TypeFlags.Any) return { kind: "refused", hint: "", any: true };
  if (isInt(type)) return source === "inferred" ? numberType : intType;
  const text = readText(all, type);
  if (text) return text;
  if (type.isUnion()) return readUnion(all, type, source, inside);
  if (source === "written" && type.flags & (ts.TypeFlags.NumberLiteral | ts.TypeFlags.EnumLike))
    return choiceType(type);
  if (type.flags & ts.TypeFlags.NumberLike) return numberType;
  if (type.flags & ts.TypeFlags.BooleanLike) return { kind: "boolean" };
  if (type.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined | ts.TypeFlags.Never)) return voidType;
  if (type.flags & ts.TypeFlags.Null) return nullValue.type;
  return readObject(all, type, source, inside);
}

/** T of `NonNullable<T>`, which is `T & {}`, where it is known what T stands for. */
function presentParameter(all: Lowering, type: ts.Type): ts.Type | undefined {
  if (!type.isIntersection() || type.types.length !== 2) return undefined;
  const own = type.types.find((part) => meaningOf(all, part));
  const isEmpty = type.types.some((part) => part.flags & ts.TypeFlags.Object && part.getProperties().length === 0);
  return isEmpty ? own : undefined;
}

/** `T[K]`: what the fields that K may name hold, if they all hold the same. */
function readAccess(
  all: Lowering,
  { objectType, indexType }: ts.IndexedAccessType,
  source: Source,
  inside: readonly ts.Type[],
): Type | Refused {
  const owner = meant(all, objectType);
  const { type: key } = meant(all, indexType);
  const held = (key.isUnion() ? key.types : [key]).map((each): Type | Refused => {
    const field = each.isStringLiteral() ? owner.type.getProperty(each.value) : undefined;
    const element =
      each.flags & ts.TypeFlags.NumberLike
        ? all.checker.getIndexTypeOfType(owner.type, ts.IndexKind.Number)
        : undefined;
    const own = field ? all.checker.getTypeOfSymbol(field) : element;
    return own ? readType(owner.all, own, source, inside) : no("Write the type that is meant.");
  });
  const [first = no(""), ...others] = held;
  const refused = held.find(isRefused);
  if (refused || isRefused(first)) return refused ?? first;
  const isOne = others.every((other) => !isRefused(other) && sameType(other, first));
  return isOne ? first : no("The fields that the key may name hold several types: write one function for each.");
}

export const isRefused = (type: Type | Refused): type is Refused => type.kind === "refused";

/** One of a few numbers that the user wrote down: never differentiable. */
function choiceType(type: ts.Type): Type | Refused {
  if (type.isNumberLiteral() && !Number.isSafeInteger(type.value))
    return no("Write number, or use whole numbers for choices.");
  return intType;
}

function readUnion(all: Lowering, type: ts.UnionType, source: Source, inside: readonly ts.Type[]): Type | Refused {
  const hasAny = (flags: ts.TypeFlags): boolean => type.types.some((part) => part.flags & flags);
  const [hasNull, hasUndefined] = [hasAny(ts.TypeFlags.Null), hasAny(ts.TypeFlags.Undefined | ts.TypeFlags.Void)];
  const isWhole = !hasNull && !hasUndefined;
  const absence = hasNull ? (hasUndefined ? "either" : "null") : "undefined";
  if (absence === "either" && source === "written") return no(oneAbsence);
  const text = isWhole ? undefined : readText(all, all.checker.getNonNullableType(type));
  if (text) return maybe(text, absence);
  const parts = type.types.filter((part) => !(part.flags & absentFlags));
  const read: Type[] = [];
  for (const part of parts) {
    const inner = readType(all, part, source, inside);
    if (isRefused(inner)) return inner;
    if (isMember(inner) || !read.some((other) => sameType(other, inner))) read.push(inner);
  }
  const [only, second] = read;
  if (!only) return hasNull ? maybe(voidType, absence) : voidType;
  if (!second) return isWhole ? only : maybe(asData(only), absence);
  if (!read.every(isMember)) return no("Use one type instead of a union, or write one function for each.");
  const union = unionOf(read);
  if (isRefused(union)) return union;
  // Without undefined, a union that has a name is called by it again.
  const name = keyOfType(all, isWhole ? type : all.checker.getNonNullableType(type));
  const record = name === undefined ? union : named(union, name);
  return isWhole ? record : maybe(record, absence);
}

const absentFlags = ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Null;

function readObject(all: Lowering, type: ts.Type, source: Source, inside: readonly ts.Type[]): Type | Refused {
  const name = type.symbol?.name;
  if (all.checker.isTupleType(type)) return readTuple(all, type as ts.TypeReference, source);
  if (all.checker.isArrayType(type)) {
    const [element] = all.checker.getTypeArguments(type as ts.TypeReference);
    if (element && element.flags & ts.TypeFlags.Never)
      return no("Write the type of the elements, as in `[] as number[]`, or of the variable or result.");
    const inner = element ? readType(all, element, source, inside) : no("");
    if (isRefused(inner)) return inner;
    return name === "ReadonlyArray" ? readOnlyList(asData(inner)) : { kind: "list", element: asData(inner) };
  }
  if (name !== undefined && isTypedArrayName(name) && isFromLibrary(type.symbol)) return { kind: "typed", name };
  if (isTensorType(type)) return { kind: "tensor" };
  // The type `this` of a method that gives back its own object.
  if (type.isTypeParameter() && type.symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))
    return readType(all, all.checker.getDeclaredTypeOfSymbol(type.symbol), source, inside);
  if (type.flags & ts.TypeFlags.TypeParameter)
    return no("Write the type that the function is called with, such as number.");
  if (type.getCallSignatures().length > 0)
    return no(
      "A function is no data: annotate one that calls this with the function that is meant, by its name or written out.",
    );
  if (type.flags & ts.TypeFlags.BigIntLike) return no("Use number.");
  if (isPlainObject(type)) return readRecord(all, type, inside);
  if (name !== undefined && isKeeper(name) && isFromLibrary(type.symbol))
    return readKeeper(all, type as ts.TypeReference, name);
  if (type.isClass() && isFromLibrary(type.symbol))
    return no("It is a class without a source: write an interface with the fields that are needed, or pass them.");
  return no("Use numbers, booleans, typed arrays, arrays, and objects and tuples of them.");
}

/** A Map or Set of plain values. */
function readKeeper(all: Lowering, type: ts.TypeReference, symbol: string): Type | Refused {
  const name = symbol.replace("Readonly", "");
  if (name !== "Map" && name !== "Set")
    return no(`Look up outside what the function needs of the ${name}, and pass it in numbers, arrays or objects.`);
  const [key, value] = all.checker.getTypeArguments(type).map((part) => readType(all, part, "inferred"));
  const refused = [key, value].find((part) => part && isRefused(part) && part.any);
  if (refused) return no(`Write what it holds, as in new ${name}<string${name === "Map" ? ", number" : ""}>().`);
  if (!key || isRefused(key) || (value && isRefused(value)) || ![key, value ?? key].every(isPlainType))
    return no(
      "It may hold numbers, texts and booleans: keep arrays and objects in an array, and here their places in it.",
    );
  const readOnly = symbol === name ? {} : { readOnly: true as const };
  return { kind: "keeper", name, key, ...(value ? { value } : {}), ...readOnly };
}

/** A number, text or truth value: a value without memory of its own. */
export const isPlainType = ({ kind }: Type): boolean =>
  kind === "number" || kind === "int" || kind === "string" || kind === "boolean";

/** Collections of the platform in which tsgrad does not follow what is kept. */
export const isKeeper = (name: string): boolean => keepers.has(name);
const keepers = new Set("Map Set WeakMap WeakSet WeakRef ReadonlyMap ReadonlySet".split(" "));

/** An object type or a class of the user's, also one made of such: `A & B`, `Readonly<A>`, `Record<"a" | "b", number>`. */
function isPlainObject(type: ts.Type): boolean {
  if (type.isIntersection()) return type.types.every(isPlainObject);
  if (!(type.flags & ts.TypeFlags.Object)) return false;
  if ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Mapped) return true;
  const { symbol } = type as { readonly symbol?: ts.Symbol };
  return symbol === undefined ? isOfPattern(type) : !isFromLibrary(symbol);
}

/** What only a pattern says of an object, as in `({ a = 0 } = {}) => …`, is a type without a symbol. */
const isOfPattern = (type: ts.Type): boolean =>
  (type as { readonly symbol?: ts.Symbol }).symbol === undefined &&
  ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Anonymous) !== 0;

/** Whether the user wrote the type of a field, or its value. */
function sourceOf(property: ts.Symbol): Source {
  const isValue = (node: ts.Node): boolean =>
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ((ts.isPropertyDeclaration(node) || ts.isParameter(node)) && !node.type);
  return property.declarations?.some(isValue) === true ? "context" : "written";
}

/** `Record<K, number>`, where K means a few names; undefined of all else. */
function readKeyed(all: Lowering, type: ts.Type, inside: readonly ts.Type[]): Type | Refused | undefined {
  const [key, held] = (type.aliasSymbol?.name === "Record" && type.aliasTypeArguments) || [];
  const keys = key && keysMeant(all, key);
  if (!keys || !held) return undefined;
  const own = readType(all, held, "written", [...inside, type]);
  if (isRefused(own)) return own;
  const names = keys.map((each) => (each.isStringLiteral() || each.isNumberLiteral() ? String(each.value) : undefined));
  if (names.includes(undefined)) return undefined;
  return { kind: "record", fields: names.flatMap((name) => name ?? []).map((name) => ({ name, type: asData(own) })) };
}

/** An object: its fields, without methods and accessors. */
function readRecord(all: Lowering, type: ts.Type, inside: readonly ts.Type[]): Type | Refused {
  if (inside.includes(type)) return no("Structures that contain themselves are not in the language: use indices.");
  const keyed = readKeyed(all, type, inside);
  if (keyed) return keyed;
  if (all.checker.getIndexInfosOfType(type).length > 0)
    return no(
      'Use an object with a fixed set of fields, such as Record<"a" | "b", number>, or for values without a derivative a Map<string, number>.',
    );
  const owner = classOf((type as { readonly symbol?: ts.Symbol }).symbol);
  const fields: Field[] = [];
  let isWhole = true;
  for (const property of type.getProperties()) {
    if (property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) {
      isWhole = false;
      continue;
    }
    // In an object literal it would set the prototype.
    if (property.name === "__proto__") return no("Give the field __proto__ another name.");
    const declaration = property.valueDeclaration;
    if (declaration && ts.isPropertyDeclaration(declaration) && ts.isPrivateIdentifier(declaration.name))
      return { ...no(unreadable(declaration.name.text)), field: declaration.name };
    const hidden = declaration && isHiddenMember(declaration) ? { hidden: true as const } : {};
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const own = all.checker.getTypeOfSymbol(property);
    const read = readType(all, own, isOfPattern(type) ? "inferred" : sourceOf(property), [...inside, type]);
    if (isRefused(read))
      return {
        ...read,
        hint: isArrowField(declaration) ? byMethod(property.name) : aboutField(read.hint, property.name),
      };
    if (optional && absenceOf(read) === "null") return no(aboutField(oneAbsence, property.name));
    const values = literalsOf(own);
    fields.push({
      name: property.name,
      type: optional ? maybe(asData(read)) : asData(read),
      ...(optional ? { optional } : {}),
      ...(values ? { values } : {}),
      ...hidden,
      ...(isReadOnlyField(property) ? { readOnly: true } : {}),
    });
  }
  const record: RecordType = { kind: "record", fields, ...(owner ? instanceOf(all, owner, fields) : {}) };
  if (!isWhole || fields.some((field) => field.hidden)) markPartial(record);
  const name = isWhole && !owner ? keyOfType(all, type) : undefined;
  return name === undefined ? record : named(record, name);
}

const isArrowField = (node: ts.Declaration | undefined): boolean =>
  node !== undefined &&
  ts.isPropertyDeclaration(node) &&
  node.initializer !== undefined &&
  ts.isArrowFunction(node.initializer);

/** What to write for a field of a class that holds a function, where objects of the class are data. */
const byMethod = (name: string): string =>
  `Write a method in place of the function in the field ${name}: ${name}(x) { … } for ${name} = (x) => { … }.`;

/** A hint says of one field that it is about it. */
const aboutField = (hint: string, name: string): string =>
  hint.includes("It is about the field") ? hint : `${hint} It is about the field ${name}.`.trim();

/** Declared so, or by a type such as `Readonly<…>`, whose properties TypeScript marks. */
export function isReadOnlyField(property: ts.Symbol): boolean {
  const { links } = property as { readonly links?: { readonly checkFlags?: number } };
  const isDeclared = property.declarations?.some(
    (each) => (ts.getCombinedModifierFlags(each) & ts.ModifierFlags.Readonly) !== 0,
  );
  return ((links?.checkFlags ?? 0) & readonlyCheckFlag) !== 0 || isDeclared === true;
}

/** `CheckFlags.Readonly`, which TypeScript keeps to itself. */
const readonlyCheckFlag = 8;

/** The literals that a value may be, but for both truth values; undefined where it may be anything. */
function literalsOf(type: ts.Type): (string | number | boolean)[] | undefined {
  const parts = type.isUnion() ? type.types : [type];
  const values = parts.map((part) => {
    if (part.isStringLiteral() || part.isNumberLiteral()) return part.value;
    return part.flags & ts.TypeFlags.BooleanLiteral && parts.length === 1
      ? (part as { readonly intrinsicName?: string }).intrinsicName === "true"
      : undefined;
  });
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

export const unreadable = (name: string): string =>
  `Generated code cannot read ${name}: declare the field with the word private.`;

/** What generated code needs to know of a class in order to name it and to make instances. */
function instanceOf(
  all: Lowering,
  owner: ts.ClassDeclaration,
  fields: readonly Field[],
): Pick<RecordType, "className" | "made" | "unnamed"> {
  const className = owner.typeParameters ? undefined : classKey(all, owner);
  noteClass(all, className ?? owner.name?.text ?? "default", owner);
  if (className === undefined) return { unnamed: shownName(owner) };
  if (!isMakeable(all.checker, owner)) return { className };
  const kept = keptParameters(all.checker, owner);
  const isWhole = kept?.length === fields.length && fields.every((field) => kept.includes(field.name));
  return { className, made: isWhole ? kept : "fields" };
}

/** `Box<T>` */
function shownName({ name, typeParameters }: ts.ClassDeclaration): string {
  const parameters = typeParameters?.map((parameter) => parameter.name.text).join(", ");
  return `${name?.text ?? "default"}${parameters === undefined ? "" : `<${parameters}>`}`;
}

/** A tuple that is kept in memory, in an array or an object, is an object itself. */
export function asData(type: Type): Type {
  if (type.kind === "maybe") return { ...type, type: asData(type.type) };
  if (type.kind !== "tuple") return type;
  const record: RecordType = {
    kind: "record",
    isTuple: true,
    fields: type.items.map((item, i) => ({ name: String(i), type: asData(item) })),
  };
  return isReadOnly(type) ? asReadOnly(record) : record;
}

const no = (hint: string): Refused => ({ kind: "refused", hint });

/** A tuple. One of any length, as `[number, ...number[]]`, is a list of what all its items are. */
function readTuple(all: Lowering, type: ts.TypeReference, source: Source): Type | Refused {
  const target = type.target as ts.TupleType;
  // What runs over the items would have to know how many there are.
  if (target.elementFlags.some((flags) => flags & ts.ElementFlags.Optional))
    return no("Its length varies: write an object with an optional field, or number | undefined for the item.");
  const items: Type[] = [];
  for (const argument of all.checker.getTypeArguments(type)) {
    const item = readFunction(all, argument, source) ?? readType(all, argument, source);
    if (isRefused(item)) return item;
    items.push(item);
  }
  if (target.combinedFlags & ts.ElementFlags.Variable) {
    const [first, ...others] = items.map(asData);
    if (first === undefined || !others.every((item) => sameType(item, first)))
      return no("Write a tuple of a fixed length, or an array.");
    return target.readonly ? readOnlyList(first) : { kind: "list", element: first };
  }
  if (target.readonly && isRagged(items)) return { kind: "tuple", items: items.map(() => readOnlyList(numberType)) };

  const named = labelsOf(type).filter((label) => label !== undefined);
  const tuple: Type = {
    kind: "tuple",
    items,
    ...(named.length === items.length && items.length > 0 ? { labels: named } : {}),
  };
  return target.readonly ? asReadOnly(tuple) : tuple;
}

/** The names that a tuple's type has for its items. */
export const labelsOf = (type: ts.TypeReference): readonly (string | undefined)[] =>
  (type.target as ts.TupleType).labeledElementDeclarations?.map((label) =>
    label && ts.isIdentifier(label.name) ? label.name.text : undefined,
  ) ?? [];

/** Rows of numbers of different lengths, as in a Butcher tableau: as arrays they have one type. */
function isRagged(items: readonly Type[]): boolean {
  const rows = items.filter((item) => item.kind === "tuple");
  return (
    rows.length === items.length &&
    rows.every((row) => row.items.every(({ kind }) => kind === "number")) &&
    new Set(rows.map((row) => row.items.length)).size > 1
  );
}

/** A function among results: a pullback. Anywhere else functions are no values. */
export function readFunction(all: Lowering, type: ts.Type, source: Source): Type | undefined {
  const [signature, second] = type.getCallSignatures();
  if (!signature || second || signature.typeParameters) return undefined;
  const params: Param[] = [];
  for (const parameter of signature.parameters) {
    const read = readType(all, all.checker.getTypeOfSymbol(parameter), source);
    if (isRefused(read)) return undefined;
    params.push({ name: parameter.name, type: read });
  }
  const result = readType(all, signature.getReturnType(), source);
  return isRefused(result) ? undefined : { kind: "function", params, result };
}

/** Whether a value of the type is a function, or an object or an array with functions in it. */
export function holdsFunctions(all: Lowering, type: ts.Type): boolean {
  return hasFunctions(all, type, 3);
}

/** Whether an expression gives functions, or is an object without those that its place has room for, as options are. */
export function givesFunctions({ all, checker }: Body, node: ts.Expression): boolean {
  if (holdsFunctions(all, checker.getTypeAtLocation(node))) return true;
  const inner = skipOuter(node);
  const wanted = ts.isObjectLiteralExpression(inner) ? checker.getContextualType(inner) : undefined;
  return wanted !== undefined && holdsFunctions(all, wanted);
}

const isGetterOfLiteral = ({ declarations }: ts.Symbol): boolean =>
  declarations?.some((each) => ts.isGetAccessorDeclaration(each) && ts.isObjectLiteralExpression(each.parent)) ?? false;

/** Whether a type is a tuple with values beside functions, as what a hand-written pullback rule gives. */
export function isPairOfBoth(all: Lowering, type: ts.Type): boolean {
  const { type: known } = meant(all, type);
  if (!all.checker.isTupleType(known)) return false;
  const items = all.checker.getTypeArguments(known as ts.TypeReference);
  const functions = items.filter((item) => holdsFunctions(all, item));
  return functions.length > 0 && functions.length < items.length;
}

function hasFunctions(all: Lowering, type: ts.Type, depth: number): boolean {
  const { type: known } = meant(all, type);
  const parts = known.isUnion() ? known.types : [known];
  return parts.some((part) => {
    if (part.getCallSignatures().length > 0) return true;
    if (depth === 0) return false;
    if (all.checker.isArrayType(part) || all.checker.isTupleType(part)) {
      const elements = all.checker.getTypeArguments(part as ts.TypeReference);
      return elements.some((element) => hasFunctions(all, element, depth - 1));
    }
    if (!(part.flags & ts.TypeFlags.Object)) return false;
    const { symbol } = part as { readonly symbol?: ts.Symbol };
    const isMapped = ((part as ts.ObjectType).objectFlags & ts.ObjectFlags.Mapped) !== 0;
    if (!isMapped && (!symbol || isFromLibrary(symbol))) return false;
    const isClass = !isMapped && symbol !== undefined && (symbol.flags & ts.SymbolFlags.Class) !== 0;
    // The methods of a class are no values.
    const own = part.getProperties().filter((property) => !isClass || (property.flags & ts.SymbolFlags.Property) !== 0);
    if (own.some(isGetterOfLiteral)) return true;
    const fields = own.map((property) => all.checker.getTypeOfSymbol(property));
    const byKey = all.checker.getIndexInfosOfType(part).map((info) => info.type);
    return [...fields, ...byKey].some((field) => hasFunctions(all, field, depth - 1));
  });
}

/**
 * Whether a function takes functions, or objects of which only the call tells the methods, or what is never there
 * (`assertNever(shape)`), or gives a function: it is lowered where it is called, with what it is given.
 */
export function takesFunctions(all: Lowering, node: ts.SignatureDeclaration): boolean {
  const signature = all.checker.getSignatureFromDeclaration(node);
  if (!signature) return false;
  const types = [
    ...signature.parameters.map((parameter) => all.checker.getTypeOfSymbol(parameter)),
    signature.getReturnType(),
  ];
  const isNever = (type: ts.Type): boolean => (type.flags & ts.TypeFlags.Never) !== 0;
  return (
    types.some((type) => holdsFunctions(all, type)) ||
    (leavesInstanceOpen(all, signature.getReturnType()) && madeBy(node) !== undefined) ||
    types.slice(0, -1).some((type) => isNever(type) || leavesClassOpen(all, type))
  );
}

/** Whether objects of a type, or the elements of such arrays, are of a class that only where they come from tells. */
export function leavesClassOpen(all: Lowering, type: ts.Type): boolean {
  if (all.checker.isArrayType(type))
    return all.checker
      .getTypeArguments(type as ts.TypeReference)
      .some((element) => !all.checker.isArrayType(element) && leavesClassOpen(all, element));
  const { symbol } = type as { readonly symbol?: ts.Symbol };
  const owner = classOf(symbol);
  if (owner) return hasModifier(owner, ts.SyntaxKind.AbstractKeyword) || isOverridden(all, owner);
  if (symbol === undefined || isFromLibrary(symbol)) return false;
  const isInterface = (symbol.flags & ts.SymbolFlags.Interface) !== 0;
  const hasMethods = type.getProperties().some((property) => (property.flags & ts.SymbolFlags.Method) !== 0);
  if (isInterface && hasMethods) return true;
  return (isInterface || (symbol.flags & ts.SymbolFlags.TypeLiteral) !== 0) && isComputedSomewhere(all, type, symbol);
}

/** The same of what a function returns, where that may also be one of several classes with methods. */
export function leavesInstanceOpen(all: Lowering, type: ts.Type): boolean {
  if (!type.isUnion()) return !all.checker.isArrayType(type) && leavesClassOpen(all, type);
  return type.types.every((part) => {
    const owner = classOf((part as { readonly symbol?: ts.Symbol }).symbol);
    return (
      owner?.members.some((member) => ts.isMethodDeclaration(member) || ts.isGetAccessorDeclaration(member)) === true
    );
  });
}

/**
 * Whether a function takes what may have any type, or has overloads that take or give different types: it is lowered for
 * the types that a call has.
 */
export function isMixed(all: Lowering, node: ts.SignatureDeclaration): boolean {
  const takesAnything = realParameters(node).some(
    ({ type }) => type !== undefined && type.kind === ts.SyntaxKind.UnknownKeyword,
  );
  if (takesAnything) return true;
  const symbol = node.name && all.checker.getSymbolAtLocation(node.name);
  if ((symbol?.declarations?.filter(ts.isFunctionLike).length ?? 0) < 2) return false;
  const signature = all.checker.getSignatureFromDeclaration(node);
  if (!signature) return false;
  const types = [
    ...signature.parameters.map((parameter) => all.checker.getTypeOfSymbol(parameter)),
    signature.getReturnType(),
  ];
  return types.some((type) => isRefused(readType(all, type, "written")));
}

/** The type in the IR; a type that is not in the language is reported at `node`, which is called `what`. */
export function typeFor(
  all: Lowering,
  entry: Entry | undefined,
  type: ts.Type,
  options: { readonly node: ts.Node; readonly what: string; readonly source: Source },
): Type | undefined {
  const read = readType(all, type, options.source);
  if (!isRefused(read)) return read;
  const { field } = read;
  if (read.any) report(all, entry, options.node, "TG1003", options.what);
  else if (field)
    report(all, entry, field, "TG1002", `An object with ${field.text}`, shownType(all.checker, type), read.hint);
  else report(all, entry, options.node, "TG1002", options.what, shownType(all.checker, type), read.hint);
  return undefined;
}

/** The type that a type annotation means; `int` counts here. */
export function writtenType(
  all: Lowering,
  entry: Entry | undefined,
  node: ts.TypeNode,
  what: string,
): Type | undefined {
  return typeFor(all, entry, all.checker.getTypeFromTypeNode(node), { node, what, source: "written" });
}

/** The type of either of two values. */
export function joined(a: Type, b: Type): Type {
  if (a.kind === "void") return b.kind === "void" ? a : maybe(asData(b));
  if (b.kind === "void") return maybe(asData(a));
  if (a.kind === "string" && b.kind === "string") return joinedTexts(a, b);
  if (sameType(a, b) && !holdsOthers(a, b)) return a;
  if (a.kind === "maybe" || b.kind === "maybe") return joinedAbsent(a, b);
  if (a.kind === "int" && b.kind === "number") return numberType;
  if (a.kind === "list" && b.kind === "list") return { kind: "list", element: joined(a.element, b.element) };
  if (a.kind === "record" && b.kind === "record" && a.isTuple === b.isTuple) return joinedRecords(a, b);
  // A tuple beside one in memory is in memory too.
  return a.kind === "tuple" && b.kind === "record" && b.isTuple === true ? b : a;
}

/** The type of either of two values of which one may be absent. */
function joinedAbsent(a: Type, b: Type): Type {
  const [own, other] = [presentType(a), presentType(b)];
  const present = own.kind === "void" ? asData(other) : other.kind === "void" ? asData(own) : joined(own, other);
  return withAbsences(present, [a, b].map(absenceOf));
}

/** Whether types with the same fields are of several classes, or told apart by a tag: TypeScript takes none for the other. */
function holdsOthers(a: Type, b: Type): boolean {
  if (a.kind === "maybe" && b.kind === "maybe") return holdsOthers(a.type, b.type);
  if (a.kind === "list" && b.kind === "list") return holdsOthers(a.element, b.element);
  return a.kind === "record" && b.kind === "record" && a.isTuple !== true && areApart(a, b);
}

function areApart(a: RecordType, b: RecordType): boolean {
  const hasOther = ({ name, values }: Field): boolean =>
    b.fields.some((other) => other.name === name && JSON.stringify(other.values) !== JSON.stringify(values));
  return a.className !== b.className || a.fields.some(hasOther);
}

/** Of object literals with other types of fields: what either may have. */
function joinedRecords(a: RecordType, b: RecordType): Type {
  if (a.isTuple !== true && areApart(a, b)) {
    const union = unionOf([a, b]);
    if (!isRefused(union)) return union;
  }
  if (isOneOf(a, b)) return b;
  if (isOneOf(b, a)) return a;
  const names = new Set([...a.fields, ...b.fields].map((field) => field.name));
  const fields = [...names].map((name): Field => {
    const [x, y] = [a, b].map((record) => record.fields.find((field) => field.name === name));
    if (x && y) {
      const optional = x.optional ?? y.optional;
      return { name, type: joined(x.type, y.type), ...(optional ? { optional } : {}) };
    }
    return { name, type: maybe((x ?? y)!.type), optional: true };
  });
  return { kind: "record", fields, ...(a.isTuple ? { isTuple: true } : {}) };
}
