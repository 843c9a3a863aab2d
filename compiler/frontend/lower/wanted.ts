/**
 * What is wanted of an expression where it stands. TypeScript takes the type of a list that `map` makes from what the
 * callback returns, `{ trail: [] }` with a list that never holds anything; where the callback makes each element anew, the
 * list may as well be of the type that is wanted of it.
 */
import { ts } from "ts-morph";
import { skipOuter } from "./resolve.ts";
import type { Body } from "./state.ts";

/** The type that is wanted of an expression. */
export function contextOf(body: Body, node: ts.Expression): ts.Type | undefined {
  return ofElement(body, node) ?? body.checker.getContextualType(node);
}

/** The same for what is, or is a part of, an element of a list that a callback makes. */
function ofElement(body: Body, node: ts.Expression): ts.Type | undefined {
  const call = callOfResult(node);
  if (call) return wantedElement(body, call);
  const { checker } = body;
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) {
    const wanted = ofElement(body, parent.parent);
    const property = wanted && checker.getPropertyOfType(wanted, parent.name.getText());
    return property && checker.getTypeOfSymbol(property);
  }
  if (!ts.isArrayLiteralExpression(parent)) return undefined;
  const wanted = ofElement(body, parent);
  if (!wanted) return undefined;
  if (checker.isTupleType(wanted))
    return checker.getTypeArguments(wanted as ts.TypeReference)[parent.elements.indexOf(node)];
  return checker.getIndexTypeOfType(wanted, ts.IndexKind.Number);
}

/** The type of the elements that are wanted of a call of `map` and the like, where its callback makes them. */
export function wantedElement(body: Body, call: ts.CallExpression): ts.Type | undefined {
  const callback = callbackOf(call);
  if (!callback || callback.type || !makesAnew(callback)) return undefined;
  const wanted = contextOf(body, call);
  return wanted && body.checker.isArrayType(wanted)
    ? body.checker.getTypeArguments(wanted as ts.TypeReference)[0]
    : undefined;
}

/** What is wanted of a function that gives the elements of a list. */
export function wantedResult(body: Body, func: ts.Node): ts.Type | undefined {
  const call = ts.findAncestor(func, ts.isCallExpression);
  return call && callbackOf(call) === func ? wantedElement(body, call) : undefined;
}

type Callback = ts.ArrowFunction | ts.FunctionExpression;

/** The function that gives each element: of `xs.map(f)`, `Array.from(xs, f)`. */
function callbackOf(call: ts.CallExpression): Callback | undefined {
  const { expression, typeArguments } = call;
  if (typeArguments || !ts.isPropertyAccessExpression(expression)) return undefined;
  const isFrom = expression.name.text === "from";
  if (!isFrom && expression.name.text !== "map") return undefined;
  const given = call.arguments[isFrom ? 1 : 0];
  const callback = given && skipOuter(given);
  return callback && (ts.isArrowFunction(callback) || ts.isFunctionExpression(callback)) ? callback : undefined;
}

function makesAnew({ body }: Callback): boolean {
  if (!ts.isBlock(body)) return isNew(body);
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return true;
    if (ts.isReturnStatement(node)) return node.expression !== undefined && isNew(node.expression);
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) === undefined;
  };
  return visit(body);
}

/** Whether an expression makes an object or array that nothing else knows. */
function isNew(expression: ts.Expression): boolean {
  const node = ts.isParenthesizedExpression(expression) ? skipOuter(expression) : expression;
  if (ts.isConditionalExpression(node)) return isNew(node.whenTrue) && isNew(node.whenFalse);
  if (ts.isCallExpression(node)) {
    const callback = callbackOf(node);
    return callback !== undefined && !callback.type && makesAnew(callback);
  }
  return ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);
}

/** The call of `map` and the like that an expression gives an element of. */
function callOfResult(node: ts.Expression): ts.CallExpression | undefined {
  let result: ts.Node = node;
  while (
    ts.isParenthesizedExpression(result.parent) ||
    (ts.isConditionalExpression(result.parent) && result.parent.condition !== result)
  )
    result = result.parent;
  const { parent } = result;
  const callback = ts.isReturnStatement(parent) ? ts.findAncestor(parent, ts.isFunctionLike) : parent;
  if (!callback || !(ts.isArrowFunction(callback) || ts.isFunctionExpression(callback))) return undefined;
  if (!ts.isReturnStatement(parent) && callback.body !== result) return undefined;
  const call = ts.findAncestor(callback, ts.isCallExpression);
  return call && callbackOf(call) === callback ? call : undefined;
}
