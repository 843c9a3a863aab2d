/**
 * `Object.keys(p)`, `Object.values(p)`, `Object.entries(p)` and `for (const k in p)` of objects with a fixed set of fields.
 * In which order an object has its fields shows as the program runs, and sums depend on it: the names are asked for there.
 */
import { ts } from "ts-morph";
import {
  countedLoop,
  at,
  compare,
  fieldAt,
  intType,
  isNumeric,
  lengthOf,
  numberType,
  sameType,
  stringType,
} from "../../ir/build.ts";
import { keeperKey } from "../../ir/keepers.ts";
import { presentType } from "../../ir/presence.ts";
import type { Expr, RecordType, Type, Var } from "../../ir/types.ts";
import { emitCall } from "./emitted-calls.ts";
import { breakable, loopBody } from "./exits.ts";
import { chosenByTests } from "./records.ts";
import { isGlobal, moduleSymbolOf, skipOuter } from "./resolve.ts";
import { broken, emit, freshName, inBlock, refuse, shortText, type Body, type Use } from "./state.ts";
import { textOfMember } from "./texts.ts";
import { asData } from "./types.ts";
import { arrayOperand, asArray, asOperand, claim, fitTo, value } from "./values.ts";
import { declareName } from "./variables.ts";

type Parts = "keys" | "values" | "entries";

const namesType: Type = { kind: "list", element: stringType };

/** Undefined for any other call. */
export function partsOfObject(body: Body, node: ts.CallExpression, use: Use): Expr | undefined {
  const callee = skipOuter(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || !isGlobal(body.checker, callee.expression, "Object")) return undefined;
  const parts = callee.name.text;
  const [given] = node.arguments;
  if ((parts !== "keys" && parts !== "values" && parts !== "entries") || !given || ts.isSpreadElement(given))
    return undefined;
  const ofEnum = partsOfEnum(body, node, parts, given);
  if (ofEnum) return ofEnum;
  const record = asArray(body, value(body, given, "object"));
  if (record === broken) return broken;
  const { type } = record;
  if (type.kind !== "record" || type.isTuple) return ofArray(body, node, parts, record);
  if (isOpen(body, given, type)) return refuse(body, node, "TG1001", shortText(node), withFunctions);
  if (parts === "keys") return namesIn(body, node, record, type, use);
  const element = valueType(type);
  if (!element) return refuse(body, node, "TG1001", shortText(node), ofSeveralTypes(given, type));
  const names = namesIn(body, node, record, type, undefined);
  const entry: Type = { kind: "tuple", items: [stringType, element] };
  const item = parts === "values" ? element : asData(entry);
  const list = claim(body, use, parts, { kind: "items", items: [], type: { kind: "list", element: item } });
  const index: Var = { kind: "var", name: freshName(body, "k"), type: intType };
  const inner = inBlock(body, () => {
    const name = at(names, index);
    const part = fieldNamed(record, type, name, element);
    const made: Expr = { kind: "tuple", items: [name, part], type: entry };
    emit(body, {
      kind: "append",
      array: list,
      value: parts === "values" ? part : asOperand(body, fitTo(body, made, item)),
    });
  });
  emit(body, countedLoop(index.name, lengthOf(names), inner));
  return list;
}

/** `Object.values(Material)`: the members of an enum of texts, in their order; undefined of all else. */
function partsOfEnum(body: Body, node: ts.CallExpression, parts: Parts, given: ts.Expression): Expr | undefined {
  const symbol = moduleSymbolOf(body.checker, given);
  const declared = symbol?.declarations?.filter(ts.isEnumDeclaration) ?? [];
  if (declared.length === 0) return undefined;
  const members = declared.flatMap((each) => [...each.members]);
  const items = members.map((member) => {
    const known = body.checker.getConstantValue(member);
    const { name } = member;
    return typeof known === "string" && (ts.isIdentifier(name) || ts.isStringLiteralLike(name))
      ? { name: literal(name.text), value: textOfMember(body.all, member.parent, known) }
      : undefined;
  });
  const listed = items.filter((item) => item !== undefined);
  const [first] = listed;
  if (!first || listed.length < items.length || parts === "entries") {
    const names = members.slice(0, 6).map((member) => `${given.getText()}.${member.name.getText()}`);
    return refuse(body, node, "TG1001", shortText(node), `List the members that are meant: [${names.join(", ")}].`);
  }
  const texts = listed.map((item) => (parts === "keys" ? item.name : item.value));
  const type: Type = { kind: "list", element: parts === "keys" ? stringType : first.value.type };
  return { kind: "items", items: texts, type };
}

const literal = (text: string): Expr => ({ kind: "literal", value: text, type: stringType });

/** `for (const k in p)` */
export function forInLoop(body: Body, node: ts.ForInStatement, label: string | undefined): void {
  const record = arrayOperand(body, node.expression);
  const { type } = record;
  const [declared] = ts.isVariableDeclarationList(node.initializer) ? node.initializer.declarations : [];
  const name = declared && ts.isIdentifier(declared.name) ? declared.name : undefined;
  const symbol = name && body.checker.getSymbolAtLocation(name);
  if (
    record === broken ||
    !name ||
    !symbol ||
    type.kind !== "record" ||
    type.isTuple ||
    isOpen(body, node.expression, type)
  ) {
    if (record !== broken)
      refuse(body, node, "TG1001", "for … in", !name ? inConstant : type.kind === "record" ? withFunctions : inArray);
    if (name) declareName(body, name, broken);
    return body.statement(node.statement);
  }
  const names = namesIn(body, node.expression, record, type, undefined);
  const index: Var = { kind: "var", name: freshName(body, `${name.text}Index`), type: intType };
  breakable(body, { kind: "loop", label }, (exit) => {
    const inner = loopBody(body, exit, () => {
      declareName(body, name, at(names, index));
      body.statement(node.statement);
    });
    emit(body, countedLoop(index.name, lengthOf(names), inner));
  });
}

const inConstant = "Write for (const key in p).";
const inArray = "Write for … of over an array: for (const x of xs), for (const i of xs.keys()).";
const withFunctions =
  'The object may hold functions, which are listed too: name the fields, as in for (const key of ["a", "b"] as const) … p[key].';

/** The names that the object has where this stands. */
function namesIn(body: Body, node: ts.Node, record: Expr, type: RecordType, use: Use): Expr {
  const known = type.fields.map(({ name }) => literal(name));
  const name: Use =
    use === undefined || use === "nothing"
      ? { kind: "name", name: freshName(body, "names"), as: "const", type: undefined, claimed: false }
      : use;
  return emitCall(
    body,
    node,
    { kind: "call", callee: keeperKey("namesOf") },
    [record, ...known],
    namesType,
    name,
    "names",
  );
}

/** The field of a name that is among those of the type. */
function fieldNamed(record: Expr, { fields }: RecordType, name: Expr, type: Type): Expr {
  const part = (field: string): Expr => ({ ...fieldAt(record, field), type });
  return chosenByTests(
    fields.slice(0, -1).map((field) => ({
      test: compare("eq", name, literal(field.name)),
      value: part(field.name),
    })),
    part(fields.at(-1)!.name),
    type,
  );
}

/** What all fields are that are there. */
function valueType({ fields }: RecordType): Type | undefined {
  const types = fields.map(({ type }) => presentType(type));
  const [first] = types;
  if (!first) return undefined;
  if (types.every((type) => sameType(type, first))) return first;
  return types.every(isNumeric) ? numberType : undefined;
}

/** Whether an object has, or may have, more to list than the fields that are data: functions. Methods of classes are not listed. */
function isOpen(body: Body, node: ts.Expression, { fields }: RecordType): boolean {
  const own = body.checker.getNonNullableType(body.checker.getTypeAtLocation(node));
  const isListed = ({ declarations }: ts.Symbol): boolean =>
    declarations?.some(
      ({ parent, kind }) =>
        !ts.isClassLike(parent) || kind === ts.SyntaxKind.PropertyDeclaration || kind === ts.SyntaxKind.Parameter,
    ) ?? true;
  return own
    .getProperties()
    .some((property) => isListed(property) && !fields.some(({ name }) => name === property.name));
}

function ofSeveralTypes(node: ts.Expression, { fields }: RecordType): string {
  const owner = ts.isIdentifier(skipOuter(node)) ? node.getText() : "p";
  const isPlain = (field: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(field);
  const named = fields
    .slice(0, 6)
    .map(({ name }) => (isPlain(name) ? `${owner}.${name}` : `${owner}[${JSON.stringify(name)}]`));
  if (fields.length === 0) return "Its type has no fields: give it one that names them.";
  return `Its fields are of several types, so read each by its name: ${named.join(", ")}.`;
}

/** What an array has under its places. */
function ofArray(body: Body, node: ts.CallExpression, parts: Parts, given: Expr): Expr {
  const { type } = given;
  if (type.kind === "list" || type.kind === "typed" || type.kind === "record" || given.kind === "tuple") {
    const of = shortText(node.arguments[0]!);
    const instead = parts === "values" ? `[...${of}]` : parts === "keys" ? `[...${of}.keys()]` : `${of}.entries()`;
    return refuse(body, node, "TG1001", shortText(node), `The names of its places are texts: write ${instead}.`);
  }
  return refuse(
    body,
    node,
    "TG1001",
    shortText(node),
    "Pass what is run through as an array, or name the fields of a type that has a fixed set of them.",
  );
}
