/** Instances of classes: `new`, methods, getters, static fields and `this`. */
import { lowerFirst } from "../../ir/words.ts";
import { ts } from "ts-morph";
import { num } from "../../ir/build.ts";
import type { Expr } from "../../ir/types.ts";
import { callEntry } from "./invocations.ts";
import { getterTaken, makerEntry, memberEntry, memberOf, sourceless, writesSomething } from "./classes.ts";
import type { Closure } from "./callees.ts";
import { applied } from "./mappers.ts";
import { evaluate } from "./constants.ts";
import { notSimple } from "./module-constants.ts";
import { meaningsOfCall, meaningsOfInstance } from "./generics.ts";
import { classOf, hasModifier, isStaticMember } from "./members.ts";
import { followed, skipOuter } from "./resolve.ts";
import { broken, refuse, shortText, type Body, type Use } from "./state.ts";
import { classKey } from "./type-names.ts";
import { isMixed, takesFunctions, typeFor } from "./types.ts";
import { memberOfTagged } from "./tagged-classes.ts";
import { arrayOperand, steady } from "./values.ts";

/** `new Vec3(x, y, z)`; undefined if that is no class of the user's. */
export function newInstance(body: Body, node: ts.NewExpression, use: Use): Expr | undefined {
  const direct = body.checker.getSymbolAtLocation(nameOf(skipOuter(node.expression)));
  const owner = classOf(direct && followed(body.checker, direct));
  if (!owner || !(ts.isSourceFile(owner.parent) || ts.isModuleBlock(owner.parent))) return undefined;
  const base = owner.name ? lowerFirst(owner.name.text) : "made";
  const types = meaningsOfInstance(body.all, owner, body.checker.getTypeAtLocation(node));
  return callEntry(body, node, makerEntry(body, owner, types), { given: node.arguments ?? [], use, base });
}

const nameOf = (node: ts.Expression): ts.Node => (ts.isPropertyAccessExpression(node) ? node.name : node);

/** A call of a method of an instance; undefined if the callee is none. */
export function methodCall(
  body: Body,
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  use: Use,
): Expr | undefined {
  const member = memberOf(body, callee);
  if (member === undefined) return undefined;
  if (typeof member === "string") return refuseUnknown(body, callee, member);
  const { declaration } = member;
  const own = declaration.typeParameters && meaningsOfCall(body.all, node, declaration);
  const entry = memberEntry(body, member, own);
  const given = [() => receiverOf(body, callee), ...node.arguments];
  return callEntry(body, node, entry, { given, use, base: callee.name.text });
}

/** A method that takes or gives functions, as a call calls it: its body goes where it is called. */
export function calledMethod(body: Body, node: ts.CallExpression): Closure | undefined {
  const callee = skipOuter(node.expression);
  const member = ts.isPropertyAccessExpression(callee) ? memberOf(body, callee) : undefined;
  if (!ts.isPropertyAccessExpression(callee) || !member || typeof member === "string") return undefined;
  const { declaration, owner, exact, types: given } = member;
  if (!ts.isMethodDeclaration(declaration)) return undefined;
  const own = declaration.typeParameters && meaningsOfCall(body.all, node, declaration);
  const types = own ? new Map([...(given ?? []), ...own]) : given;
  const within = { ...body.all, types };
  if (!takesFunctions(within, declaration) && !isMixed(within, declaration)) return undefined;
  const self = steady(body, receiverOf(body, callee), "self");
  return { kind: "closure", node: declaration, scope: undefined, around: { types, self, owner, exact } };
}

/** A getter that gives functions, as it is read: its body goes where that is. */
export function readGetter(body: Body, access: ts.PropertyAccessExpression): Closure | undefined {
  const member = memberOf(body, access);
  if (!member || typeof member === "string" || !ts.isGetAccessorDeclaration(member.declaration)) return undefined;
  const { declaration, owner, exact, types } = member;
  if (writesSomething(declaration)) return undefined;
  const self = steady(body, receiverOf(body, access), "self");
  return { kind: "closure", node: declaration, scope: undefined, around: { types, self, owner, exact } };
}

/** `model.rhs` of an instance, as `model.rhs.bind(model)` gives it; undefined if that is no method whose class is known. */
export function boundMethod(body: Body, access: ts.PropertyAccessExpression): Closure | undefined {
  const member = memberOf(body, access);
  if (!member || typeof member === "string" || !ts.isMethodDeclaration(member.declaration)) return undefined;
  const { declaration, owner, exact, types } = member;
  const self = steady(body, receiverOf(body, access), "self");
  return { kind: "closure", node: declaration, scope: undefined, around: { types, self, owner, exact } };
}

/** A field that is computed when it is read; undefined if the property is none. */
export function getter(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  const chosen = memberOfTagged(body, node, ts.isGetAccessorDeclaration);
  if (chosen) return applied(body, node, chosen, [], undefined);
  const member = memberOf(body, node);
  if (member === undefined) return undefined;
  if (typeof member === "string") return refuseUnknown(body, node, member);
  const { declaration } = member;
  const name = node.name.text;
  if (!ts.isGetAccessorDeclaration(declaration)) return refuse(body, node, "TG1009", shortText(node));
  if (writesSomething(declaration)) return refuse(body, node, "TG1033", name);
  const entry = memberEntry(body, member);
  return callEntry(body, node, entry, { given: [() => receiverOf(body, node)], use: undefined, base: name });
}

/** `const { name } = object`, where that runs a getter of `self`, which the object is; undefined if the property is none. */
export function takenFromGetter(
  body: Body,
  element: ts.BindingElement,
  name: string,
  object: ts.Expression,
  self: Expr,
): Expr | undefined {
  const member = getterTaken(body, object, name);
  if (member === undefined) return undefined;
  if (typeof member === "string") return refuse(body, element, "TG1015", member, hintFor(member));
  if (writesSomething(member.declaration)) return refuse(body, element, "TG1033", name);
  return callEntry(body, element, memberEntry(body, member), { given: [() => self], use: undefined, base: name });
}

/** Whether assigning to a property calls a setter. */
export function hasSetter({ checker }: Body, node: ts.PropertyAccessExpression): boolean {
  const symbol = checker.getSymbolAtLocation(node.name);
  return symbol?.declarations?.some((each) => ts.isSetAccessor(each) && !isStaticMember(each)) ?? false;
}

const isSetter = (node: ts.Node): node is ts.SetAccessorDeclaration => ts.isSetAccessor(node);

/** `self.name = given` */
export function callSetter(body: Body, node: ts.PropertyAccessExpression, self: Expr, given: Expr): void {
  const member = memberOf(body, node, isSetter);
  if (member === undefined)
    refuse(body, node, "TG1015", `assignments to ${shortText(node)}`, "Write to fields that hold data.");
  else if (typeof member === "string") refuseUnknown(body, node, member);
  else {
    const entry = memberEntry(body, member);
    callEntry(body, node, entry, { given: [() => self, () => given], use: "nothing", base: node.name.text });
  }
}

/** `self.name`, where that runs a getter. */
export function callGetter(body: Body, node: ts.PropertyAccessExpression, self: Expr): Expr {
  const member = memberOf(body, node);
  if (typeof member === "string") return refuseUnknown(body, node, member);
  if (!member) return broken;
  return callEntry(body, node, memberEntry(body, member), {
    given: [() => self],
    use: undefined,
    base: node.name.text,
  });
}

function refuseUnknown(body: Body, node: ts.PropertyAccessExpression, what: string): Expr {
  return refuse(body, node.name, "TG1015", what, hintFor(what));
}

const hintFor = (what: string): string =>
  what.endsWith(sourceless)
    ? "Write the class in TypeScript within the project, or compute the value outside and pass it as a parameter."
    : "Take the class itself as the type, or write a function for each class and choose by a field.";

function receiverOf(body: Body, node: ts.PropertyAccessExpression): Expr {
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return receiver(body, node.expression);
  return arrayOperand(body, node.expression);
}

/** `this` */
export function receiver(body: Body, node: ts.Expression): Expr {
  const { self } = body.bindings.surroundings;
  if (self && !hasOwnThis(node)) return self;
  const hint = body.making
    ? "Give the fields their values first, and call methods where the object is made."
    : ts.findAncestor(node, ts.isPropertyDeclaration)
      ? "Write a method in place of the function in a field: add(x) { … } for add = (x) => { … }."
      : "Pass what it holds as a parameter.";
  return refuse(body, node, "TG1001", body.making ? "this in a constructor, but for its fields," : "this", hint);
}

/** Whether `this` belongs to a function inside of the method that is no arrow. */
function hasOwnThis(node: ts.Node): boolean {
  const home = ts.findAncestor(node, (outer) => ts.isFunctionLike(outer) && !ts.isArrowFunction(outer));
  return home !== undefined && (ts.isFunctionDeclaration(home) || ts.isFunctionExpression(home));
}

const byReadonly = "Declare it readonly with a value, or pass its value as a parameter.";

/** A constant of a class; undefined if the property is none. */
export function staticField(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  const symbol = body.checker.getSymbolAtLocation(node.name);
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !ts.isPropertyDeclaration(declaration) || !isStaticMember(declaration)) return undefined;
  const owner = declaration.parent;
  const text = shortText(node);
  if (!hasModifier(declaration, ts.SyntaxKind.ReadonlyKeyword) || !declaration.initializer)
    return refuse(body, node, "TG1006", text, "a field of a class that can change", byReadonly);
  const type = typeFor(body.all, body.entry, body.checker.getTypeAtLocation(declaration.name), {
    node,
    what: text,
    source: declaration.type ? "written" : "inferred",
  });
  if (!type) return broken;
  const known = evaluate(body.all, declaration.initializer);
  if (typeof known === "number") return { ...num(known), type };
  const key = ts.isClassDeclaration(owner) ? classKey(body.all, owner) : undefined;
  if (key === undefined) return refuse(body, node, "TG1016", text, notSimple, "Export the class.");
  return { kind: "constant", name: `${key}.${node.name.text}`, type };
}
