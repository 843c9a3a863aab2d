/** Arrays that are spread into lists and among arguments. */
import { ts } from "ts-morph";
import {
  countedLoop,
  at,
  elementType,
  fieldAt,
  int,
  intType,
  isReference,
  lengthOf,
  numberType,
  sameType,
} from "../../ir/build.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { keptList } from "./keepers.ts";
import { lowerInOrder } from "./order.ts";
import { skipOuter } from "./resolve.ts";
import { refuseLookalike } from "./lookalikes.ts";
import { broken, emit, freshName, hold, inBlock, refuse, shortText, type Body } from "./state.ts";
import { asData } from "./types.ts";
import { arrayOperand, asArray, asOperand, fitTo, steady, value } from "./values.ts";

/** The array that is spread. */
export function spreadOperand(body: Body, node: ts.SpreadElement): Expr {
  const array = listOfIterator(body, node.expression) ?? arrayOperand(body, node.expression);
  if (array === broken || array.kind === "tuple") return array;
  if (isReference(array.type) && array.type.kind !== "maybe") return asArray(body, array);
  return refuse(body, node, "TG1001", shortText(node), "Spread arrays only.");
}

/** `xs.keys()`, `xs.entries()` and `xs.values()` as lists, of arrays, Maps and Sets; undefined for all else. */
export function listOfIterator(body: Body, node: ts.Expression): Expr | undefined {
  const kept = keptList(body, node);
  if (kept) return kept;
  const inner = skipOuter(node);
  const callee = ts.isCallExpression(inner) && inner.arguments.length === 0 ? inner.expression : undefined;
  if (!callee || !ts.isPropertyAccessExpression(callee)) return undefined;
  const parts = callee.name.text;
  const isOfArray = body.checker.getIndexTypeOfType(
    body.checker.getTypeAtLocation(callee.expression),
    ts.IndexKind.Number,
  );
  if (!isOfArray || (parts !== "keys" && parts !== "values" && parts !== "entries")) return undefined;
  const array = arrayOperand(body, callee.expression);
  if (array === broken) return broken;
  if (array.type.kind !== "list" && array.type.kind !== "typed") return undefined;
  if (parts === "values") return array;
  return parts === "keys" ? placesOf(body, array) : entriesOf(body, array);
}

/** The list 0, 1, 2, … of an array's places. */
function placesOf(body: Body, array: Expr): Expr {
  const type: Type = { kind: "list", element: numberType };
  const places = hold(body, "places", { kind: "zeros", length: lengthOf(array), type });
  const name = freshName(body, "k");
  const index: Expr = { kind: "var", name, type: intType };
  const inner = inBlock(body, () => {
    emit(body, { kind: "store", array: places, index, value: index });
  });
  emit(body, countedLoop(name, lengthOf(places), inner));
  return places;
}

/** The list of an array's places, each with the element that stands there. */
function entriesOf(body: Body, array: Expr): Expr {
  const element = asData({ kind: "tuple", items: [numberType, elementType(array.type)] });
  const entries = hold(body, "entries", { kind: "items", items: [], type: { kind: "list", element } });
  const name = freshName(body, "k");
  const index: Expr = { kind: "var", name, type: intType };
  const inner = inBlock(body, () => {
    const entry = hold(body, "entry", { kind: "items", items: [index, at(array, index)], type: element });
    emit(body, { kind: "append", array: entries, value: entry });
  });
  emit(body, countedLoop(name, lengthOf(array), inner));
  return entries;
}

/** Appends the elements of one array to a list; those that it has now, where it may be the list itself. */
export function appendAll(body: Body, list: Expr, part: Expr, mayBeSame = false): void {
  const items = itemsOfTuple(part);
  if (items) {
    for (const item of items)
      emit(body, { kind: "append", array: list, value: asOperand(body, fitTo(body, item, elementType(list.type))) });
    return;
  }
  if (refuseLookalike(body, elementType(part.type), elementType(list.type))) return;
  const bound = mayBeSame ? hold(body, "count", lengthOf(part)) : lengthOf(part);
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
  emit(body, countedLoop(index, bound, inner));
}

/** The items of a tuple, also of one that holds data. */
export function itemsOfTuple(expr: Expr): readonly Expr[] | undefined {
  if (expr.kind === "tuple") return expr.items;
  const { type } = expr;
  if (type.kind !== "record" || type.isTuple !== true) return undefined;
  return type.fields.map((field) => fieldAt(expr, field.name));
}

/** A tuple as a list of its items, where they are alike: for what reads them only. */
export function tupleAsList(body: Body, expr: Expr): Expr {
  if (expr.type.kind !== "record" || expr.type.isTuple !== true) return expr;
  const items = itemsOfTuple(asArray(body, expr)) ?? [];
  const [first] = items;
  if (!first || !items.every((item) => sameType(item.type, first.type))) return expr;
  return hold(body, "items", { kind: "items", items, type: { kind: "list", element: first.type } });
}

/** What a spread stands for; where more arguments follow, as it is now. */
export function spreadItems(body: Body, node: ts.SpreadElement, count: number): Expr {
  const array = listOfIterator(body, node.expression) ?? value(body, node.expression);
  if (array === broken || array.kind === "tuple") return array;
  if (!isReference(array.type) || array.type.kind === "maybe")
    return refuse(body, node, "TG1001", shortText(node), "Spread arrays only.");
  const items = itemsOfTuple(asArray(body, array));
  if (items) return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) } };
  const element = elementType(array.type);
  return count === 1 ? array : hold(body, "items", { kind: "copy", array, type: { kind: "list", element } });
}

/** An argument as it is written, or as it is lowered. */
export type Given = ts.Expression | (() => Expr);

export const isSpread = (given: Given): given is ts.SpreadElement =>
  typeof given !== "function" && ts.isSpreadElement(given);

/** The arguments with those written out that a tuple among them stands for; what else is spread stays. */
export function withTuplesApart(body: Body, all: readonly Given[]): readonly Given[] {
  return all.flatMap((given): readonly Given[] => {
    const type = isSpread(given) ? body.checker.getTypeAtLocation(given.expression) : undefined;
    if (!isSpread(given) || !type || !body.checker.isTupleType(type)) return [given];
    const flags = (type as ts.TupleTypeReference).target.elementFlags;
    if (!flags.every((flag) => flag & ts.ElementFlags.Required)) return [given];
    // It is evaluated where its first item is.
    let items: readonly Expr[] | undefined;
    return flags.map((_, i) => () => (items ??= itemsOf(body, given.expression, flags.length))[i] ?? broken);
  });
}

/** The items of a tuple as it is now. */
function itemsOf(body: Body, node: ts.Expression, count: number): readonly Expr[] {
  const tuple = asArray(body, value(body, node));
  const { type } = tuple;
  const items =
    tuple.kind === "tuple"
      ? tuple.items
      : tuple === broken
        ? []
        : type.kind === "record"
          ? type.fields.map(({ name }) => fieldAt(tuple, name))
          : Array.from({ length: count }, (_, i) => at(tuple, int(i)));
  return items.map((item) => steady(body, item, "item"));
}

/** The array that a rest parameter gets. */
export function gather(body: Body, all: readonly Given[], type: Type): Expr {
  const element = type.kind === "list" ? type.element : undefined;
  const lower = (given: Given): Expr => {
    if (isSpread(given)) return spreadItems(body, given, all.length);
    const item = typeof given === "function" ? given() : value(body, given);
    return element ? fitTo(body, item, element) : item;
  };
  const items = lowerInOrder(
    body,
    all.map((given) => () => lower(given)),
  );
  if (items.includes(broken)) return broken;
  // A tuple is its items.
  const parts = items.flatMap((item, i) => {
    const isWhole = isSpread(all[i]!);
    return isWhole && item.kind === "tuple"
      ? item.items.map((expr) => ({ expr, isWhole: false }))
      : [{ expr: item, isWhole }];
  });
  const [only] = parts;
  if (only?.isWhole && parts.length === 1) return asOperand(body, { kind: "copy", array: only.expr, type }, "rest");
  const start = parts.findIndex(({ isWhole }) => isWhole);
  const exprs = parts.map(({ expr }) => expr);
  if (start === -1) return asOperand(body, { kind: "items", items: exprs, type }, "rest");
  const list = hold(body, "rest", { kind: "items", items: exprs.slice(0, start), type });
  for (const { expr, isWhole } of parts.slice(start)) {
    if (isWhole) appendAll(body, list, expr);
    else emit(body, { kind: "append", array: list, value: expr });
  }
  return list;
}
