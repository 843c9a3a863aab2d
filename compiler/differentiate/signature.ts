/** Types and parameters of generated functions: contract section 4. */
import { isAbsent, undefinedOf } from "../ir/ask.ts";
import { fieldAt, isDifferentiable, isReference, shadowFields, shadowType, variable } from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { absentType, maybe, presentType } from "../ir/presence.ts";
import type { Expr, Field, Func, Param, Stmt, Type } from "../ir/types.ts";
import { leavesOf, type Input, type Output, type Prepared, type Structure, wholeOutputs } from "./prepare.ts";
import { zerosFor } from "./shadows.ts";
import { leftOut, typeWithout } from "./written-parts.ts";

/** The type of what stands in the place of a passive part. */
/** The bare thing for one, a tuple for several. */
export function bareOrTuple(types: readonly Type[], labels: readonly string[]): Type {
  return types.length === 1 ? types[0]! : { kind: "tuple", items: types, labels };
}

export function bareOrTupleExpr(items: readonly Expr[], type: Type): Expr {
  return items.length === 1 ? items[0]! : { kind: "tuple", items, type };
}

/** The type of a gradient, tangent or cotangent of a structure: the passive parts are undefined. */
export function tangentType(structure: Structure): Type {
  if (structure.kind === "tuple") {
    const { type, items } = structure;
    return type.kind === "record" ? shadowType(type) : { kind: "tuple", items: items.map(tangentType) };
  }
  return isDifferentiable(structure.type) ? shadowType(structure.type) : absentType;
}

export function valueType(outputs: readonly Output[]): Type {
  const whole = wholeOutputs(outputs);
  if (whole.length === 0) return { kind: "void" };
  return bareOrTuple(
    whole.map((o) => o.structure.type),
    whole.map((o) => o.label),
  );
}

export function cotangentType(outputs: readonly Output[]): Type {
  const active = outputs.filter((o) => o.active);
  return bareOrTuple(
    active.map((o) => tangentType(o.structure)),
    active.map((o) => o.label),
  );
}

/** The type of the gradient or tangent of an input. */
export function inputTangentType(input: Input): Type {
  const type = tangentType(input.structure);
  return input.structure.kind === "tuple" ? type : typeWithout(type, leftOut(input));
}

export function gradientType(inputs: readonly Input[]): Type {
  return bareOrTuple(
    inputs.map(inputTangentType),
    inputs.map((i) => i.label),
  );
}

/** A part that is undefined where what it belongs to is absent. */
export function unlessAbsent(owner: Expr, part: Expr): Expr {
  return undefinedIf(isAbsent(owner), part);
}

export function undefinedIf(test: Expr, part: Expr): Expr {
  const type = maybe(part.type);
  return { kind: "select", test, yes: undefinedOf(type), no: part, type };
}

/** The function's own parameters as a generated function takes them, where more parameters follow. */
export function ownParams(func: Func, followed: boolean): Param[] {
  return func.params.map((param) => {
    return followed ? withoutOptional(param) : param;
  });
}

/** An optional parameter that a required one follows: it takes `undefined` in its place. */
export function withoutOptional(param: Param): Param {
  if (param.optional !== true) return param;
  const { optional: _optional, typeText, ...rest } = param;
  return typeText === undefined ? rest : { ...rest, typeText: `${typeText} | undefined` };
}

export function structureExpr(structure: Structure, leaf: (expr: Expr, type: Type) => Expr): Expr {
  if (structure.kind === "leaf") return leaf(structure.expr, structure.type);
  const items = structure.items.map((item) => structureExpr(item, leaf));
  const { type } = structure;
  return {
    kind: "tuple",
    items,
    type: type.kind === "record" ? type : { kind: "tuple", items: items.map((i) => i.type) },
  };
}

/** A gradient or tangent of a structure, made of those of its leaves; an object has the fields that have any. */
export function tangentExpr(structure: Structure, leaf: (expr: Expr, type: Type) => Expr): Expr {
  if (structure.kind === "leaf") return leaf(structure.expr, structure.type);
  const { type } = structure;
  if (type.kind !== "record") {
    const items = structure.items.map((item) => tangentExpr(item, leaf));
    return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) } };
  }
  const shadow = shadowType(type);
  if (shadow.kind !== "record") throw new Error("signature: a tangent of a record is a record");
  const items = shadow.fields.map((field) => {
    const k = type.fields.findIndex((own) => own.name === field.name);
    return tangentExpr(structure.items[k]!, leaf);
  });
  return { kind: "tuple", items, type: shadow };
}

/** What stands for a part that carries no derivative: nothing, or of an object what is left of it. */
export function idleTangent(expr: Expr, type: Type): Expr {
  const present = presentType(type);
  if (present.kind !== "record" || present.isTuple === true) return undefinedOf(absentType);
  const whole = { ...expr, type };
  if (type.kind === "maybe") return unlessAbsent(whole, zerosFor(whole));
  const fields = shadowFields(present);
  const items = fields.map((field) => idleTangent(fieldAt(whole, field.name), field.type));
  return { kind: "tuple", items, type: shadowType(present) };
}

/** Allocations are bound to names: expressions have no side effects. */
export function bindAllocations(names: Names, made: Expr): { readonly before: Stmt[]; readonly value: Expr } {
  const before: Stmt[] = [];
  const bind = (expr: Expr): Expr => {
    if (expr.kind === "tuple") return { ...expr, items: expr.items.map(bind) };
    // Of what may be absent.
    if (expr.kind === "select") return { ...expr, yes: bind(expr.yes), no: bind(expr.no) };
    if (expr.kind !== "zerosLike" && expr.kind !== "zeros" && expr.kind !== "deepCopy") return expr;
    const name = names.fresh(expr.kind === "deepCopy" ? "copy" : "zeros");
    before.push({ kind: "let", name, type: expr.type, mutable: false, init: expr });
    return variable(name, expr.type);
  };
  return { value: bind(made), before };
}

export function valueExpr(outputs: readonly Output[]): Expr {
  const items = wholeOutputs(outputs).map((o) => structureExpr(o.structure, (expr) => expr));
  return bareOrTupleExpr(items, valueType(outputs));
}

/** A name for a parameter that the function's own parameters leave free. */
export function parameterName(names: Names, base: string): string {
  return names.fresh(base);
}

export function hasArrays(prepared: Prepared): boolean {
  return prepared.inputs.some((i) => leavesOf(i.structure).some((leaf) => isReference(leaf.type)));
}

/** A structure with other items in it, and their types. */
export function withItems(expr: Extract<Expr, { kind: "tuple" }>, items: readonly Expr[]): Expr {
  const { type } = expr;
  const types = items.map((item) => item.type);
  if (type.kind === "record") {
    const fields = type.fields.map((f, i) => ({ ...f, type: types[i]! }));
    const members = type.members?.map((member) => ({
      ...member,
      fields: member.fields.map((f) => typedAs(f, fields)),
    }));
    return { ...expr, items, type: { ...type, fields, ...(members && { members }) } };
  }
  return { ...expr, items, type: type.kind === "tuple" ? { ...type, items: types } : type };
}

/** A field of a member of a union, of the type that the union has for it; it is there where the member has it. */
function typedAs(field: Field, fields: readonly Field[]): Field {
  const { type } = fields.find(({ name }) => name === field.name) ?? field;
  return { ...field, type: field.optional ? type : presentType(type) };
}

/** A structure with an entry in the place of each differentiable part, and undefined elsewhere. */
export function structured(structure: Structure, entryOf: (leaf: Expr) => Expr): Expr {
  const made = tangentExpr(structure, (expr, type) =>
    isDifferentiable(type) ? entryOf(expr) : idleTangent(expr, type),
  );
  return withOwnTypes(made);
}

/** A structure whose types are those of its items, at every depth. */
function withOwnTypes(expr: Expr): Expr {
  return expr.kind === "tuple" ? withItems(expr, expr.items.map(withOwnTypes)) : expr;
}
