/** Objects: literals, reads of fields, and taking them apart. */
import { ts } from "ts-morph";
import { bool, compare, fieldAt, fieldName, fieldOf } from "../../ir/build.ts";
import type { Expr, Literal, RecordType } from "../../ir/types.ts";
import { readName } from "./names.ts";
import { operandsIn } from "./order.ts";
import { skipOuter } from "./resolve.ts";
import { absent, broken, refuse, shortText, type Body } from "./state.ts";
import { definite, isRefused, readType, typeFor } from "./types.ts";
import { arrayOperand, asOperand, fitTo, value } from "./values.ts";

/** The index of a field in `record["name"]` and `tuple[0]`; undefined where it is none. */
export function fieldIndex(record: Expr, index: Expr): Literal | undefined {
  const type = definite(record.type);
  if (type.kind !== "record" || index.kind !== "literal") return undefined;
  const name = fieldName(String(index.value));
  return fieldOf(type, name) ? name : undefined;
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
  const name = skipOuter(node.left);
  if (!ts.isStringLiteralLike(name)) return undefined;
  const record = arrayOperand(body, node.right);
  if (record === broken) return broken;
  if (record.type.kind !== "record" || record.type.className !== undefined) return undefined;
  const members = record.type.members ?? [record.type];
  const own = members.flatMap((member) => member.fields.filter((field) => field.name === name.text));
  if (own.some((field) => field.type.kind === "maybe" || field.type.kind === "void")) return undefined;
  if (own.length === 0 || own.length === members.length) return bool(own.length > 0);
  return compare("ne", fieldAt(record, name.text), absent);
}

/** The type of an object literal: what is wanted of it, where that says more than the literal itself. */
function literalType(body: Body, node: ts.ObjectLiteralExpression): RecordType | undefined {
  const contextual = body.checker.getContextualType(node);
  const wanted = contextual && readType(body.all, contextual, "context");
  if (wanted && !isRefused(wanted)) {
    const data = definite(wanted);
    if (data.kind === "record") return data;
  }
  const own = typeFor(body.all, body.entry, body.checker.getTypeAtLocation(node), {
    node,
    what: shortText(node),
    source: "inferred",
  });
  return own?.kind === "record" ? own : undefined;
}

/** `{ a, b: e, ...rest }`. Values are evaluated in the order of the text; a later one replaces an earlier one. */
export function objectLiteral(body: Body, node: ts.ObjectLiteralExpression): Expr {
  const type = literalType(body, node);
  if (!type) return broken;
  const order = operandsIn(body);
  const positions: number[] = [];
  const given = new Map<string, number>();
  const add = (lower: () => Expr): number => {
    const position = order.add(lower);
    positions.push(position);
    return position;
  };
  for (const { name, lower } of node.properties.map((property) => partOf(body, property))) {
    const made = add(lower);
    if (name !== undefined) given.set(name, made);
    // Each field as it is now: what comes after may change it.
    else
      for (const [field, part] of fieldsOf(order.get(made)))
        given.set(
          field,
          add(() => part),
        );
  }
  if (positions.some((position) => order.get(position) === broken)) return broken;
  const items = type.fields.map((field) => {
    const position = given.get(field.name);
    const item = position === undefined ? undefined : order.get(position);
    return item ? asOperand(body, fitTo(body, item, field.type), field.name) : absent;
  });
  return { kind: "items", items, type };
}

interface Part {
  /** Undefined for a spread. */
  readonly name: string | undefined;
  readonly lower: () => Expr;
}

function partOf(body: Body, property: ts.ObjectLiteralElementLike): Part {
  if (ts.isSpreadAssignment(property)) return { name: undefined, lower: () => spread(body, property) };
  const name = property.name && nameOf(property.name);
  if (name === undefined) {
    const hint = "Write the name of the field.";
    return { name: "", lower: () => refuse(body, property, "TG1001", "A computed name of a field", hint) };
  }
  if (ts.isPropertyAssignment(property)) return { name, lower: () => value(body, property.initializer, name) };
  if (ts.isShorthandPropertyAssignment(property)) return { name, lower: () => shorthand(body, property) };
  const kind = ts.isMethodDeclaration(property) ? "method" : ts.isGetAccessor(property) ? "getter" : "setter";
  const hint = kind === "method" ? "Write a function." : "Write a field, or a class with a getter.";
  return { name, lower: () => refuse(body, property, "TG1001", `The ${kind} ${name} in an object`, hint) };
}

export function nameOf(name: ts.PropertyName): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name) ? name.text : undefined;
}

function spread(body: Body, node: ts.SpreadAssignment): Expr {
  const record = arrayOperand(body, node.expression);
  if (record === broken || record.type.kind === "record") return record;
  return refuse(body, node, "TG1001", shortText(node), "Spread objects with known fields.");
}

/** The fields of an object as values, each as it is now. */
function fieldsOf(record: Expr): [string, Expr][] {
  if (record.type.kind !== "record") return [];
  return record.type.fields.map((field) => [field.name, fieldAt(record, field.name)]);
}

function shorthand(body: Body, node: ts.ShorthandPropertyAssignment): Expr {
  return readName(body, node.name, body.checker.getShorthandAssignmentValueSymbol(node));
}
