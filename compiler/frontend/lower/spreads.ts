/** Arrays that are spread into lists and among arguments. */
import { ts } from "ts-morph";
import { elementType, int, intType, isReference, lengthOf, numberType } from "../../ir/build.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { keptList } from "./keepers.ts";
import { lowerInOrder } from "./order.ts";
import { broken, emit, freshName, hold, inBlock, refuse, shortText, type Body } from "./state.ts";
import { arrayOperand, asOperand, value } from "./values.ts";

/** The array that is spread. */
export function spreadOperand(body: Body, node: ts.SpreadElement): Expr {
  const kept = keptList(body, node.expression);
  if (kept) return asOperand(body, kept, "keys");
  const keyed = arrayOfKeys(node.expression);
  if (keyed) return placesOf(body, keyed);
  const array = arrayOperand(body, node.expression);
  if (array === broken || (isReference(array.type) && array.type.kind !== "maybe")) return array;
  return refuse(body, node, "TG1001", shortText(node), "Spread arrays only.");
}

/** `xs` of `xs.keys()`. */
function arrayOfKeys(node: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || node.arguments.length > 0) return undefined;
  const callee = node.expression;
  return ts.isPropertyAccessExpression(callee) && callee.name.text === "keys" ? callee.expression : undefined;
}

/** The list 0, 1, 2, … of an array's places. */
function placesOf(body: Body, node: ts.Expression): Expr {
  const array = arrayOperand(body, node);
  if (array === broken) return broken;
  if (array.type.kind !== "list" && array.type.kind !== "typed")
    return refuse(body, node, "TG1001", shortText(node), "Spread the keys of arrays only.");
  const type: Type = { kind: "list", element: numberType };
  const places = hold(body, "places", { kind: "zeros", length: lengthOf(array), type });
  const name = freshName(body, "k");
  const index: Expr = { kind: "var", name, type: intType };
  const inner = inBlock(body, () => {
    emit(body, { kind: "store", array: places, index, value: index });
  });
  emit(body, { kind: "for", name, start: int(0), compare: "lt", bound: lengthOf(places), step: 1, body: inner });
  return places;
}

/** Appends the elements of one array to a list. */
export function appendAll(body: Body, list: Expr, part: Expr): void {
  const index = freshName(body, "k");
  const item: Expr = {
    kind: "index",
    array: part,
    index: { kind: "var", name: index, type: { kind: "int" } },
    type: elementType(part.type),
  };
  const inner = inBlock(body, () => {
    emit(body, { kind: "append", array: list, value: item });
  });
  emit(body, { kind: "for", name: index, start: int(0), compare: "lt", bound: lengthOf(part), step: 1, body: inner });
}

/** What a spread stands for; where more arguments follow, as it is now. */
function spreadItems(body: Body, node: ts.SpreadElement, count: number): Expr {
  const array = value(body, node.expression);
  if (array === broken || array.kind === "tuple") return array;
  if (!isReference(array.type) || array.type.kind === "maybe")
    return refuse(body, node, "TG1001", shortText(node), "Spread arrays only.");
  const element = elementType(array.type);
  return count === 1 ? array : hold(body, "items", { kind: "copy", array, type: { kind: "list", element } });
}

/** The array that a rest parameter gets. */
export function gather(body: Body, nodes: readonly ts.Expression[], type: Type): Expr {
  const items = lowerInOrder(
    body,
    nodes.map((node) => () => (ts.isSpreadElement(node) ? spreadItems(body, node, nodes.length) : value(body, node))),
  );
  if (items.includes(broken)) return broken;
  // A tuple is its items.
  const parts = items.flatMap((item, i) => {
    const isSpread = ts.isSpreadElement(nodes[i]!);
    return isSpread && item.kind === "tuple"
      ? item.items.map((expr) => ({ expr, isSpread: false }))
      : [{ expr: item, isSpread }];
  });
  const [only] = parts;
  if (only?.isSpread && parts.length === 1) return asOperand(body, { kind: "copy", array: only.expr, type }, "rest");
  const start = parts.findIndex(({ isSpread }) => isSpread);
  const exprs = parts.map(({ expr }) => expr);
  if (start === -1) return asOperand(body, { kind: "items", items: exprs, type }, "rest");
  const list = hold(body, "rest", { kind: "items", items: exprs.slice(0, start), type });
  for (const { expr, isSpread } of parts.slice(start)) {
    if (isSpread) appendAll(body, list, expr);
    else emit(body, { kind: "append", array: list, value: expr });
  }
  return list;
}
