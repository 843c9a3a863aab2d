/** Methods and getters of a union of classes that a field tells apart: a call chooses between those of the classes. */
import { ts } from "ts-morph";
import { compare, fieldAt } from "../../ir/build.ts";
import type { Expr, Field } from "../../ir/types.ts";
import type { Callee, Closure } from "./callees.ts";
import { overriddenIn } from "./extending.ts";
import { type Arm, choiceAmong, memberFor } from "./made-instances.ts";
import { classOf } from "./members.ts";
import type { Body } from "./state.ts";
import { holdsFunctions, isRefused, readType } from "./types.ts";
import { arrayOperand, steady } from "./values.ts";

/** The function that `shape.area` means; undefined where that is no member of such a union. */
export function memberOfTagged(
  body: Body,
  access: ts.PropertyAccessExpression,
  isMember: (node: ts.Node) => boolean,
): Callee | undefined {
  const type = body.checker.getTypeAtLocation(access.expression);
  if (!type.isUnion()) return undefined;
  const name = access.name.text;
  const arms = type.types.map((part) => armFor(body, part, name, isMember));
  if (!arms.every((arm) => arm !== undefined)) return undefined;
  const tag = tagOf(arms);
  if (tag === undefined) return undefined;
  const self = steady(body, arrayOperand(body, access.expression), "self");
  const own = arms.map((arm) => memberFor(body, arm, name, { ...self, type: arm.record }));
  if (!own.every((member): member is Closure => member !== undefined)) return undefined;
  const isOf = (arm: Arm): Expr => {
    const literal = fieldOf(arm, tag)?.values?.[0];
    const place = fieldAt(self, tag);
    return compare("eq", place, { kind: "literal", value: literal, type: place.type });
  };
  return choiceAmong(own, (k) => isOf(arms[k]!));
}

/** A class that has the member itself, and of which no other one overrides it. */
function armFor(body: Body, type: ts.Type, name: string, isMember: (node: ts.Node) => boolean): Arm | undefined {
  const owner = classOf((type as { readonly symbol?: ts.Symbol }).symbol);
  if (!owner || holdsFunctions(body.all, type) || overriddenIn(body.all, owner, name)) return undefined;
  const record = readType(body.all, type, "inferred");
  if (isRefused(record) || record.kind !== "record") return undefined;
  const declarations = body.checker.getPropertyOfType(type, name)?.declarations;
  return declarations?.some(isMember) === true ? { type, owner, record } : undefined;
}

/** The field that holds another literal in each class. */
function tagOf(arms: readonly Arm[]): string | undefined {
  return arms[0]?.record.fields.find(({ name }) => {
    const values = arms.map((arm) => fieldOf(arm, name)?.values);
    return values.every((each) => each?.length === 1) && new Set(values.map((each) => each?.[0])).size === arms.length;
  })?.name;
}

function fieldOf({ record }: Arm, name: string): Field | undefined {
  return record.fields.find((field) => field.name === name);
}
