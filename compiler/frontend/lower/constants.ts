/** Constants of module scope: which there are, and their values where they can be told. */
import { ts } from "ts-morph";
import { evaluateNumeric, type NumericOp } from "../../ir/evaluate.ts";
import { hasModifier, isStaticMember } from "./members.ts";
import { infixOps, mathFunctions, mathConstant, numberConstant } from "./operators.ts";
import { declarationOf, isGlobal, moduleSymbolOf, skipOuter } from "./resolve.ts";
import type { Lowering } from "./state.ts";

/** The value of an expression that is made of literals, constants and pure functions of `Math`. */
export function evaluate(all: Lowering, expression: ts.Expression): number | boolean | string | undefined {
  const node = skipOuter(expression);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isPrefixUnaryExpression(node)) return evaluatePrefix(all, node);
  if (ts.isBinaryExpression(node)) return evaluateBinary(all, node);
  if (ts.isPropertyAccessExpression(node)) {
    const member = all.checker.getSymbolAtLocation(node.name)?.valueDeclaration;
    if (member && ts.isEnumMember(member)) return all.checker.getConstantValue(member);
    if (isGlobal(all.checker, node.expression, "Math")) return mathConstant(node.name.text);
    if (isGlobal(all.checker, node.expression, "Number")) return numberConstant(node.name.text);
  }
  if (ts.isCallExpression(node)) return evaluateCall(all, node);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return evaluateName(all, node);
  return undefined;
}

function evaluatePrefix(all: Lowering, node: ts.PrefixUnaryExpression): number | boolean | undefined {
  const operand = evaluate(all, node.operand);
  if (typeof operand !== "number") return undefined;
  switch (node.operator) {
    case ts.SyntaxKind.MinusToken:
      return -operand;
    case ts.SyntaxKind.PlusToken:
      return operand;
    case ts.SyntaxKind.TildeToken:
      return ~operand;
    default:
      return undefined;
  }
}

function evaluateBinary(all: Lowering, node: ts.BinaryExpression): number | undefined {
  const op = infixOps.get(node.operatorToken.kind);
  if (!op) return undefined;
  const left = evaluate(all, node.left);
  const right = left === undefined ? undefined : evaluate(all, node.right);
  return typeof left === "number" && typeof right === "number" ? evaluateNumeric(op, [left, right]) : undefined;
}

function evaluateCall(all: Lowering, node: ts.CallExpression): number | undefined {
  const callee = skipOuter(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || !isGlobal(all.checker, callee.expression, "Math")) return undefined;
  const op = mathFunctions.get(callee.name.text);
  const args = node.arguments.map((argument) => (ts.isSpreadElement(argument) ? undefined : evaluate(all, argument)));
  const numbers = args.filter((arg) => typeof arg === "number");
  return op && numbers.length === args.length ? evaluateNumeric(op as NumericOp, numbers) : undefined;
}

function evaluateName(
  all: Lowering,
  node: ts.Identifier | ts.PropertyAccessExpression,
): number | boolean | string | undefined {
  if (ts.isIdentifier(node) && isGlobal(all.checker, node, "Infinity")) return Infinity;
  if (ts.isIdentifier(node) && isGlobal(all.checker, node, "NaN")) return NaN;
  const symbol = moduleSymbolOf(all.checker, node);
  const declaration = symbol && declarationOf(symbol);
  if (!declaration || !(isModuleConst(declaration) || isStaticConst(declaration)) || !declaration.initializer)
    return undefined;
  return evaluate(all, declaration.initializer);
}

export type ModuleVariable = ts.VariableDeclaration & { readonly name: ts.Identifier };

export function isModuleConst(node: ts.Node): node is ModuleVariable {
  return isModuleVariable(node) && isConst(node);
}

/** `const` or `let`. */
export function isModuleVariable(node: ts.Node): node is ModuleVariable {
  return ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && isModuleScope(node);
}

export const isConst = (node: ts.VariableDeclaration): boolean => (node.parent.flags & ts.NodeFlags.Const) !== 0;

/** `static readonly x = …` */
function isStaticConst(node: ts.Node): node is ts.PropertyDeclaration {
  return ts.isPropertyDeclaration(node) && isStaticMember(node) && hasModifier(node, ts.SyntaxKind.ReadonlyKeyword);
}

/** Whether a declaration stands in a file or a namespace, not in a function. */
export function isModuleScope(node: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.isVariableStatement(statement) || ts.isFunctionDeclaration(statement)
    ? ts.isSourceFile(statement.parent) || ts.isModuleBlock(statement.parent)
    : false;
}

/** What `[Kind.Linear]` calls a field, where that is known as we compile. */
export function computedName(
  all: Lowering,
  { expression }: ts.ComputedPropertyName,
): number | boolean | string | undefined {
  return evaluate(all, expression) ?? memberOfConstant(all.checker, expression);
}

/** `Kind.linear` where Kind is an object that is `as const`, as enums are written that need no emit. */
function memberOfConstant(checker: ts.TypeChecker, node: ts.Expression): string | number | undefined {
  const key = skipOuter(node);
  const type = checker.getTypeAtLocation(key);
  const isMember = ts.isPropertyAccessExpression(key) && ts.isIdentifier(key.expression);
  return isMember && (type.isStringLiteral() || type.isNumberLiteral()) ? type.value : undefined;
}
