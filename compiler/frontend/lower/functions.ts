/**
 * Functions as values. Which function it is is always known as the program is compiled: an expression that stands for
 * one is followed to where the function was made. At run time nothing is left of it.
 */
import { ts } from "ts-morph";
import { calleeOf, instance, isTransform, type Callee } from "./callees.ts";
import { isGiven } from "./choices.ts";
import { constantExpr, isModuleConst } from "./constants.ts";
import { isFunctionNode } from "./entries.ts";
import { meaningsOfCall } from "./generics.ts";
import { callClosure } from "./inlining.ts";
import { calledMethod } from "./instances.ts";
import { lowerInOrder } from "./order.ts";
import { declarationOf, followed, skipOuter, tsgradName } from "./resolve.ts";
import { absent, refuse, shortText, type Binding, type Body, type ObjectBinding } from "./state.ts";
import { holdsFunctions } from "./types.ts";
import { steady, value } from "./values.ts";

const brokenBinding: Binding = { kind: "broken" };

/** The function or the object of functions that an expression stands for; undefined where it is neither. */
export function knownOf(body: Body, expression: ts.Expression): Binding | undefined {
  const node = skipOuter(expression);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
    return { kind: "function", callee: { kind: "closure", node, scope: body.bindings } };
  if (ts.isIdentifier(node)) return knownName(body, node);
  if (ts.isExpressionWithTypeArguments(node)) return outer(body, node);
  if (ts.isPropertyAccessExpression(node)) {
    const owner = knownOf(body, node.expression);
    if (owner?.kind === "broken") return owner;
    return owner?.kind === "object" ? owner.fields.get(node.name.text) : outer(body, node);
  }
  if (ts.isObjectLiteralExpression(node)) return knownObject(body, node);
  if (ts.isCallExpression(node)) return knownResult(body, node);
  if (ts.isConditionalExpression(node) || ts.isBinaryExpression(node)) return chosenFunction(body, node);
  return undefined;
}

/** `given ? f : g`, where it is known whether a function is given; anything else is chosen as the program runs. */
function chosenFunction(body: Body, node: ts.ConditionalExpression | ts.BinaryExpression): Binding | undefined {
  if (body.checker.getTypeAtLocation(node).getCallSignatures().length === 0) return undefined;
  const isDefault = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;
  if (ts.isConditionalExpression(node)) {
    const given = isGiven(body, node.condition);
    if (given !== undefined) return knownOf(body, given ? node.whenTrue : node.whenFalse);
  } else if (isDefault) {
    const given = isGiven(body, node.left);
    if (given !== undefined) return knownOf(body, given ? node.left : node.right);
  }
  refuse(body, node, "TG1009", shortText(node));
  return brokenBinding;
}

/** The function that a call calls. */
export function functionOf(body: Body, expression: ts.Expression): Callee {
  const known = knownOf(body, expression);
  if (known?.kind === "function") return known.callee;
  if (known?.kind === "broken") return known;
  const node = skipOuter(expression);
  const isNamed = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
  if (!isNamed && !ts.isCallExpression(node) && !ts.isExpressionWithTypeArguments(node)) {
    refuse(body, expression, "TG1009", shortText(expression));
    return { kind: "broken" };
  }
  return calleeOf(body.all, body.entry, expression);
}

function knownName(body: Body, node: ts.Identifier): Binding | undefined {
  const direct = body.checker.getSymbolAtLocation(node);
  return direct && knownSymbol(body, direct, node);
}

function knownSymbol(body: Body, direct: ts.Symbol, node: ts.Identifier): Binding | undefined {
  const binding = body.bindings.get(direct);
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
    const inner = skipOuter(declaration.initializer);
    if (ts.isObjectLiteralExpression(inner) && holdsFunctions(body.all, body.checker.getTypeAtLocation(node)))
      return moduleObject(body, inner);
  }
  return outer(body, node);
}

/** A function of module scope, of `Math` or of tsgrad. */
function outer(body: Body, node: ts.Expression): Binding | undefined {
  if (body.checker.getTypeAtLocation(node).getCallSignatures().length === 0) return undefined;
  const callee = calleeOf(body.all, body.entry, node);
  if (callee.kind === "local" || callee.kind === "external") return undefined;
  return callee.kind === "broken" ? brokenBinding : { kind: "function", callee };
}

/** The generic function that a call calls, for the types that it is called with. */
export function instanceOf(body: Body, node: ts.CallExpression, callee: Extract<Callee, { kind: "generic" }>): Callee {
  return instance(body.all, body.entry, callee, meaningsOfCall(body.all, node, callee.node));
}

/** What a call gives that gives a function: `makeModel(k)`, `grad(f)`. */
function knownResult(body: Body, node: ts.CallExpression): Binding | undefined {
  if (!holdsFunctions(body.all, body.checker.getTypeAtLocation(node))) return undefined;
  const transform = tsgradName(body.checker, node.expression);
  if (transform !== undefined && isTransform(transform)) return outer(body, node);
  const found = calledMethod(body, node) ?? functionOf(body, node.expression);
  const callee = found.kind === "generic" ? instanceOf(body, node, found) : found;
  if (callee.kind === "broken") return brokenBinding;
  return callee.kind === "closure" ? callClosure(body, node, callee, undefined) : undefined;
}

/** `{ f: (x) => …, g, k: 2 }`: functions by what they are, the rest by its value. */
function knownObject(body: Body, node: ts.ObjectLiteralExpression): Binding | undefined {
  if (!holdsFunctions(body.all, body.checker.getTypeAtLocation(node))) return undefined;
  const fields = new Map<string, Binding>();
  const pending: string[] = [];
  const operands = node.properties.map((property) => () => {
    const name = property.name && ts.isIdentifier(property.name) ? property.name.text : undefined;
    if (name === undefined || !(ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property))) {
      refuse(body, property, "TG1001", shortText(property), "Write name: value in an object that holds functions.");
      return absent;
    }
    pending.push(name);
    const known = ts.isPropertyAssignment(property)
      ? knownOf(body, property.initializer)
      : knownShorthand(body, property);
    if (known) fields.set(name, known);
    if (known) return absent;
    return value(body, ts.isPropertyAssignment(property) ? property.initializer : property.name);
  });
  lowerInOrder(body, operands).forEach((part, i) => {
    const name = pending[i];
    if (name !== undefined && !fields.has(name)) fields.set(name, { kind: "value", value: steady(body, part, name) });
  });
  return { kind: "object", fields };
}

function knownShorthand(body: Body, property: ts.ShorthandPropertyAssignment): Binding | undefined {
  const symbol = body.checker.getShorthandAssignmentValueSymbol(property);
  return symbol && knownSymbol(body, symbol, property.name);
}

/** A constant object of module scope: functions and constants. */
function moduleObject(body: Body, node: ts.ObjectLiteralExpression): ObjectBinding {
  const fields = new Map<string, Binding>();
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property) || !ts.isIdentifier(property.name)) continue;
    const inner = skipOuter(property.initializer);
    const constant = isFunctionNode(inner) ? undefined : constantExpr(body.all, body.entry, inner);
    if (isFunctionNode(inner))
      fields.set(property.name.text, { kind: "function", callee: { kind: "closure", node: inner, scope: undefined } });
    else if (constant) fields.set(property.name.text, { kind: "value", value: constant });
    else {
      const known = ts.isIdentifier(inner) || ts.isPropertyAccessExpression(inner) ? outer(body, inner) : undefined;
      if (known) fields.set(property.name.text, known);
    }
  }
  return { kind: "object", fields };
}
