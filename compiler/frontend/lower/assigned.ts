/** Which variables a text assigns to. */
import { ts } from "ts-morph";
import { isAssignment } from "./operators.ts";
import { skipOuter } from "./resolve.ts";

/** How often each variable is assigned to, declarations aside. */
export function assignmentsIn(checker: ts.TypeChecker, root: ts.Node): Map<ts.Symbol, number> {
  const counts = new Map<ts.Symbol, number>();
  const count = (target: ts.Expression): void => {
    const node = skipOuter(target);
    if (ts.isArrayLiteralExpression(node)) node.elements.forEach(count);
    else if (ts.isBinaryExpression(node)) count(node.left);
    else if (ts.isSpreadElement(node)) count(node.expression);
    else if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) count(node.left);
    const isUnary = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
    if (isUnary && (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken))
      count(node.operand);
    if (ts.isForOfStatement(node) && !ts.isVariableDeclarationList(node.initializer)) count(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return counts;
}
