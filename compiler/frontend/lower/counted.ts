/** Recognises `for (let i = start; i < bound; i += step)`. */
import { ts } from "ts-morph";
import { skipOuter } from "./resolve.ts";
import type { Body } from "./state.ts";

export interface CountedHeader {
  readonly declaration: ts.VariableDeclaration;
  readonly symbol: ts.Symbol;
  readonly name: string;
  readonly start: ts.Expression;
  /** Further variables of the header, which do not change. */
  readonly others: readonly ts.VariableDeclaration[];
  readonly compare: "lt" | "le" | "gt" | "ge";
  readonly bound: ts.Expression;
  /** The test is `i + offset < bound`. */
  readonly offset: number;
  readonly step: number;
}

/** The parts of a counted loop whose counter only its update changes; undefined for any other loop. */
export function countedHeader(body: Body, node: ts.ForStatement): CountedHeader | undefined {
  const { initializer, condition, incrementor } = node;
  if (!initializer || !ts.isVariableDeclarationList(initializer) || !condition || !incrementor) return undefined;
  if (!(initializer.flags & ts.NodeFlags.Let)) return undefined;
  const update = stepOf(body, incrementor);
  if (!update) return undefined;
  const changes = (declaration: ts.VariableDeclaration): number => {
    const symbol = body.checker.getSymbolAtLocation(declaration.name);
    return symbol ? (body.assignments.get(symbol) ?? 0) : 1;
  };
  const declaration = initializer.declarations.find(
    (candidate) => body.checker.getSymbolAtLocation(candidate.name) === update.symbol,
  );
  const others = initializer.declarations.filter((candidate) => candidate !== declaration);
  if (!declaration?.initializer || !ts.isIdentifier(declaration.name) || changes(declaration) !== 1) return undefined;
  if (others.some((other) => changes(other) > 0 || !ts.isIdentifier(other.name))) return undefined;
  // Declaring the others first must not show: they stand in front, or the start is a literal.
  const isFirst = initializer.declarations[0] === declaration;
  if (isFirst && others.length > 0 && !ts.isNumericLiteral(skipOuter(declaration.initializer))) return undefined;
  if (others.some((other) => mentions(body, other, update.symbol))) return undefined;
  const test = testOf(body, condition, update.symbol);
  if (!test || mentions(body, test.bound, update.symbol)) return undefined;
  const isUp = test.compare === "lt" || test.compare === "le";
  if (isUp !== update.step > 0) return undefined;
  return {
    declaration,
    symbol: update.symbol,
    name: declaration.name.text,
    start: declaration.initializer,
    others,
    ...test,
    step: update.step,
  };
}

function symbolOf(body: Body, node: ts.Expression): ts.Symbol | undefined {
  const inner = skipOuter(node);
  return ts.isIdentifier(inner) ? body.checker.getSymbolAtLocation(inner) : undefined;
}

/** `i++`, `i -= 2`, `i = i + 1`. */
function stepOf(body: Body, node: ts.Expression): { symbol: ts.Symbol; step: number } | undefined {
  const inner = skipOuter(node);
  if (ts.isPostfixUnaryExpression(inner) || ts.isPrefixUnaryExpression(inner)) {
    const symbol = symbolOf(body, inner.operand);
    const step =
      inner.operator === ts.SyntaxKind.PlusPlusToken
        ? 1
        : inner.operator === ts.SyntaxKind.MinusMinusToken
          ? -1
          : undefined;
    return symbol && step !== undefined ? { symbol, step } : undefined;
  }
  if (!ts.isBinaryExpression(inner)) return undefined;
  const symbol = symbolOf(body, inner.left);
  if (!symbol) return undefined;
  const kind = inner.operatorToken.kind;
  if (kind === ts.SyntaxKind.PlusEqualsToken || kind === ts.SyntaxKind.MinusEqualsToken) {
    return stepBy(symbol, inner.right, kind === ts.SyntaxKind.MinusEqualsToken);
  }
  const sum = skipOuter(inner.right);
  if (kind !== ts.SyntaxKind.EqualsToken || !ts.isBinaryExpression(sum) || symbolOf(body, sum.left) !== symbol)
    return undefined;
  const sign = sum.operatorToken.kind;
  if (sign !== ts.SyntaxKind.PlusToken && sign !== ts.SyntaxKind.MinusToken) return undefined;
  return stepBy(symbol, sum.right, sign === ts.SyntaxKind.MinusToken);
}

function stepBy(
  symbol: ts.Symbol,
  amount: ts.Expression,
  isDown: boolean,
): { symbol: ts.Symbol; step: number } | undefined {
  const literal = skipOuter(amount);
  if (!ts.isNumericLiteral(literal) || Number(literal.text) === 0) return undefined;
  return { symbol, step: isDown ? -Number(literal.text) : Number(literal.text) };
}

const orders = new Map<ts.SyntaxKind, "lt" | "le" | "gt" | "ge">([
  [ts.SyntaxKind.LessThanToken, "lt"],
  [ts.SyntaxKind.LessThanEqualsToken, "le"],
  [ts.SyntaxKind.GreaterThanToken, "gt"],
  [ts.SyntaxKind.GreaterThanEqualsToken, "ge"],
]);
const flipped = { lt: "gt", le: "ge", gt: "lt", ge: "le" } as const;

function testOf(
  body: Body,
  node: ts.Expression,
  symbol: ts.Symbol,
): { compare: "lt" | "le" | "gt" | "ge"; bound: ts.Expression; offset: number } | undefined {
  const inner = skipOuter(node);
  const compare = ts.isBinaryExpression(inner) ? orders.get(inner.operatorToken.kind) : undefined;
  if (!ts.isBinaryExpression(inner) || !compare) return undefined;
  const left = offsetOf(body, inner.left, symbol);
  if (left !== undefined) return { compare, bound: inner.right, offset: left };
  const right = offsetOf(body, inner.right, symbol);
  return right === undefined ? undefined : { compare: flipped[compare], bound: inner.left, offset: right };
}

/** `c` of `i + c`, 0 of `i`. */
function offsetOf(body: Body, node: ts.Expression, symbol: ts.Symbol): number | undefined {
  const inner = skipOuter(node);
  if (symbolOf(body, inner) === symbol) return 0;
  if (!ts.isBinaryExpression(inner) || symbolOf(body, inner.left) !== symbol) return undefined;
  const literal = skipOuter(inner.right);
  if (!ts.isNumericLiteral(literal) || !Number.isSafeInteger(Number(literal.text))) return undefined;
  if (inner.operatorToken.kind === ts.SyntaxKind.PlusToken) return Number(literal.text);
  return inner.operatorToken.kind === ts.SyntaxKind.MinusToken ? -Number(literal.text) : undefined;
}

function mentions(body: Body, node: ts.Node, symbol: ts.Symbol): boolean {
  if (ts.isIdentifier(node) && node.text === symbol.name && body.checker.getSymbolAtLocation(node) === symbol)
    return true;
  return ts.forEachChild(node, (child) => (mentions(body, child, symbol) ? true : undefined)) === true;
}
