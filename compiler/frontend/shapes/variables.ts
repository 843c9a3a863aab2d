/** Which variables have one value where they are read, as far as the order of statements tells. */
import { ts } from "ts-morph";
import { targetsOf } from "../lower/assigned.ts";
import { isAssignment } from "../lower/operators.ts";
import { declarationOf } from "../lower/resolve.ts";

/** The names that are given new values in a body, its inner functions included. */
function targetsIn(node: ts.Node): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (inner: ts.Node): void => {
    if (ts.isBinaryExpression(inner) && isAssignment(inner.operatorToken.kind)) found.push(...targetsOf(inner.left));
    if (ts.isPrefixUnaryExpression(inner) || ts.isPostfixUnaryExpression(inner)) {
      const { operator } = inner;
      if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken)
        found.push(...targetsOf(inner.operand));
    }
    if ((ts.isForOfStatement(inner) || ts.isForInStatement(inner)) && ts.isExpression(inner.initializer))
      found.push(...targetsOf(inner.initializer));
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return found;
}

function assignedIn(checker: ts.TypeChecker, node: ts.Node): ReadonlySet<ts.Symbol> {
  const symbols = targetsIn(node).map((name) => checker.getSymbolAtLocation(name));
  return new Set(symbols.filter((symbol) => symbol !== undefined));
}

/** Variables of a function that get new values, while a function inside of it reads or writes them. */
export function sharedIn(checker: ts.TypeChecker, body: ts.Node): ReadonlySet<ts.Symbol> {
  const shared = new Set<ts.Symbol>();
  const assigned = assignedIn(checker, body);
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      const declaration = symbol && assigned.has(symbol) ? declarationOf(symbol) : undefined;
      if (declaration !== undefined && functionAround(declaration) !== functionAround(node)) shared.add(symbol!);
    }
    ts.forEachChild(node, visit);
  };
  if (assigned.size > 0) visit(body);
  return shared;
}

function functionAround(node: ts.Node): ts.Node | undefined {
  return ts.findAncestor(node.parent, ts.isFunctionLike);
}

/** Whether a declaration is that of a constant. */
export function isConst(declaration: ts.Node): declaration is ts.VariableDeclaration {
  return ts.isVariableDeclaration(declaration) && (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}
