/**
 * Whether anything changes what a constant of module scope holds. One that is not exported is copied into the
 * generated file, and a copy that nobody changes has to be as good.
 */
import { ts } from "ts-morph";
import { symbolOf } from "./resolve.ts";
import { changesReceiver } from "../array-memory.ts";
import { isFunctionWithBody } from "../points-to.ts";

/** Methods of a Map or Set that only read. */
const reading = new Set("get has keys values entries forEach".split(" "));

const plain =
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.StringLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.Void;

/** Read-only by its type, or by all that is done with it. Follows the name, other names for the same memory, and parameters that it is handed to. */
export function isOnlyRead(checker: ts.TypeChecker, declaration: ts.VariableDeclaration): boolean {
  if (declaration.type && /^(?:readonly\b|Readonly(?:Array|Map|Set)\b)/.test(declaration.type.getText())) return true;
  return usesIn(checker).areFine(declaration.name);
}

/** Whether what stands within a node only reads what a variable or a field holds. */
export function isOnlyReadIn(checker: ts.TypeChecker, symbol: ts.Symbol, within: ts.Node): boolean {
  return usesIn(checker).areFineWithin(within, symbol);
}

interface Uses {
  /** Whether all uses of a name are fine. */
  areFine(name: ts.BindingName): boolean;
  areFineWithin(node: ts.Node, symbol: ts.Symbol): boolean;
}

function usesIn(checker: ts.TypeChecker): Uses {
  const seen = new Set<ts.Symbol>();
  const isPlainType = (type: ts.Type): boolean =>
    type.isUnion() ? type.types.every(isPlainType) : (type.flags & plain) !== 0;
  const isPlain = (node: ts.Node): boolean => isPlainType(checker.getTypeAtLocation(node));

  const areFine = (name: ts.BindingName): boolean => {
    if (!ts.isIdentifier(name))
      return name.elements.every((element) => ts.isOmittedExpression(element) || areFine(element.name));
    const symbol = checker.getSymbolAtLocation(name);
    if (!symbol || seen.has(symbol) || isPlain(name)) return true;
    seen.add(symbol);
    return areFineWithin(scopeOf(name), symbol, name);
  };

  const areFineWithin = (node: ts.Node, symbol: ts.Symbol, declared?: ts.Node): boolean => {
    if (ts.isIdentifier(node) && node !== declared && means(node, symbol) && !isFine(node)) return false;
    return ts.forEachChild(node, (child) => (areFineWithin(child, symbol, declared) ? undefined : true)) === undefined;
  };

  const means = (node: ts.Identifier, symbol: ts.Symbol): boolean => symbolOf(checker, node) === symbol;

  /** Whether nothing changes the memory that an expression is, or leads to, where it stands. */
  const isFine = (node: ts.Node): boolean => {
    const { parent } = node;
    if (ts.isTypeQueryNode(parent) || ts.isExportSpecifier(parent)) return true;
    // Of a namespace.
    if (ts.isPropertyAccessExpression(parent) && parent.name === node) return isFine(parent);
    if (isAccess(parent) && parent.expression === node) {
      if (isChanged(parent)) return false;
      if (ts.isCallExpression(parent.parent) && parent.parent.expression === parent)
        return isFineCall(parent.parent, parent);
      return isPlain(parent) || isFine(parent);
    }
    if (
      ts.isParenthesizedExpression(parent) ||
      ts.isNonNullExpression(parent) ||
      ts.isAsExpression(parent) ||
      ts.isSatisfiesExpression(parent)
    )
      return isFine(parent);
    if (ts.isConditionalExpression(parent)) return parent.condition === node || isFine(parent);
    if (ts.isBinaryExpression(parent)) {
      const { kind } = parent.operatorToken;
      const isChoice = kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken;
      if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) return false;
      return isChoice ? isFine(parent) : true;
    }
    if (ts.isVariableDeclaration(parent)) return parent.initializer !== node || areFine(parent.name);
    if (ts.isForOfStatement(parent))
      return (
        parent.expression === node &&
        ts.isVariableDeclarationList(parent.initializer) &&
        parent.initializer.declarations.every(({ name }) => areFine(name))
      );
    if (ts.isSpreadElement(parent)) return holdsPlain(node) || isFine(parent);
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return isFineArgument(parent, node);
    if (ts.isSpreadAssignment(parent)) return hasPlainFields(node) || isFine(parent.parent);
    // In what another constant holds.
    if (ts.isArrayLiteralExpression(parent) || ts.isObjectLiteralExpression(parent)) return isFine(parent);
    if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)) return isFine(parent.parent);
    return (
      ts.isTemplateSpan(parent) ||
      ts.isExpressionStatement(parent) ||
      ts.isPrefixUnaryExpression(parent) ||
      ts.isIfStatement(parent)
    );
  };

  /** Whether the elements of an array are no memory themselves. */
  const holdsPlain = (node: ts.Node): boolean => {
    const element = checker.getIndexTypeOfType(checker.getTypeAtLocation(node), ts.IndexKind.Number);
    return element !== undefined && isPlainType(element);
  };

  const hasPlainFields = (node: ts.Node): boolean =>
    checker
      .getTypeAtLocation(node)
      .getProperties()
      .every((property) => isPlainType(checker.getTypeOfSymbol(property)));

  const isFineCall = (call: ts.CallExpression, method: Access): boolean => {
    if (!ts.isPropertyAccessExpression(method)) return false;
    const name = method.name.text;
    const owner = checker.getTypeAtLocation(method.expression).symbol?.getName();
    if (owner === "Map" || owner === "Set") return reading.has(name);
    if (changesReceiver(name)) return false;
    // Elements that are memory go to callbacks, and come back out.
    if (holdsPlain(method.expression)) return true;
    return (
      call.arguments.every(
        (argument) => !isFunctionWithBody(argument) || argument.parameters.every((p) => areFine(p.name)),
      ) &&
      (isPlain(call) || isFine(call))
    );
  };

  const isFineArgument = (call: ts.CallExpression | ts.NewExpression, node: ts.Node): boolean => {
    const index = call.arguments?.findIndex((argument) => argument === node) ?? -1;
    const callee = checker.getResolvedSignature(call)?.declaration;
    if (index < 0 || !callee) return false;
    if (callee.getSourceFile().isDeclarationFile) return !call.expression.getText().startsWith("Object.");
    if (!isFunctionWithBody(callee)) return false;
    const parameter = callee.parameters[Math.min(index, callee.parameters.length - 1)];
    return parameter !== undefined && areFine(parameter.name);
  };

  return { areFine, areFineWithin };
}

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

function isAccess(node: ts.Node): node is Access {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** Whether it is assigned to, counted or deleted. */
function isChanged(node: Access): boolean {
  let at: ts.Node = node;
  while (ts.isParenthesizedExpression(at.parent) || ts.isNonNullExpression(at.parent)) at = at.parent;
  const { parent } = at;
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    return parent.left === at && kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  }
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  return ts.isDeleteExpression(parent);
}

function scopeOf(name: ts.Node): ts.Node {
  return ts.findAncestor(name, ts.isFunctionLike) ?? name.getSourceFile();
}
