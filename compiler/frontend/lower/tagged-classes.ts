/** Methods and getters of a union of classes that their fields tell apart: a call chooses between those of the classes. */
import { ts } from "ts-morph";
import { bool, sameType } from "../../ir/build.ts";
import type { Callee, Closure } from "./callees.ts";
import { tellsApart } from "./class-tests.ts";
import { overriddenIn } from "./extending.ts";
import { type Arm, choiceAmong, memberFor } from "./made-instances.ts";
import { classOf } from "./members.ts";
import { broken, type Body } from "./state.ts";
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
  // The last class needs no test.
  const tests = arms.slice(0, -1).map((arm) => {
    const others = arms.filter((other) => other !== arm);
    return tellsApart(
      body,
      [arm.type],
      others.map((other) => other.type),
    );
  });
  if (!tests.every((test) => test !== undefined)) return undefined;
  const self = steady(body, arrayOperand(body, access.expression), "self");
  if (self === broken) return { kind: "broken" };
  const own = arms.map((arm) => memberFor(body, arm, name, { ...self, type: arm.record }));
  if (!own.every((member): member is Closure => member !== undefined)) return undefined;
  // An item of a tuple is of one class, whose fields it has.
  const possible = own.flatMap((_, k) => (sameType(arms[k]!.record, self.type) ? [k] : []));
  const left = possible.length > 0 ? possible : [...own.keys()];
  return choiceAmong(
    left.map((k) => own[k]!),
    (k) => tests[left[k]!]?.(self) ?? bool(true),
  );
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
