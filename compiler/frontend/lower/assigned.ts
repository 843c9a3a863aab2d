/** What a text assigns to: variables, fields and elements, also where a pattern takes something apart into them. */
import { ts } from "ts-morph";
import { isAssignment } from "./operators.ts";
import { isOnlyAround, symbolOf } from "./resolve.ts";

/** A field or an element. */
export type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

export const isAccess = (node: ts.Node): node is Access =>
  ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);

/** `this.name` */
export const isOfThis = (node: ts.Node): node is ts.PropertyAccessExpression =>
  ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;

/**
 * Whether something is assigned to an expression: by an assignment of any kind, `++` or `--`, the head of a loop, or as
 * a part of a pattern in such a place; or whether it is deleted.
 */
export function isTarget(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return parent.left === node && isAssignment(parent.operatorToken.kind);
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node && isTarget(parent.parent);
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name === node && isTarget(parent.parent);
  if (ts.isSpreadAssignment(parent)) return isTarget(parent.parent);
  if (ts.isDeleteExpression(parent)) return true;
  return (isPart(parent) || isOnlyAround(parent)) && isTarget(parent);
}

/** Of a pattern. */
const isPart = (node: ts.Node): boolean =>
  ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node) || ts.isSpreadElement(node);

/** Whether something is assigned to a field or an element of what an expression is, or to one of those of that. */
export function isWrittenThrough(node: ts.Node): boolean {
  const { parent } = node;
  if (isOnlyAround(parent)) return isWrittenThrough(parent);
  return isAccess(parent) && parent.expression === node && (isTarget(parent) || isWrittenThrough(parent));
}

/** How often each variable is assigned to, declarations aside. */
export function assignmentsIn(checker: ts.TypeChecker, root: ts.Node): Map<ts.Symbol, number> {
  const counts = new Map<ts.Symbol, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isTarget(node)) {
      const symbol = symbolOf(checker, node);
      if (symbol) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return counts;
}

/** Whether something within a node is assigned to a variable. */
export const isAssigned = (checker: ts.TypeChecker, symbol: ts.Symbol, within: ts.Node): boolean =>
  usesOf(checker, symbol, within).some(isTarget);

/** Whether something within a node is assigned to a field or an element of what a variable holds. */
export const isWrittenInto = (checker: ts.TypeChecker, symbol: ts.Symbol, within: ts.Node): boolean =>
  usesOf(checker, symbol, within).some(isWrittenThrough);

/** Where something in a file is assigned to a field of this name. */
export const fieldsAssigned = (file: ts.SourceFile, name: string): readonly ts.PropertyAccessExpression[] =>
  (namesIn(file).get(name) ?? []).flatMap(({ parent }) =>
    ts.isPropertyAccessExpression(parent) && parent.name.text === name && isTarget(parent) ? [parent] : [],
  );

const itemsOfFiles = new WeakMap<ts.SourceFile, readonly ts.ElementAccessExpression[]>();

/** Where something in a file is assigned to an element or an item. */
export function itemsAssigned(file: ts.SourceFile): readonly ts.ElementAccessExpression[] {
  const known = itemsOfFiles.get(file);
  if (known) return known;
  const found: ts.ElementAccessExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isElementAccessExpression(node) && isTarget(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  itemsOfFiles.set(file, found);
  return found;
}

/** Where a variable or field is named within a node. */
export function usesOf(checker: ts.TypeChecker, symbol: ts.Symbol, within: ts.Node): readonly ts.Identifier[] {
  const declared = symbol.valueDeclaration && ts.getNameOfDeclaration(symbol.valueDeclaration);
  const text = declared && ts.isIdentifier(declared) ? declared.text : symbol.name;
  return (namesIn(within.getSourceFile()).get(text) ?? []).filter(
    (name) =>
      name.pos >= within.pos &&
      name.end <= within.end &&
      (symbolOf(checker, name) === symbol || fieldTaken(checker, name) === symbol),
  );
}

/** The field that `{ name }` takes out of an object. */
function fieldTaken(checker: ts.TypeChecker, name: ts.Identifier): ts.Symbol | undefined {
  const { parent } = name;
  if (!ts.isBindingElement(parent) || parent.propertyName || !ts.isObjectBindingPattern(parent.parent))
    return undefined;
  return checker.getPropertyOfType(checker.getTypeAtLocation(parent.parent), name.text);
}

const namesOfFiles = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly ts.Identifier[]>>();

/** All names in a file, by their texts. */
function namesIn(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Identifier[]> {
  const known = namesOfFiles.get(file);
  if (known) return known;
  const names = new Map<string, ts.Identifier[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const same = names.get(node.text);
      if (same) same.push(node);
      else names.set(node.text, [node]);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  namesOfFiles.set(file, names);
  return names;
}

/** The variables among the targets of an assignment. */
export function targetsOf(node: ts.Expression): readonly ts.Identifier[] {
  if (ts.isIdentifier(node)) return [node];
  if (isOnlyAround(node) || ts.isSpreadElement(node)) return targetsOf(node.expression);
  if (ts.isBinaryExpression(node)) return targetsOf(node.left);
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(targetsOf);
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((property) => {
    if (ts.isShorthandPropertyAssignment(property)) return [property.name];
    if (ts.isPropertyAssignment(property)) return targetsOf(property.initializer);
    return ts.isSpreadAssignment(property) ? targetsOf(property.expression) : [];
  });
}
