/** Objects: literals, reads of fields, and taking them apart. */
import { ts } from "ts-morph";
import {
  at,
  bool,
  booleanType,
  compare,
  fieldAt,
  fieldName,
  fieldOf,
  isNumeric,
  num,
  sameType,
  stringType,
} from "../../ir/build.ts";
import { maybe, presentType } from "../../ir/presence.ts";
import type { Expr, Field, Literal, RecordType, Stmt, Type } from "../../ir/types.ts";
import { computedName } from "./constants.ts";
import { isPresent, readName } from "./names.ts";
import { lowerInOrder } from "./order.ts";
import { skipOuter } from "./resolve.ts";
import { originOf } from "../positions.ts";
import { refuseLookalike } from "./lookalikes.ts";
import { absent, broken, emit, refuse, shortText, type Body } from "./state.ts";
import { arm, choose, coalesce, condition } from "./choices.ts";
import { isLogical } from "./operators.ts";
import { isRefused, readType, typeFor } from "./types.ts";
import { byRow, isMember, isRow, rowOf } from "./unions.ts";
import { arrayOperand, asArray, asOperand, fitTo, narrowed, steady, value } from "./values.ts";
import { keysMeant } from "./generics.ts";
import { contextOf } from "./wanted.ts";

/** The index of a field in `record["name"]` and `tuple[0]`; undefined where it is none. */
export function fieldIndex(record: Expr, index: Expr): Literal | undefined {
  const type = presentType(record.type);
  if (type.kind !== "record" || index.kind !== "literal") return undefined;
  const name = fieldName(String(index.value));
  return fieldOf(type, name) ? name : undefined;
}

/** The fields that a key may name, each with the test for it. */
export interface KeyedFields {
  readonly key: Expr;
  readonly fields: readonly { readonly name: Literal; readonly test: Expr }[];
  readonly type: Type;
}

/**
 * `record[key]` where the type of the key is one of a few names, and `tuple[i]`. Undefined where it is neither, or where
 * the fields are of several types.
 */
export function keyedFields(
  body: Body,
  node: ts.ElementAccessExpression,
  record: Expr,
  key: Expr,
): KeyedFields | undefined {
  if (record.type.kind !== "record") return undefined;
  const isPlace = isNumeric(key.type);
  if (record.type.isTuple && !(isPlace && isTakenAsThere(body, node))) return undefined;
  const names = record.type.isTuple ? record.type.fields.map((_, i) => i) : namesIn(body, node.argumentExpression);
  const types = names.map((name) => (name === undefined ? undefined : readField(record, String(name))?.type));
  const type = typeOfAll(types);
  if (!type) return undefined;
  const which = steady(body, key, "key");
  const fields = names.map((name) => {
    const literal: Expr = { kind: "literal", value: name, type: typeof name === "string" ? stringType : which.type };
    return { name: fieldName(String(name)), test: compare("eq", which, literal) };
  });
  return { key: which, fields, type };
}

/** The one type that fields have, or what objects of several have in common. */
function typeOfAll(types: readonly (Type | undefined)[]): Type | undefined {
  const [first] = types;
  if (!first || types.every((other) => other && sameType(other, first))) return first;
  const rows = types.filter((type) => type !== undefined && isMember(type));
  return rows.length === types.length ? rowOf(rows) : undefined;
}

/**
 * Whether the program takes it that an element is there: nothing asks whether what is read is undefined. What is behind
 * the end of a tuple is NaN then, as it is in arithmetic.
 */
export function isTakenAsThere(body: Body, node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isNonNullExpression(parent)) return true;
  if (ts.isParenthesizedExpression(parent)) return isTakenAsThere(body, parent);
  if (ts.isBinaryExpression(parent) && parent.left === node) {
    const { kind } = parent.operatorToken;
    if (kind === ts.SyntaxKind.QuestionQuestionToken) return false;
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment)
      return kind !== ts.SyntaxKind.QuestionQuestionEqualsToken;
  }
  const type = body.checker.getTypeAtLocation(node);
  return !(type.isUnion() ? type.types : [type]).some((part) => part.flags & ts.TypeFlags.Undefined);
}

/** The names that a key may be by its type. */
function namesIn(body: Body, key: ts.Expression): readonly (string | number | undefined)[] {
  const type = body.checker.getTypeAtLocation(key);
  const parts = keysMeant(body.all, type) ?? (type.isUnion() ? type.types : [type]);
  return parts.map((part) => (part.isStringLiteral() || part.isNumberLiteral() ? part.value : undefined));
}

/** What a key reads: each name is asked for. A key of another type reads what JavaScript does, or throws. */
export function fieldByKey(body: Body, node: ts.ElementAccessExpression, record: Expr, key: Expr): Expr | undefined {
  const keyed = keyedFields(body, node, record, key);
  return keyed && readByKey(body, node, record, keyed);
}

export function readByKey(body: Body, node: ts.Node, record: Expr, { key, fields, type }: KeyedFields): Expr {
  const other = type.kind === "number" ? num(NaN) : type.kind === "maybe" ? absent : undefined;
  if (other === undefined && fields.length > 1) {
    const none = fields
      .map(({ test }): Expr => (test.kind === "op" ? { ...test, op: "ne" } : test))
      .reduce((left, right): Expr => ({ kind: "logic", op: "&&", left, right, type: booleanType }));
    emit(body, { kind: "if", test: none, then: [noSuchField(body, node, key)], else: [] });
  }
  const part = (name: Literal): Expr => ({ ...at(record, name), type });
  const last = other ?? part(fields.at(-1)!.name);
  const asked = other === undefined ? fields.slice(0, -1) : fields;
  return chosenByTests(
    asked.map(({ name, test }) => ({ test, value: part(name) })),
    last,
    type,
  );
}

/** The first value whose test holds. */
export function chosenByTests(
  cases: readonly { readonly test: Expr; readonly value: Expr }[],
  other: Expr,
  type: Type,
): Expr {
  return cases.reduceRight((no, { test, value: yes }): Expr => ({ kind: "select", test, yes, no, type }), other);
}

/** Where a key is none of the names that its type has. */
export function noSuchField(body: Body, node: ts.Node, key: Expr): Stmt {
  const what = shortText(node).replaceAll(/[^\w.[\]]/g, "");
  const texts = ["new RangeError(`no ${", "} in " + what + "`)"];
  return { ...body.place, kind: "throw", value: { kind: "foreign", texts, args: [key], type: stringType } };
}

/** `record.name`; undefined if the owner is no object with that field. */
export function readField(record: Expr, name: string): Expr | undefined {
  return record.type.kind === "record" && fieldOf(record.type, fieldName(name)) ? fieldAt(record, name) : undefined;
}

/**
 * `"name" in record`: which objects of a union it is. A field that an object may lack or have as undefined does not
 * tell; undefined for those, and for what is no object.
 */
export function hasField(body: Body, node: ts.BinaryExpression): Expr | undefined {
  const name = nameAsked(body, skipOuter(node.left));
  if (name === undefined) return undefined;
  const record = arrayOperand(body, node.right);
  if (record === broken) return broken;
  if (record.type.kind !== "record" || record.type.className !== undefined) return undefined;
  if (isRow(record.type)) return refuse(body, node, "TG1001", shortText(node), byRow);
  const members = record.type.members ?? [record.type];
  const own = members.flatMap((member) => member.fields.filter((field) => field.name === name));
  if (own.some((field) => field.type.kind === "maybe" || field.type.kind === "void")) return undefined;
  if (own.length === 0 || own.length === members.length) return bool(own.length > 0);
  return compare("ne", fieldAt(record, name), absent);
}

/** A name that is written out, or the one whose turn it is in a loop over names. */
function nameAsked(body: Body, node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  const symbol = ts.isIdentifier(node) ? body.checker.getSymbolAtLocation(node) : undefined;
  const known = symbol && body.bindings.get(symbol);
  const value = known?.kind === "value" && known.value.kind === "literal" ? known.value.value : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The type of an object literal: what is wanted of it, where that says more than the literal itself. */
function literalType(body: Body, node: ts.ObjectLiteralExpression): RecordType | undefined {
  const wanted = wantedType(body, node);
  if (wanted && !isSpread(node)) return wanted;
  const own = typeFor(body.all, body.entry, body.checker.getTypeAtLocation(node), {
    node,
    what: shortText(node),
    source: "inferred",
  });
  if (own?.kind !== "record" || !wanted) return own?.kind === "record" ? own : undefined;
  // What is spread gives some of the fields that are wanted.
  return {
    kind: "record",
    fields: own.fields.map((field) => {
      const better = wanted.fields.find(({ name }) => name === field.name);
      return better
        ? {
            ...field,
            type:
              field.type.kind === "maybe"
                ? { ...field.type, type: presentType(better.type) }
                : presentType(better.type),
          }
        : field;
    }),
  };
}

function wantedType(body: Body, node: ts.ObjectLiteralExpression): RecordType | undefined {
  const contextual = contextOf(body, node);
  const wanted = contextual && readType(body.all, contextual, "context");
  if (!wanted || isRefused(wanted)) return undefined;
  const data = presentType(wanted);
  return data.kind === "record" ? data : undefined;
}

/** Whether a literal is, or may be, what another one spreads: `...(given ? { x } : {})`. */
function isSpread(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isSpreadAssignment(parent)) return true;
  const isPart =
    ts.isParenthesizedExpression(parent) ||
    (ts.isConditionalExpression(parent) && parent.condition !== node) ||
    (ts.isBinaryExpression(parent) && isLogical(parent.operatorToken.kind));
  return isPart && isSpread(parent);
}

/** `{ a, b: e, ...rest }`. Values are evaluated in the order of the text; a later one replaces an earlier one. */
export function objectLiteral(body: Body, node: ts.ObjectLiteralExpression): Expr {
  const type = literalType(body, node);
  if (!type || refuseLookalike(body, { kind: "record", fields: [] }, type, originOf(node))) return broken;
  const spreads: (readonly SpreadField[])[] = [];
  const parts = node.properties.map((property) => partOf(body, property, spreads));
  const lowered = lowerInOrder(
    body,
    parts.map((part) => part.lower),
  );
  if (lowered.includes(broken)) return broken;
  const given = new Map<string, Expr>();
  parts.forEach(({ name }, i) => {
    const made = lowered[i]!;
    if (name !== undefined) given.set(name, made);
    else if (made.kind === "tuple")
      spreads
        .shift()!
        .forEach((field, k) => given.set(field.name, over(body, given.get(field.name), field, made.items[k]!)));
  });
  const items = type.fields.map((field) => {
    const item = given.get(field.name);
    return item ? asOperand(body, fitTo(body, item, field.type), field.name) : absent;
  });
  const order =
    spreads.length === 0 && !parts.some(({ name }) => name === undefined) ? orderOf(type, given) : undefined;
  return { kind: "items", items, type, ...(order ? { order } : {}) };
}

/** In which order JavaScript lists what is written out; undefined where it is not known which fields there are. */
function orderOf({ fields }: RecordType, given: ReadonlyMap<string, Expr>): readonly string[] | undefined {
  const names = [...given.keys()];
  const isKnown = names.every((name) => {
    const field = fields.find((each) => each.name === name);
    const { kind } = given.get(name)!.type;
    return field && !(field.optional && (kind === "maybe" || kind === "void"));
  });
  if (!isKnown) return undefined;
  // Names that are whole numbers come first, in their order.
  const isPlace = (name: string): boolean => /^(?:0|[1-9]\d{0,9})$/.test(name);
  return [...names.filter(isPlace).sort((a, b) => Number(a) - Number(b)), ...names.filter((name) => !isPlace(name))];
}

interface Part {
  /** Undefined for a spread. */
  readonly name: string | undefined;
  readonly lower: () => Expr;
}

/** `spreads` takes the fields of what is spread, once that is lowered. */
function partOf(body: Body, property: ts.ObjectLiteralElementLike, spreads: (readonly SpreadField[])[]): Part {
  if (ts.isSpreadAssignment(property)) return { name: undefined, lower: () => spread(body, property, spreads) };
  const name = property.name && nameOf(body, property.name);
  if (name === undefined) {
    const hint = "Write the name of the field, or a member of an enum.";
    return { name: "", lower: () => refuse(body, property, "TG1001", "A computed name of a field", hint) };
  }
  if (ts.isPropertyAssignment(property)) return { name, lower: () => value(body, property.initializer, name) };
  if (ts.isShorthandPropertyAssignment(property)) return { name, lower: () => shorthand(body, property) };
  const kind = ts.isMethodDeclaration(property) ? "method" : ts.isGetAccessor(property) ? "getter" : "setter";
  const hint = kind === "method" ? "Write a function." : "Write a field, or a class with a getter.";
  return { name, lower: () => refuse(body, property, "TG1001", `The ${kind} ${name} in an object`, hint) };
}

export function nameOf({ all }: Body, name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  const computed = ts.isComputedPropertyName(name) ? computedName(all, name) : undefined;
  return computed === undefined ? undefined : String(computed);
}

/** A field of what is spread. */
interface SpreadField {
  readonly name: string;
  /** It may not be there, and then leaves what stands before it. */
  readonly mayBeMissing: boolean;
}

/** The fields of an object that is spread, each as it is now. Nothing is spread of undefined, or of `false && …`. */
function spread(body: Body, node: ts.SpreadAssignment, spreads: (readonly SpreadField[])[]): Expr {
  const operand = asArray(body, spreadOperand(body, skipOuter(node.expression)));
  if (operand === broken) return broken;
  const record = isPresent(body, node.expression) ? narrowed(operand) : operand;
  const type = presentType(record.type);
  if (type.kind !== "record" && type.kind !== "void")
    return refuse(body, node, "TG1001", shortText(node), "Spread objects with known fields.");
  const isThere = record.type.kind === "maybe" ? compare("ne", record, absent) : undefined;
  const own = type.kind === "record" ? fieldsShown(body, node.expression, type) : [];
  const present: Expr = { ...record, type };
  const items = own.map((field): Expr => {
    const whole = fieldAt(present, field.name);
    const part = field.type.kind === "maybe" ? whole : narrowed(whole);
    return isThere ? { kind: "select", test: isThere, yes: part, no: absent, type: maybe(part.type) } : part;
  });
  spreads.push(own.map(({ name, optional }) => ({ name, mayBeMissing: optional === true || isThere !== undefined })));
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) } };
}

/** The fields that an object of a union has where the program has told which one it is. */
function fieldsShown(body: Body, node: ts.Expression, type: RecordType): readonly Field[] {
  const shown = type.members && readType(body.all, body.checker.getTypeAtLocation(node), "context");
  if (!shown || isRefused(shown)) return type.fields;
  const told = presentType(shown);
  if (told.kind !== "record") return type.fields;
  return told.fields.filter(({ name }) => fieldOf(type, fieldName(name)));
}

/** What is spread; `given && { x }` gives nothing where the test does not hold. */
export function spreadOperand(body: Body, node: ts.Expression): Expr {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken)
    return value(body, node);
  const test = condition(body, node.left);
  const right = arm(body, () => spreadOperand(body, skipOuter(node.right)));
  return asOperand(body, choose(body, test, right, { block: [], value: absent }, undefined));
}

/** A field that is spread over what stands before it. */
function over(body: Body, before: Expr | undefined, { mayBeMissing }: SpreadField, part: Expr): Expr {
  return mayBeMissing && before ? coalesce(body, part, { block: [], value: before }, undefined) : part;
}

/** `{ x }` */
export function shorthand(body: Body, node: ts.ShorthandPropertyAssignment): Expr {
  return readName(body, node.name, body.checker.getShorthandAssignmentValueSymbol(node));
}
