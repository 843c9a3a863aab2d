/**
 * Functions as values. Which functions an expression may stand for is known as the program is compiled: it is followed
 * to where they were made. At run time there is nothing left of them but what chooses between several.
 */
import { ts } from "ts-morph";
import { int } from "../../ir/build.ts";
import { elementOf, eitherOf } from "./alternatives.ts";
import { fieldOfKnown } from "./arrow-fields.ts";
import { calleeOf, calleeOfSymbol, instance, transformMode, type Callee, type Closure } from "./callees.ts";
import { isWrittenInto } from "./assigned.ts";
import { narrowedInstance } from "./made-instances.ts";
import { condition, isGiven } from "./choices.ts";
import { evaluate, isModuleConst } from "./constants.ts";
import { constantExpr } from "./module-constants.ts";
import { derivativeOf } from "./derivatives.ts";
import { isFunctionNode } from "./entries.ts";
import { functionOr } from "./function-defaults.ts";
import { meaningsOfCall } from "./generics.ts";
import { callClosure, inlineClosure } from "./inlining.ts";
import { boundMethod, calledMethod, readGetter } from "./instances.ts";
import { knownInstance } from "./known-instances.ts";
import { knownList, knownObject } from "./known-literals.ts";
import { getterOfKnown, memberOfKnown } from "./known-members.ts";
import { madeBy } from "./members.ts";
import { madeInModule } from "./module-made.ts";
import { isOpen } from "./open-objects.ts";
import { lowerInOrder } from "./order.ts";
import { isUnusable } from "./outside.ts";
import { assignHeld, declareParts, heldBy } from "./part-slots.ts";
import { declarationOf, followed, isGlobal, skipOuter, tsgradName } from "./resolve.ts";
import { declareSlot, heldSlot } from "./slots.ts";
import { emit, inBlock, refuse, shortText, type Binding, type Body, type ListBinding } from "./state.ts";
import { nameOf } from "./records.ts";
import { takenApart } from "./taken-apart.ts";
import { holdsFunctions, leavesInstanceOpen } from "./types.ts";
import { isFixed, steady, value } from "./values.ts";
import { asItStands } from "./variables.ts";

const brokenBinding: Binding = { kind: "broken" };
const readOnly = "Write as const behind it, or declare its fields readonly.";
const byItself = "Make it inside of the function that uses it, or pass what changes as a parameter.";

/** The function, or the object or array of functions, that an expression stands for; undefined where it is none. */
export function knownOf(body: Body, expression: ts.Expression): Binding | undefined {
  const node = skipOuter(expression);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
    return { kind: "function", callee: { kind: "closure", node, scope: body.bindings } };
  if (ts.isIdentifier(node)) {
    const known = asItIsNow(body, knownName(body, node), node);
    // Of `(policy as Eager)`, what that says.
    return known?.kind === "object" && expression !== node ? narrowedInstance(body, known, expression) : known;
  }
  if (ts.isExpressionWithTypeArguments(node)) return outer(body, node);
  if (ts.isPropertyAccessExpression(node)) return knownMember(body, node);
  if (ts.isElementAccessExpression(node)) return knownElement(body, node);
  if (node.kind === ts.SyntaxKind.ThisKeyword) return body.bindings.surroundings.known;
  if (ts.isNewExpression(node)) return knownInstance(body, node);
  if (ts.isObjectLiteralExpression(node)) return knownObject(body, node);
  if (ts.isArrayLiteralExpression(node)) return knownList(body, node);
  if (ts.isCallExpression(node)) return knownResult(body, node);
  if (ts.isConditionalExpression(node) || ts.isBinaryExpression(node)) return chosenFunction(body, node);
  return undefined;
}

/** What a variable holds at this place, where it may hold something else later. */
function asItIsNow(body: Body, known: Binding | undefined, at: ts.Node): Binding | undefined {
  if (known?.kind !== "function" || known.callee.kind !== "slot") return known;
  return { kind: "function", callee: { kind: "slot", slot: heldSlot(body, known.callee.slot, at) } };
}

function knownMember(body: Body, node: ts.PropertyAccessExpression): Binding | undefined {
  const owner = knownOf(body, node.expression);
  if (owner?.kind === "broken") return owner;
  if (owner?.kind !== "object") return givenByGetter(body, node) ?? outer(body, node);
  const getter = getterOfKnown(body, owner, node.name.text);
  if (getter && holdsFunctions(body.all, body.checker.getTypeAtLocation(node)))
    return inlineClosure(body, node, getter, [], undefined);
  // A method of an object literal that goes somewhere by itself has lost its object.
  const member = fieldOfKnown(owner, node.name.text) ?? memberOfKnown(body, owner, node.name.text);
  // Data that changes is read where it stands, as any other.
  return member && isFixed(body, member) ? member : undefined;
}

/** The function that a getter of an instance gives. */
export function givenByGetter(body: Body, node: ts.PropertyAccessExpression): Binding | undefined {
  const getter = holdsFunctions(body.all, body.checker.getTypeAtLocation(node)) ? readGetter(body, node) : undefined;
  return getter && inlineClosure(body, node, getter, [], undefined);
}

function knownElement(body: Body, node: ts.ElementAccessExpression): Binding | undefined {
  if (!holdsFunctions(body.all, body.checker.getTypeAtLocation(node.expression))) return undefined;
  const owner = knownOf(body, node.expression);
  if (owner?.kind === "broken") return owner;
  if (owner?.kind !== "object" && owner?.kind !== "list") return undefined;
  const item = elementOf(body, node, owner, value(body, node.argumentExpression));
  return isFixed(body, item) ? item : undefined;
}

/** `test ? f : g`, `f ?? g`: what shows as the program is compiled is decided then. */
function chosenFunction(body: Body, node: ts.ConditionalExpression | ts.BinaryExpression): Binding | undefined {
  if (!holdsFunctions(body.all, body.checker.getTypeAtLocation(node))) return undefined;
  if (ts.isConditionalExpression(node)) {
    const given = isGiven(body, node.condition);
    if (given !== undefined) return knownOf(body, given ? node.whenTrue : node.whenFalse);
    return conditionalFunction(body, node);
  }
  if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
    const given = isGiven(body, node.left);
    if (given !== undefined) return knownOf(body, given ? node.left : node.right);
    const left = knownOf(body, node.left);
    if (left?.kind === "broken") return left;
    if (left?.kind === "function" && left.callee.kind !== "slot")
      return functionOr(body, node, left.callee, node.right);
  }
  refuse(body, node, "TG1009", shortText(node));
  return brokenBinding;
}

function conditionalFunction(body: Body, node: ts.ConditionalExpression): Binding {
  const test = steady(body, condition(body, node.condition), "chosen");
  const arms = [node.whenTrue, node.whenFalse].map((side) => {
    let known: Binding | undefined;
    const block = inBlock(body, () => {
      known = knownOf(body, side);
      if (!known && !refuseFunction(body, side)) known = { kind: "value", value: value(body, side) };
    });
    return { side, known: known ?? brokenBinding, block };
  });
  const [yes, no] = arms;
  if (!yes || !no || arms.some(({ known }) => known.kind === "broken")) return brokenBinding;
  if (arms.every(({ block }) => block.length === 0)) return eitherOf(body, node, test, yes.known, no.known);
  // What makes a function runs only where that one is chosen.
  const type = body.checker.getContextualType(node) ?? body.checker.getTypeAtLocation(node);
  const slot = declareParts(body, node, type, "chosen") ?? declareSlot(body, node, "chosen", false);
  const [then, otherwise] = arms.map(({ side, known, block }) =>
    inBlock(body, () => {
      body.block.push(...block);
      assignHeld(body, side, slot, known);
    }),
  );
  emit(body, { kind: "if", test, then: then ?? [], else: otherwise ?? [] });
  return heldBy(slot);
}

/** Refuses what is a function and is not known. */
function refuseFunction(body: Body, node: ts.Expression): boolean {
  if (!holdsFunctions(body.all, body.checker.getTypeAtLocation(node))) return false;
  refuse(body, node, "TG1009", shortText(node));
  return true;
}

/** The function that a call calls. */
export function functionOf(body: Body, expression: ts.Expression): Callee {
  const node = skipOuter(expression);
  // `(0, eval)` is eval.
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken) {
    const last = skipOuter(node.right);
    if (ts.isIdentifier(last) && isUnusable(last.text) && isGlobal(body.checker, last, last.text))
      return { kind: "global", name: last.text };
  }
  const known = ts.isIdentifier(node) ? knownName(body, node) : knownOf(body, expression);
  if (known?.kind === "function") return known.callee;
  if (known?.kind === "broken") return known;
  const isNamed = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
  if (!isNamed && !ts.isCallExpression(node) && !ts.isExpressionWithTypeArguments(node)) {
    refuse(body, expression, "TG1009", shortText(expression));
    return { kind: "broken" };
  }
  return calleeOf(body.all, body.entry, expression);
}

function knownName(body: Body, node: ts.Identifier): Binding | undefined {
  const { parent } = node;
  const isShorthand = ts.isShorthandPropertyAssignment(parent) && parent.name === node;
  const direct = isShorthand
    ? body.checker.getShorthandAssignmentValueSymbol(parent)
    : body.checker.getSymbolAtLocation(node);
  return direct && knownSymbol(body, direct, node);
}

function knownSymbol(body: Body, direct: ts.Symbol, node: ts.Identifier): Binding | undefined {
  const binding = body.bindings.get(direct);
  if (binding?.kind === "object") return narrowedInstance(body, binding, node);
  if (binding)
    return binding.kind === "var" || binding.kind === "tuple" || binding.kind === "value" ? undefined : binding;
  const symbol = followed(body.checker, direct);
  const declaration = declarationOf(symbol);
  if (!declaration) return outer(body, node);
  // A function declaration is there from the start of the body around it.
  const scope = body.bindings.around(declaration);
  if (scope && ts.isFunctionDeclaration(declaration) && declaration.body)
    return { kind: "function", callee: { kind: "closure", node: declaration, scope } };
  if (isModuleConst(declaration) && declaration.initializer) {
    const known = knownInModule(body, declaration.initializer);
    if (known && isWrittenInto(body.checker, symbol, declaration.getSourceFile())) {
      refuse(body, node, "TG1006", node.text, "an object of functions whose fields change", byItself);
      return brokenBinding;
    }
    const { parent } = node;
    const field = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : undefined;
    if (known?.kind === "object" && isOpen(body.checker, declaration, field)) {
      refuse(body, node, "TG1006", node.text, "an object of functions that other files may write into", readOnly);
      return brokenBinding;
    }
    const made = known ?? madeInModule(body, declaration, node);
    if (made) return made;
  }
  const part = ts.isBindingElement(declaration) ? knownPart(body, declaration) : undefined;
  return part ?? outer(body, node, ts.isShorthandPropertyAssignment(node.parent) ? direct : undefined);
}

/** A function that a pattern of module scope takes out of an object or array of functions. */
function knownPart(body: Body, element: ts.BindingElement): Binding | undefined {
  const taken = takenApart(element);
  if (!taken || !holdsFunctions(body.all, body.checker.getTypeAtLocation(element.name))) return undefined;
  const [name, ...rest] = taken.path;
  if (name === undefined) return moduleField(body, taken.source);
  const owner = rest.length === 0 ? knownOf(body, taken.source) : undefined;
  if (owner?.kind === "list") return owner.items[Number(name)];
  return owner?.kind === "object" ? fieldOfKnown(owner, name) : undefined;
}

/** A function of module scope, of `Math` or of tsgrad. */
function outer(body: Body, node: ts.Expression, symbol?: ts.Symbol): Binding | undefined {
  if (body.checker.getTypeAtLocation(node).getCallSignatures().length === 0) return undefined;
  const callee = symbol ? calleeOfSymbol(body.all, body.entry, symbol, node) : calleeOf(body.all, body.entry, node);
  if (callee.kind === "local" || callee.kind === "external") return undefined;
  return callee.kind === "broken" ? brokenBinding : { kind: "function", callee };
}

/** The generic function that a call calls, for the types that it is called with. */
export function instanceOf(body: Body, node: ts.CallExpression, callee: Extract<Callee, { kind: "generic" }>): Callee {
  return instance(body.all, body.entry, callee, meaningsOfCall(body.all, node, callee.node));
}

/** What a call gives that gives a function: `makeModel(k)`, `grad(f)`. */
function knownResult(body: Body, node: ts.CallExpression): Binding | undefined {
  const type = body.checker.getTypeAtLocation(node);
  if (!holdsFunctions(body.all, type)) return leavesInstanceOpen(body.all, type) ? madeInstance(body, node) : undefined;
  if (isOfFunction(body, node, ["bind"])) return boundFunction(body, node);
  const owner = ts.isPropertyAccessExpression(node.expression) ? knownOf(body, node.expression.expression) : undefined;
  if (owner?.kind === "list") return ofKnownList(body, node, owner);
  const mapped = mappedTo(body, node) ?? partsOfKnown(body, node);
  if (mapped) return mapped;
  const transform = tsgradName(body.checker, node.expression);
  if (transform !== undefined && transformMode(transform)) return transformed(body, node);
  const member =
    owner?.kind === "object" && ts.isPropertyAccessExpression(node.expression)
      ? memberOfKnown(body, owner, node.expression.name.text)
      : undefined;
  const found =
    member?.kind === "function" ? member.callee : (calledMethod(body, node) ?? functionOf(body, node.expression));
  const callee = found.kind === "generic" ? instanceOf(body, node, found) : found;
  if (callee.kind === "broken") return brokenBinding;
  return callee.kind === "closure" ? callClosure(body, node, callee, undefined) : undefined;
}

/** `grad(f)`, `jvp((x) => k * x)` */
function transformed(body: Body, node: ts.CallExpression): Binding | undefined {
  const [argument] = node.arguments;
  const isOverloaded = argument && body.checker.getTypeAtLocation(argument).getCallSignatures().length > 1;
  const known = argument && !isOverloaded ? knownOf(body, argument) : undefined;
  if (known?.kind === "broken") return known;
  const derivative = known?.kind === "function" ? derivativeOf(body, node, known.callee) : undefined;
  return derivative ? { kind: "function", callee: derivative } : outer(body, node);
}

/** Whether a call is of one of these methods that functions have. */
export function isOfFunction({ checker }: Body, { expression }: ts.CallExpression, names: readonly string[]): boolean {
  if (!ts.isPropertyAccessExpression(expression) || !names.includes(expression.name.text)) return false;
  const isOwn = checker
    .getSymbolAtLocation(expression.name)
    ?.declarations?.every((each) => each.getSourceFile().isDeclarationFile);
  return isOwn === true && checker.getTypeAtLocation(expression.expression).getCallSignatures().length > 0;
}

/** `model.rhs.bind(model)` */
function boundFunction(body: Body, node: ts.CallExpression): Binding {
  const callee = node.expression;
  const access = ts.isPropertyAccessExpression(callee) ? skipOuter(callee.expression) : undefined;
  const [self, ...others] = node.arguments;
  const isOwn = access && ts.isPropertyAccessExpression(access) && self?.getText() === access.expression.getText();
  if (isOwn && others.length === 0) {
    const owner = knownOf(body, access.expression);
    const known = owner?.kind === "object" ? memberOfKnown(body, owner, access.name.text) : undefined;
    const method = known ?? boundMethod(body, access);
    if (method) return method.kind === "closure" ? { kind: "function", callee: method } : method;
  }
  refuse(body, node, "TG1001", shortText(node), "Write an arrow function that calls it, such as (x) => model.rhs(x).");
  return brokenBinding;
}

/** A call of a function that makes an instance of one class or another. */
function madeInstance(body: Body, node: ts.CallExpression): Binding | undefined {
  const callee = functionOf(body, node.expression);
  return callee.kind === "closure" && madeBy(callee.node) ? callClosure(body, node, callee, undefined) : undefined;
}

/** `[1, 2].map((k) => (x) => k * x)`: a function for each of a few values. */
function mappedTo(body: Body, node: ts.CallExpression): Binding | undefined {
  const callee = node.expression;
  const [given] = node.arguments;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "map" || !given) return undefined;
  const source = skipOuter(callee.expression);
  if (!ts.isArrayLiteralExpression(source) || source.elements.some(ts.isSpreadElement)) return undefined;
  const maker = functionOf(body, given);
  if (maker.kind !== "closure") return undefined;
  const parts = lowerInOrder(
    body,
    source.elements.map((element) => () => value(body, element)),
  );
  const items = parts.map((part, i): Binding => {
    const args = [steady(body, part, "item"), int(i)].map((each): Binding => ({ kind: "value", value: each }));
    return inlineClosure(body, given, maker, args, undefined);
  });
  return { kind: "list", items };
}

/** `Object.entries(table)` of an object whose fields are all known, and likewise its values. */
function partsOfKnown(body: Body, node: ts.CallExpression): Binding | undefined {
  const callee = node.expression;
  const [given] = node.arguments;
  if (!ts.isPropertyAccessExpression(callee) || !given || !isGlobal(body.checker, callee.expression, "Object"))
    return undefined;
  const parts = callee.name.text;
  const owner = parts === "entries" || parts === "values" ? knownOf(body, given) : undefined;
  if (owner?.kind === "broken") return owner;
  if (owner?.kind !== "object" || owner.instance || owner.getters) return undefined;
  // Names that are whole numbers come first, in their order.
  if ([...owner.fields.keys()].some((name) => /^\d+$/.test(name))) return undefined;
  const items = [...owner.fields].map(([name, field]): Binding => {
    const key: Binding = { kind: "value", value: { kind: "literal", value: name, type: { kind: "string" } } };
    const part = asItStands(body, field, name);
    return parts === "values" ? part : { kind: "list", items: [key, part] };
  });
  return { kind: "list", items };
}

/** What a method gives of an array of functions: `functions.at(-1)`, or another such array. */
function ofKnownList(body: Body, node: ts.CallExpression, list: ListBinding): Binding {
  const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : "";
  const items = list.items.map((item) => asItStands(body, item));
  const places = node.arguments.map((argument) => evaluate(body.all, argument));
  const [start, end] = places.map((place) => (typeof place === "number" ? place : undefined));
  const areKnown = places.every((place) => typeof place === "number");
  const found =
    name === "at" && start !== undefined
      ? items.at(start)
      : name === "slice" && areKnown
        ? { ...list, items: items.slice(start, end) }
        : name === "toReversed"
          ? { ...list, items: items.toReversed() }
          : madeOfEach(body, node, { ...list, items }, name);
  if (!found) refuse(body, node, "TG1009", shortText(node));
  return found ?? brokenBinding;
}

/** `functions.map((f) => (x) => f(x) + 1)`, `functions.reduce((f, g) => (x) => g(f(x)))` */
function madeOfEach(body: Body, node: ts.CallExpression, list: ListBinding, name: string): Binding | undefined {
  const [given, first] = node.arguments;
  if (!given || !/^(?:map|reduce|reduceRight)$/.test(name)) return undefined;
  const maker = functionOf(body, given);
  if (maker.kind !== "closure") return undefined;
  const made = (...args: Binding[]): Binding => inlineClosure(body, given, maker, args, undefined);
  const inOrder = list.items.map((item, i): readonly [Binding, Binding, Binding] => {
    return [item, { kind: "value", value: int(i) }, list];
  });
  if (name === "map") return { kind: "list", items: inOrder.map((each) => made(...each)) };
  const items = name === "reduce" ? inOrder : inOrder.toReversed();
  const start = first ? knownOf(body, first) : items.shift()?.[0];
  return start && items.reduce((sum, each) => made(sum, ...each), start);
}

/** A constant of module scope that holds functions: functions and constants, in objects and arrays. */
function knownInModule(body: Body, expression: ts.Expression): Binding | undefined {
  const node = skipOuter(expression);
  const isObject = ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);
  if (!isObject || !holdsFunctions(body.all, body.checker.getTypeAtLocation(node))) return undefined;
  if (ts.isArrayLiteralExpression(node)) {
    const items = node.elements.map((element) => moduleField(body, element));
    return { kind: "list", items: items.map((item) => item ?? brokenBinding) };
  }
  const fields = new Map<string, Binding>();
  const getters = new Map<string, Closure>();
  for (const property of node.properties) {
    const name = property.name && nameOf(body, property.name);
    if (name === undefined) continue;
    if (ts.isGetAccessorDeclaration(property)) getters.set(name, { kind: "closure", node: property, scope: undefined });
    const field = ts.isPropertyAssignment(property)
      ? moduleField(body, property.initializer)
      : ts.isShorthandPropertyAssignment(property)
        ? shorthandOf(body, property)
        : ts.isMethodDeclaration(property)
          ? ({ kind: "function", callee: { kind: "closure", node: property, scope: undefined } } as const)
          : undefined;
    if (field) fields.set(name, field);
  }
  return { kind: "object", fields, ...(getters.size > 0 ? { getters } : {}) };
}

function moduleField(body: Body, expression: ts.Expression): Binding | undefined {
  const inner = skipOuter(expression);
  if (isFunctionNode(inner)) return { kind: "function", callee: { kind: "closure", node: inner, scope: undefined } };
  const isFunction = body.checker.getTypeAtLocation(inner).getCallSignatures().length > 0;
  const constant = isFunction ? undefined : constantExpr(body.all, body.entry, inner);
  if (constant) return { kind: "value", value: constant };
  const isNamed = ts.isIdentifier(inner) || ts.isPropertyAccessExpression(inner);
  return isNamed ? (knownOf(body, inner) ?? outer(body, inner)) : knownInModule(body, inner);
}

/** `{ relu }` */
function shorthandOf(body: Body, property: ts.ShorthandPropertyAssignment): Binding | undefined {
  const symbol = body.checker.getShorthandAssignmentValueSymbol(property);
  return symbol && knownSymbol(body, symbol, property.name);
}
