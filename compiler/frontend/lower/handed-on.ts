/**
 * Which tuples have to be objects. One of which only the items are read is the variables that it is made of; one that
 * goes on under another name, into a call or into other memory, or that is written, may change where it is known by
 * that: there is one of it.
 */
import { ts } from "ts-morph";
import { isTarget } from "./assigned.ts";
import { symbolOf } from "./resolve.ts";
import { isFunctionWithBody, returnsOf } from "../points-to.ts";

export function isHandedOn(checker: ts.TypeChecker, symbol: ts.Symbol, within: ts.Node): boolean {
  const visit = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && symbolOf(checker, node) === symbol && goesOn(checker, node)) ||
    (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
  return visit(within);
}

/**
 * Whether all that a function returns are tuples that come into being as they are returned: then its results are their
 * items. One that returns an object, which may be known by another name too, returns that.
 */
export function returnsItems(
  checker: ts.TypeChecker,
  func: ts.SignatureDeclaration,
  seen: ReadonlySet<ts.Node> = new Set(),
): boolean {
  if (!isFunctionWithBody(func) || seen.has(func)) return true;
  const around = new Set([...seen, func]);
  const isNew = (node: ts.Expression): boolean => {
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
      return isNew(node.expression);
    if (ts.isSatisfiesExpression(node)) return isNew(node.expression);
    if (ts.isConditionalExpression(node)) return isNew(node.whenTrue) && isNew(node.whenFalse);
    if (ts.isCallExpression(node)) {
      const called = checker.getResolvedSignature(node)?.declaration;
      if (called && ts.isMethodSignature(called) && called.getSourceFile().isDeclarationFile) return isNewSum(node);
      return !called || ts.isJSDocSignature(called) || returnsItems(checker, called, around);
    }
    if (!ts.isIdentifier(node)) return ts.isArrayLiteralExpression(node);
    const symbol = checker.getSymbolAtLocation(node);
    const declared = symbol?.valueDeclaration;
    if (!symbol || !declared || !ts.isVariableDeclaration(declared)) return false;
    const block = ts.findAncestor(declared, (each) => ts.isBlock(each) || ts.isFunctionLike(each)) ?? func;
    return (!declared.initializer || isNew(declared.initializer)) && !isHandedOn(checker, symbol, block);
  };
  // What a method of an array gives was there before, but for the sum that `reduce` makes anew each time.
  const isNewSum = ({ expression, arguments: [step, start] }: ts.CallExpression): boolean =>
    ts.isPropertyAccessExpression(expression) &&
    expression.name.text.startsWith("reduce") &&
    start !== undefined &&
    isNew(start) &&
    step !== undefined &&
    isFunctionWithBody(step) &&
    returnsItems(checker, step, around);
  return returnsOf(func).every((value) => value === undefined || isNew(value));
}

function goesOn(checker: ts.TypeChecker, name: ts.Expression): boolean {
  const { parent } = name;
  if (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent) || ts.isNonNullExpression(parent))
    return goesOn(checker, parent);
  if (ts.isConditionalExpression(parent)) return parent.condition !== name && goesOn(checker, parent);
  if (ts.isElementAccessExpression(parent)) {
    if (parent.expression !== name) return false;
    // A tuple within goes on with the one that it is in.
    return isTarget(parent) || (checker.isTupleType(checker.getTypeAtLocation(parent)) && goesOn(checker, parent));
  }
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent))
    return parent.expression !== name && !parent.expression.getText().startsWith("console.");
  if (ts.isVariableDeclaration(parent)) return parent.initializer === name && ts.isIdentifier(parent.name);
  if (ts.isBinaryExpression(parent)) {
    const isAssignment = parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    return isAssignment && parent.right === name && !ts.isArrayLiteralExpression(parent.left);
  }
  return (
    ts.isArrayLiteralExpression(parent) || ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)
  );
}
