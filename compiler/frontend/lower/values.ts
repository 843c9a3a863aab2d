/** Operands: expressions that may stand anywhere in the IR. */
import { nounOf } from "../../ir/tensor-ops.ts";
import { constantOf, isAllocation } from "../../ir/ask.ts";
import { ts } from "ts-morph";
import { at, fieldName, int, isReference, sameType } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { Expr, Type, Var } from "../../ir/types.ts";
import { hasOneAbsence } from "./absence.ts";
import { refuseLookalike } from "./lookalikes.ts";
import { broken, emit, hold, reportAt, type Binding, type Body, type Use } from "./state.ts";

/** Whether the expression may only be a whole right-hand side. */
export function isWholeOnly(expr: Expr): boolean {
  return isAllocation(expr) || (isReference(expr.type) && (expr.kind === "op" || expr.kind === "tap"));
}

/** The value of an expression as an operand: what may only be a whole right-hand side is held first. */
export function value(body: Body, node: ts.Expression, base?: string): Expr {
  return asOperand(body, body.rhs(node), base);
}

export function asOperand(body: Body, expr: Expr, base?: string): Expr {
  return isWholeOnly(expr) ? hold(body, base ?? baseName(expr), expr) : expr;
}

function baseName(expr: Expr): string {
  switch (expr.kind) {
    case "copy":
      return expr.array.kind === "var" ? `${expr.array.name}Copy` : "copy";
    case "view":
      return expr.array.kind === "var" ? `${expr.array.name}View` : "view";
    case "tensorOp":
      return nounOf(expr.op);
    default:
      return expr.type.kind === "list" ? "list" : "array";
  }
}

/** Puts a new array where it is wanted, if that is a declaration; else holds it. */
export function claim(body: Body, use: Use, base: string, made: Expr): Var {
  // A variable that is given something else later has no part in how this is made: that would be taken for a change of both.
  if (use === "nothing" || use?.kind !== "name" || use.as !== "const") return hold(body, base, made);
  use.claimed = true;
  const type = use.type ?? made.type;
  refuseLookalike(body, made.type, type);
  emit(body, { kind: "let", name: use.name, type, mutable: false, init: made });
  return { kind: "var", name: use.name, type };
}

/** The value of an expression as an array to index: a variable, a constant or an element of one. */
export function arrayOperand(body: Body, node: ts.Expression): Expr {
  return asArray(body, value(body, node));
}

export function asArray(body: Body, expr: Expr): Expr {
  if (
    expr === broken ||
    expr.kind === "var" ||
    expr.kind === "index" ||
    expr.kind === "constant" ||
    expr.kind === "tuple"
  )
    return expr;
  return hold(body, "array", expr);
}

/** The value, safe from whatever happens later. */
export function steady(body: Body, expr: Expr, base: string): Expr {
  return isSteady(body, expr) ? expr : hold(body, base, expr);
}

/** Literals, constants and variables that never change. */
export function isSteady(body: Body, expr: Expr): boolean {
  if (expr.kind === "literal" || expr.kind === "constant" || expr === broken) return true;
  return expr.kind === "var" && !body.mutableNames.has(expr.name);
}

/** Whether what a name stands for is the same for ever, but for what is in memory. */
export function isFixed(body: Body, binding: Binding): boolean {
  if (binding.kind === "var") return !binding.mutable;
  if (binding.kind === "value") return isSteady(body, binding.value);
  return binding.kind !== "tuple" || binding.items.every((item) => isFixed(body, item));
}

/** What a tuple becomes where an array is wanted, and the other way round never. */
export function fitTo(body: Body, expr: Expr, type: Type): Expr {
  const wanted = presentType(type);
  if (!hasOneAbsence(body, expr.type, type)) return broken;
  if (refuseLookalike(body, expr.type, type)) return broken;
  if (expr.type.kind === "record" && wanted.kind === "record") {
    // A union where TypeScript knows which of its members the object is.
    if (expr.type.members && !wanted.members && expr.kind !== "items") return { ...expr, type: wanted };
    const given = expr.type.fields;
    const missing = wanted.fields.find((field) => !field.optional && !given.some(({ name }) => name === field.name));
    // A getter may stand for it, which only the object's own class has.
    if (missing && body.place.origin) {
      const what = `the property ${missing.name} of an object that has no such field`;
      reportAt(body.all, body.entry, body.place.origin, "TG1015", what, "Take the class itself as the type.");
    }
  }
  const parts = itemsOfConstant(expr, wanted) ?? itemsOfChoice(body, expr, wanted);
  if (parts) return fitTo(body, parts, type);
  if (expr.type.kind === "list" && wanted.kind === "tuple" && body.place.origin) {
    const what = "a tuple that may be written into under another name";
    const hint = "Write its items where it is used, as in [pair[0], pair[1]], or declare it with as const.";
    reportAt(body.all, body.entry, body.place.origin, "TG1015", what, hint);
    return broken;
  }
  if (differInTuples(expr.type, wanted) && body.place.origin) {
    const hint = "Copy it into an array, as in [...pair], or give the array the tuple's type.";
    reportAt(body.all, body.entry, body.place.origin, "TG1015", "a tuple in memory under the name of an array", hint);
    return broken;
  }
  if (expr.kind !== "tuple") return expr;
  if (type.kind === "tuple") return withData(body, expr, type.items);
  if (!isReference(type)) return expr;
  const made = presentType(type);
  const items = expr.items.map((item, i) => {
    const inner = made.kind === "record" ? made.fields[i]?.type : made.kind === "list" ? made.element : undefined;
    return inner ? fitTo(body, item, inner) : item;
  });
  return hold(body, "items", { kind: "items", items, type: made });
}

/** A tuple of which some items are to be in memory. */
function withData(body: Body, tuple: Extract<Expr, { kind: "tuple" }>, types: readonly Type[]): Expr {
  const isWanted = (item: Expr, i: number): boolean => item.kind === "tuple" && types[i]?.kind === "record";
  if (!tuple.items.some(isWanted)) return tuple;
  const items = tuple.items.map((item, i) => (isWanted(item, i) ? fitTo(body, item, types[i]!) : item));
  return { ...tuple, items, type: { kind: "tuple", items: items.map((item) => item.type) } };
}

/** The items of a constant of the module that is read like an array, where a tuple is wanted; undefined for all else. */
export function itemsOfConstant(expr: Expr, wanted: Type): Expr | undefined {
  const isRow = expr.type.kind === "record" && expr.type.isTuple === true && expr.kind === "index";
  if (!(isRow || expr.type.kind === "list") || constantOf(expr)?.asItems !== true) return undefined;
  const isTuple = wanted.kind === "record" && wanted.isTuple === true;
  const types = isTuple ? wanted.fields.map(({ type }) => type) : wanted.kind === "tuple" ? wanted.items : undefined;
  if (!types || types.some(({ kind }) => kind === "maybe")) return undefined;
  const items = types.map((type, i) => {
    const item = at(expr, isRow ? fieldName(String(i)) : int(i));
    return itemsOfConstant(item, type) ?? item;
  });
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) } };
}

/** `c ? TABLE[0] : TABLE[1]` */
function itemsOfChoice(body: Body, expr: Expr, wanted: Type): Expr | undefined {
  if (expr.kind !== "select") return undefined;
  const [yes, no] = [expr.yes, expr.no].map(
    (side) => itemsOfConstant(side, wanted) ?? itemsOfChoice(body, side, wanted),
  );
  if (yes?.kind !== "tuple" || no?.kind !== "tuple" || [...yes.items, ...no.items].some(({ kind }) => kind === "tuple"))
    return undefined;
  const test = steady(body, expr.test, "test");
  const items = yes.items.map((item, i): Expr => ({
    kind: "select",
    test,
    yes: item,
    no: no.items[i]!,
    type: item.type,
  }));
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) } };
}

/** Whether two types are the same but that a tuple in memory, which is an object whose fields are alike, is an array of the other. */
export function differInTuples(a: Type, b: Type): boolean {
  return !sameType(a, b) && isAlike(a, b);
}

function isAlike(a: Type, b: Type): boolean {
  if (a.kind === "list" && b.kind === "list") return isAlike(a.element, b.element);
  if (a.kind === "list" && b.kind === "record") return isAlike(b, a);
  if (a.kind !== "record") return sameType(a, b);
  if (b.kind === "list") return a.isTuple === true && a.fields.every(({ type }) => isAlike(type, b.element));
  if (b.kind !== "record" || a.fields.length !== b.fields.length) return false;
  return a.fields.every(({ name, type }, i) => name === b.fields[i]!.name && isAlike(type, b.fields[i]!.type));
}

/** The value where it is known to be there. */
export function narrowed(expr: Expr): Expr {
  return expr.type.kind === "maybe" ? { ...expr, type: presentType(expr.type) } : expr;
}

/** Whether the program says that there is a value: `xs.pop()!`, `xs.pop() as number`. */
export function isAsserted(node: ts.Expression): boolean {
  let outer: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(outer)) outer = outer.parent;
  return ts.isNonNullExpression(outer) || ts.isAsExpression(outer);
}

/** What to write in the place of a table whose rows are of several types. */
export const rowsOfOneType =
  "Give its rows one type, in which what not all of them have is optional: const rows: readonly Row[] = […].";
