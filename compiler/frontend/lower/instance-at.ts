/** Elements of arrays that are written out and hold instances of several classes: `forces[1]`. */
import { ts } from "ts-morph";
import { evaluate } from "./constants.ts";
import type { Binding, Body } from "./state.ts";

/** The element at a place that is known; undefined for those of other arrays. */
export function instanceAt(
  { all, bindings, checker }: Body,
  node: ts.ElementAccessExpression,
): Extract<Binding, { kind: "value" }> | undefined {
  const owner = withoutMarks(node.expression);
  const symbol = ts.isIdentifier(owner) ? checker.getSymbolAtLocation(owner) : undefined;
  const list = symbol && bindings.get(symbol);
  const place = list?.kind === "list" ? evaluate(all, node.argumentExpression) : undefined;
  const item = list?.kind === "list" && typeof place === "number" ? list.items[place] : undefined;
  return item?.kind === "value" && item.instance ? item : undefined;
}

/** Without parentheses, and without the `!` that says that something is there. */
export function withoutMarks(node: ts.Expression): ts.Expression {
  let inner = node;
  while (ts.isParenthesizedExpression(inner) || ts.isNonNullExpression(inner)) inner = inner.expression;
  return inner;
}
