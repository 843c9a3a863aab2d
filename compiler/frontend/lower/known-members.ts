/** What the objects that hold functions are asked for: their fields, and the methods and getters of their classes. */
import { ts } from "ts-morph";
import { fieldOfKnown } from "./arrow-fields.ts";
import type { Callee, Closure } from "./callees.ts";
import { writesSomething } from "./classes.ts";
import { nothingAround } from "./scope.ts";
import { refuse, type Binding, type Body, type FunctionBinding, type ObjectBinding } from "./state.ts";

/** A field of an object that holds functions, or a method of an instance that does. */
export function memberOfKnown(body: Body, owner: ObjectBinding, name: string): Binding | undefined {
  const { instance } = owner;
  const field = fieldOfKnown(owner, name);
  if (field?.kind === "function") return { kind: "function", callee: calledOn(owner, field.callee) };
  if (field || !instance) return field;
  return methodOfKnown(body.checker.getPropertyOfType(instance.type, name), owner);
}

/** `super.name(x)`, where `this` holds functions; undefined where it does not. */
export function superMethodOfKnown(body: Body, callee: ts.PropertyAccessExpression): FunctionBinding | undefined {
  const { known } = body.bindings.surroundings;
  if (!known || callee.expression.kind !== ts.SyntaxKind.SuperKeyword) return undefined;
  return methodOfKnown(body.checker.getSymbolAtLocation(callee.name), known);
}

function methodOfKnown(method: ts.Symbol | undefined, known: ObjectBinding): FunctionBinding | undefined {
  const node = method?.declarations?.find((each) => ts.isMethodDeclaration(each) && each.body !== undefined);
  if (!node || !ts.isMethodDeclaration(node) || !known.instance) return undefined;
  const { types, owner } = known.instance;
  return {
    kind: "function",
    callee: { kind: "closure", node, scope: undefined, around: { types, self: undefined, owner, known } },
  };
}

/** A method of an object literal, as it is called on the object. */
function calledOn(known: ObjectBinding, callee: Callee): Callee {
  if (callee.kind === "choice") return { ...callee, yes: calledOn(known, callee.yes), no: calledOn(known, callee.no) };
  if (callee.kind !== "closure" || !ts.isMethodDeclaration(callee.node)) return callee;
  if (!ts.isObjectLiteralExpression(callee.node.parent)) return callee;
  const around = callee.around ?? callee.scope?.surroundings ?? nothingAround;
  return { ...callee, around: { ...around, self: undefined, owner: undefined, known } };
}

/** A getter of an object literal or of an instance, as it is read of the object. */
export function getterOfKnown(body: Body, owner: ObjectBinding, name: string): Closure | undefined {
  const getter = owner.getters?.get(name);
  if (!getter) return owner.fields.has(name) ? undefined : getterOfInstance(body, owner, name);
  const around = getter.around ?? getter.scope?.surroundings ?? nothingAround;
  return { ...getter, around: { ...around, self: undefined, owner: undefined, known: owner } };
}

function getterOfInstance(body: Body, known: ObjectBinding, name: string): Closure | undefined {
  const { instance } = known;
  const declarations = instance && body.checker.getPropertyOfType(instance.type, name)?.declarations;
  const node = declarations?.find(ts.isGetAccessorDeclaration);
  if (!instance || !node) return undefined;
  if (writesSomething(node)) refuse(body, node.name, "TG1033", name);
  const around = { types: instance.types, self: undefined, owner: instance.owner, known };
  return { kind: "closure", node, scope: undefined, around };
}
