/** `let` and `const`. */
import { ts } from "ts-morph";
import { num } from "../../ir/build.ts";
import type { Type } from "../../ir/types.ts";
import { isAccess, usesOf } from "./assigned.ts";
import { instancesIn } from "./instance-lists.ts";
import { changingInstances } from "./changing-instances.ts";
import { choiceBehind, chosenInstances } from "./chosen-instances.ts";
import { value } from "./values.ts";
import { closureType, declareClosure, returnsFunction } from "./closures.ts";
import { declarePattern } from "./destructuring.ts";
import { isFunctionNode } from "./entries.ts";
import { bindKnown } from "./known-fields.ts";
import { isHandedOn } from "./handed-on.ts";
import { isPatternOfMath } from "./names.ts";
import { unusableElement } from "./outside.ts";
import { outermost, skipOuter } from "./resolve.ts";
import { assignSlot, declareSlot } from "./slots.ts";
import { emit, refuse, type Binding, type Body, type Want } from "./state.ts";
import { asData, givesFunctions, holdsFunctions, isPairOfBoth, leavesInstanceOpen, writtenType } from "./types.ts";
import { bind, declareName, knownBetter, nameFor } from "./variables.ts";

export function declareAll(body: Body, list: ts.VariableDeclarationList): void {
  if (!(list.flags & ts.NodeFlags.BlockScoped)) refuse(body, list, "TG1014");
  if (list.flags & ts.NodeFlags.Using) refuse(body, list, "TG1001", "using", "Use const.");
  for (const declaration of list.declarations) declare(body, declaration);
}

export function declare(body: Body, node: ts.VariableDeclaration): void {
  if (ts.isObjectBindingPattern(node.name) && isPatternOfMath(body.checker, node)) return;
  // They are refused where they are called.
  const taken = ts.isObjectBindingPattern(node.name) ? node.name.elements : [];
  if (taken.length > 0 && taken.every((each) => unusableElement(body.checker, each) !== undefined)) return;
  const known = node.initializer && knownIn(body, node.initializer);
  if (!ts.isIdentifier(node.name)) {
    if (known) bindKnown(body, node.name, known);
    else if (node.initializer) declarePattern(body, node.name, node.initializer);
    return;
  }
  const symbol = body.checker.getSymbolAtLocation(node.name);
  if (!symbol) return;
  if (known) return declareKnown(body, node.name, symbol, known);
  const chosen = node.initializer && chosenInstances(body, node.name, symbol, node.initializer);
  if (chosen) return body.bindings.set(symbol, chosen);
  // The statement behind it binds the name.
  if (!node.initializer && choiceBehind(body, node.name, symbol)) return;
  const changing = changingInstances(body, node);
  if (changing) return body.bindings.set(symbol, changing);
  const instances = node.initializer && instancesIn(body, body.checker.getTypeAtLocation(node.name), node.initializer);
  if (instances) {
    body.bindings.set(symbol, instances);
    return;
  }
  if (node.initializer && isListOfFunctions(body, node.name)) {
    refuse(body, node.name, "TG1009", node.name.text);
    body.bindings.set(symbol, { kind: "broken" });
    return;
  }
  if (!node.initializer && isFunction(body, node)) {
    const slot = declareSlot(body, node, node.name.text, true);
    body.bindings.set(symbol, { kind: "function", callee: { kind: "slot", slot } });
    return;
  }
  if (node.type && isOptionalFunction(body, node.name)) {
    const what = `${node.name.text}, a variable that is given a function later or never`;
    const hint = "Choose the function where the variable is made: const f = test ? g : undefined.";
    refuse(body, node.name, "TG1015", what, hint);
    body.bindings.set(symbol, { kind: "broken" });
    return;
  }
  const written = node.type && writtenType(body.all, body.entry, node.type, node.name.text);
  if (node.type && !written) {
    body.bindings.set(symbol, { kind: "broken" });
    if (node.initializer) body.rhs(node.initializer);
    return;
  }
  if (node.initializer && written?.kind === "void") {
    // `const never: never = shape`: another name, which only says that no program comes here.
    body.bindings.set(symbol, { kind: "value", value: value(body, node.initializer, node.name.text) });
    return;
  }
  if (!node.initializer) return declareEmpty(body, node.name, symbol, written);
  const inner = skipOuter(node.initializer);
  if (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) return declareFunction(body, node.name, inner);
  if (isUntypedEmptyList(node, inner)) {
    refuse(body, node.name, "TG1017", node.name.text);
    body.bindings.set(symbol, { kind: "broken" });
    return;
  }
  const name = nameFor(body, symbol, node.name.text);
  const isMutable = (body.assignments.get(symbol) ?? 0) > 0;
  const want: Want = { kind: "name", name, as: isMutable ? "let" : "const", type: written, claimed: false };
  const made = body.rhs(node.initializer, want);
  const kept = made.type.kind === "record" ? written && asData(written) : written;
  if (want.claimed && made.kind === "var") {
    bind(
      body,
      symbol,
      {
        kind: "var",
        name,
        type: kept ? knownBetter(kept, made.type, isMutable) : made.type,
        mutable: isMutable,
      },
      node.name.text,
    );
  } else declareName(body, node.name, made, kept);
}

/** Whether a variable holds functions, and nothing else. */
function isFunction(body: Body, { name }: ts.VariableDeclaration): boolean {
  const type = body.checker.getTypeAtLocation(name);
  return type.getCallSignatures().length > 0 && !type.isUnion();
}

function isOptionalFunction({ all, checker }: Body, name: ts.Identifier): boolean {
  const symbol = checker.getSymbolAtLocation(name);
  const type = symbol && checker.getTypeOfSymbol(symbol);
  return (
    type !== undefined &&
    type.isUnion() &&
    holdsFunctions(all, type) &&
    checker.getNonNullableType(type).getCallSignatures().length > 0
  );
}

function isListOfFunctions({ all, checker }: Body, name: ts.Identifier): boolean {
  const type = checker.getTypeAtLocation(name);
  return checker.isArrayType(type) && holdsFunctions(all, type);
}

/** What is known of an initialiser that makes a function, or an object of functions. */
function knownIn(body: Body, node: ts.Expression): Binding | undefined {
  const type = body.checker.getTypeAtLocation(node);
  // What a hand-written rule returns is a value.
  if (returnsFunction(body) && isPairOfBoth(body.all, type) && !isKnownPair(body, node)) return undefined;
  const isMade = ts.isCallExpression(skipOuter(node)) && leavesInstanceOpen(body.all, type);
  if (!isMade && !givesFunctions(body, node)) return undefined;
  return closureType(body, skipOuter(node)) ? undefined : body.known(node);
}

/** A tuple of functions and data that is written out, or a name of one. */
function isKnownPair(body: Body, node: ts.Expression): boolean {
  const inner = skipOuter(node);
  if (ts.isArrayLiteralExpression(inner)) return isTakenApart(body, node);
  const symbol = ts.isIdentifier(inner) ? body.checker.getSymbolAtLocation(inner) : undefined;
  return symbol !== undefined && body.bindings.get(symbol)?.kind === "list";
}

/** Whether of an array that a variable begins as only the items are asked for, and the array goes nowhere. */
function isTakenApart({ checker }: Body, initializer: ts.Expression): boolean {
  const node = outermost(initializer);
  const { parent } = node;
  if (!ts.isVariableDeclaration(parent) || parent.initializer !== node) return false;
  if (!ts.isIdentifier(parent.name)) return ts.isArrayBindingPattern(parent.name);
  const symbol = checker.getSymbolAtLocation(parent.name);
  const home = ts.findAncestor(parent, ts.isFunctionLike);
  const uses = symbol && home ? usesOf(checker, symbol, home).filter((use) => use !== parent.name) : [];
  return uses.every((use) => {
    const whole = outermost(use);
    const isAsked = isAccess(whole.parent) && whole.parent.expression === whole;
    const isLoop = ts.isForOfStatement(whole.parent) && whole.parent.expression === whole;
    return isAsked || isLoop || (ts.isVariableDeclaration(whole.parent) && ts.isArrayBindingPattern(whole.parent.name));
  });
}

const isUntypedEmptyList = (node: ts.VariableDeclaration, init: ts.Expression): boolean =>
  ts.isArrayLiteralExpression(init) &&
  init.elements.length === 0 &&
  !node.type &&
  !ts.isAsExpression(node.initializer ?? init);

/** A function inside of the function, under the name that the user gave it. */
export function declareFunction(body: Body, name: ts.Identifier, node: ts.FunctionLikeDeclaration): void {
  const symbol = body.checker.getSymbolAtLocation(name);
  if (!symbol) return;
  const type = closureType(body, node);
  const changes = (body.assignments.get(symbol) ?? 0) > 0;
  if (isFunctionNode(node) && (!type || changes)) {
    const callee = { kind: "closure" as const, node, scope: body.bindings };
    return declareKnown(body, name, symbol, { kind: "function", callee });
  }
  if (!type) return;
  const made = declareClosure(body, node, nameFor(body, symbol, name.text), type);
  body.bindings.set(symbol, { kind: "var", name: made.name, type: made.type, mutable: false });
}

/** A function that is known: its body goes where it is called. */
function declareKnown(body: Body, name: ts.Identifier, symbol: ts.Symbol, known: Binding): void {
  const changes = (body.assignments.get(symbol) ?? 0) > 0;
  if (!changes) return body.bindings.set(symbol, known);
  if (known.kind === "object" || known.kind === "list") {
    const hint = "Give each a const of its own, and choose between them with ?: where they are made.";
    refuse(body, name, "TG1015", "a variable that is given one object or array of functions after another", hint);
    return body.bindings.set(symbol, { kind: "broken" });
  }
  const slot = declareSlot(body, name, name.text, true);
  body.bindings.set(symbol, { kind: "function", callee: { kind: "slot", slot } });
  assignSlot(body, name, slot, known);
}

function declareEmpty(body: Body, node: ts.Identifier, symbol: ts.Symbol, written: Type | undefined): void {
  if (!written) {
    refuse(body, node, "TG1017", node.text);
    body.bindings.set(symbol, { kind: "broken" });
    return;
  }
  const name = nameFor(body, symbol, node.text);
  const isObject = written.kind === "tuple" && isHandedOn(body.checker, symbol);
  if (written.kind === "number" && mayStayEmpty(body, node, symbol)) {
    emit(body, { kind: "let", name, type: written, mutable: true, init: num(NaN) });
    bind(body, symbol, { kind: "var", name, type: written, mutable: true }, node.text);
  } else bind(body, symbol, emptyOf(body, name, isObject ? asData(written) : written), node.text);
}

/**
 * Whether a `switch` over all tags that a type has gives a variable its value: with a tag of no such type it has none,
 * which is NaN in arithmetic.
 */
function mayStayEmpty({ checker }: Body, name: ts.Identifier, symbol: ts.Symbol): boolean {
  const assigns = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && checker.getSymbolAtLocation(node) === symbol) ||
    (ts.forEachChild(node, (child) => assigns(child) || undefined) ?? false);
  const isOpen = (node: ts.Node): boolean =>
    (ts.isSwitchStatement(node) && !node.caseBlock.clauses.some(ts.isDefaultClause) && assigns(node.caseBlock)) ||
    (ts.forEachChild(node, (child) => isOpen(child) || undefined) ?? false);
  const around = ts.findAncestor(name, (node) => ts.isBlock(node) || ts.isSourceFile(node));
  return around !== undefined && isOpen(around);
}

function emptyOf(body: Body, name: string, type: Type): Binding {
  if (type.kind === "tuple") {
    const items = type.items.map((item, i) => emptyOf(body, body.entry.names.fresh(name + String(i)), item));
    return { kind: "tuple", items, type };
  }
  emit(body, { kind: "let", name, type, mutable: true });
  return { kind: "var", name, type, mutable: true };
}
