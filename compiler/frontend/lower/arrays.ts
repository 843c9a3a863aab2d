/** New arrays: literals, `new Float64Array(…)`, `Array.from`, `Float64Array.of` and so on. */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import {
  countedLoop,
  elementType,
  int,
  isNumeric,
  isReference,
  lengthOf,
  num,
  numberType,
  op,
} from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { functionOf } from "./functions.ts";
import {
  appendAll,
  isSpread,
  itemsOfTuple,
  listOfIterator,
  spreadOperand,
  tupleAsList,
  withTuplesApart,
} from "./spreads.ts";
import { applied } from "./mappers.ts";
import { lowerInOrder } from "./order.ts";
import { refuseNew } from "./outside.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { isCount } from "./scalars.ts";
import {
  absent,
  broken,
  emit,
  freshName,
  hold,
  inBlock,
  refuse,
  shortText,
  type Binding,
  type Body,
  type Use,
  typeShown,
} from "./state.ts";
import { isTypedArrayName, joined, typeFor } from "./types.ts";
import { asOperand, claim, fitTo, steady, value } from "./values.ts";
import { contextOf } from "./wanted.ts";

/** The type of the array that an expression makes; from its context where it is empty. */
function arrayType(body: Body, node: ts.Expression): Type | undefined {
  const contextual = contextOf(body, node);
  // A pattern, which takes items out of it, knows only how many it wants.
  const isOpen = ts.isArrayLiteralExpression(node) && withTuplesApart(body, node.elements).some(isSpread);
  const type = (contextual && arrayAmong(body, contextual, isOpen)) ?? body.checker.getTypeAtLocation(node);
  return typeFor(body.all, body.entry, type, { node, what: shortText(node), source: "context" });
}

/** The array type that is wanted, where there is but one; other things may be wanted beside it. `isOpen`: no tuple will do. */
function arrayAmong(body: Body, type: ts.Type, isOpen: boolean): ts.Type | undefined {
  const arrays = (type.isUnion() ? type.types : [type]).filter(
    (part) =>
      (body.checker.isArrayType(part) || (body.checker.isTupleType(part) && !isOpen)) && !isOfPattern(body, part),
  );
  if (arrays.length !== 1) return undefined;
  const isOptional = type.isUnion() && type.types.some((part) => part.flags & ts.TypeFlags.Undefined);
  const isList = isOptional && type.types.length === 2 && !body.checker.isTupleType(arrays[0]!);
  return isList ? type : arrays[0];
}

/** What `const [first] = …` alone says of its initial value: that there are elements, and nothing of what they are. */
function isOfPattern({ checker }: Body, type: ts.Type): boolean {
  const elements = checker.getTypeArguments(type as ts.TypeReference);
  return elements.length > 0 && elements.every((element) => (element.flags & ts.TypeFlags.Any) !== 0);
}

export function arrayLiteral(body: Body, node: ts.ArrayLiteralExpression, use: Use): Expr {
  if (node.elements.some(ts.isOmittedExpression)) {
    return refuse(body, node, "TG1001", "An array literal with holes", "Write every element.");
  }
  const wanted = literalType(body, node);
  if (wanted?.kind === "tuple") {
    const items = lowerInOrder(
      body,
      withTuplesApart(body, node.elements).map((element, i) => () => {
        const item = typeof element === "function" ? element() : value(body, element);
        return fitTo(body, item, wanted.items[i] ?? numberType);
      }),
    );
    if (items.includes(broken)) return broken;
    // Shorter than what is wanted: `pair ?? []`, taken apart with defaults.
    const isWhole = items.length === wanted.items.length;
    return { kind: "tuple", items, type: isWhole ? wanted : { kind: "tuple", items: items.map(({ type }) => type) } };
  }
  if (node.elements.some(ts.isSpreadElement)) return spreadLiteral(body, node, wanted, use);
  const items = lowerInOrder(
    body,
    node.elements.map((element) => () => elementValue(body, element, wanted)),
  );
  if (items.includes(broken) || !wanted) return broken;
  return listOf(items, wanted);
}

/** An element as the list holds it: a tuple becomes an object of its own. */
function elementValue(body: Body, node: ts.Expression, list: Type | undefined): Expr {
  const element = value(body, node);
  return list?.kind === "list" ? fitTo(body, element, list.element) : element;
}

function literalType(body: Body, node: ts.ArrayLiteralExpression): Type | undefined {
  const type = arrayType(body, node);
  const frozen = ts.isAsExpression(node.parent) && node.parent.type.getText() === "const";
  // `as const` of one kind of scalars that is not taken apart or returned is an array that nobody writes.
  if (
    type?.kind === "tuple" &&
    frozen &&
    ts.isVariableDeclaration(node.parent.parent) &&
    ts.isIdentifier(node.parent.parent.name)
  ) {
    const [first] = type.items;
    if (first && first.kind !== "tuple" && type.items.every((item) => item.kind === first.kind && !isReference(item)))
      return { kind: "list", element: first };
  }
  return type && presentType(type);
}

function listOf(items: readonly Expr[], wanted: Type): Expr {
  const first = items[0];
  const own = first ? items.reduce<Type>((type, item) => joined(type, item.type), first.type) : numberType;
  const type: Type = wanted.kind === "list" ? wanted : { kind: "list", element: own };
  return { kind: "items", items, type };
}

/** `[...xs]`, `[a, ...xs, b]`: a copy or the first items, and the rest appended. */
function spreadLiteral(body: Body, node: ts.ArrayLiteralExpression, wanted: Type | undefined, use: Use): Expr {
  if (!wanted || wanted.kind !== "list") return broken;
  const [first] = node.elements;
  if (first && ts.isSpreadElement(first) && node.elements.length === 1) {
    const array = spreadOperand(body, first);
    const own = itemsOfTuple(array);
    if (own) return { kind: "items", items: own.map((item) => fitTo(body, item, wanted.element)), type: wanted };
    return array === broken ? broken : { kind: "copy", array, type: wanted };
  }
  // Elements go into the list in the order in which JavaScript evaluates them, so nothing needs to be kept.
  const start = node.elements.findIndex(ts.isSpreadElement);
  const items = lowerInOrder(
    body,
    node.elements.slice(0, start).map((element) => () => elementValue(body, element, wanted)),
  );
  if (items.includes(broken)) return broken;
  const list = claim(body, use, "list", { kind: "items", items, type: wanted });
  for (const element of node.elements.slice(start)) {
    const part = ts.isSpreadElement(element) ? spreadOperand(body, element) : elementValue(body, element, wanted);
    if (part === broken) return broken;
    if (ts.isSpreadElement(element)) appendAll(body, list, part);
    else emit(body, { kind: "append", array: list, value: part });
  }
  return list;
}

export function newArray(body: Body, node: ts.NewExpression): Expr {
  const callee = skipOuter(node.expression);
  if (ts.isIdentifier(callee) && isGlobal(body.checker, callee, callee.text)) {
    if (isTypedArrayName(callee.text)) return newTyped(body, node, { kind: "typed", name: callee.text });
    if (callee.text === "Array") return newList(body, node, node.arguments ?? []);
  }
  return refuseNew(body, node);
}

const buffers = new Set(["ArrayBuffer", "SharedArrayBuffer", "ArrayBufferLike"]);

function newTyped(body: Body, node: ts.NewExpression, type: Type): Expr {
  const [first, second] = node.arguments ?? [];
  if (!first) return { kind: "zeros", length: int(0), type };
  const over = body.checker.getTypeAtLocation(first).symbol?.name ?? "";
  if (second || buffers.has(over)) return refuse(body, node, "TG1035", shortText(node));
  const inner = skipOuter(first);
  if (ts.isArrayLiteralExpression(inner) && !inner.elements.some(ts.isSpreadElement))
    return itemsOf(body, inner.elements, type);
  const source = listOfIterator(body, first) ?? value(body, first);
  if (source === broken) return broken;
  if (isNumeric(source.type)) return { kind: "zeros", length: source, type };
  return copyOf(body, first, source, type);
}

function itemsOf(body: Body, nodes: readonly ts.Expression[], type: Type): Expr {
  const spread = nodes.find(ts.isSpreadElement);
  if (spread) return refuse(body, spread, "TG1001", "A spread here", "Use from, as in Float64Array.from(xs).");
  const items = lowerInOrder(
    body,
    nodes.map((node) => () => value(body, node)),
  );
  return items.includes(broken) ? broken : { kind: "items", items, type };
}

function copyOf(body: Body, node: ts.Expression, source: Expr, type: Type): Expr {
  if (source === broken) return broken;
  const whole =
    source.kind === "tuple" ? fitTo(body, source, { kind: "list", element: numberType }) : tupleAsList(body, source);
  if (
    !isReference(whole.type) ||
    whole.type.kind === "maybe" ||
    isReference(elementType(whole.type)) !== isReference(elementType(type))
  ) {
    return refuse(body, node, "TG1002", shortText(node), typeShown(body, node), "Copy an array of numbers.");
  }
  return {
    kind: "copy",
    array:
      whole.kind === "var" || whole.kind === "index" || whole.kind === "constant" ? whole : hold(body, "array", whole),
    type,
  };
}

/** `new Array(n)` and `Array(n)`; `.fill(v)` behind it is handled with the methods. */
export function newList(body: Body, node: ts.Expression, args: readonly ts.Expression[]): Expr {
  const type = listType(body, node);
  if (!type) return broken;
  const [first, second] = args;
  if (!first) return { kind: "items", items: [], type };
  if (second) return { ...itemsOf(body, args, type) };
  const length = value(body, first);
  if (length === broken) return broken;
  if (!isNumeric(length.type)) return { kind: "items", items: [asOperand(body, length)], type };
  return { kind: "holes", length, type };
}

/** The type of a list; `new Array(n).fill(0)` gets it from what it is filled with or its context. */
function listType(body: Body, node: ts.Expression): Type | undefined {
  let outer: ts.Expression = node;
  const own = body.checker.getTypeAtLocation(node);
  const isUntyped = body.checker.getTypeArguments(own as ts.TypeReference)[0]?.flags === ts.TypeFlags.Any;
  if (!isUntyped) {
    const type = typeFor(body.all, body.entry, own, { node, what: shortText(node), source: "context" });
    return type?.kind === "list" ? type : undefined;
  }
  let fill: ts.Expression | undefined;
  if (
    ts.isPropertyAccessExpression(node.parent) &&
    node.parent.name.text === "fill" &&
    ts.isCallExpression(node.parent.parent)
  ) {
    outer = node.parent.parent;
    fill = node.parent.parent.arguments[0];
  }
  // Of `Array(n).keys()` the elements are never looked at.
  if (ts.isPropertyAccessExpression(node.parent) && node.parent.name.text === "keys")
    return { kind: "list", element: numberType };
  const context = body.checker.getContextualType(outer);
  const found =
    context && arrayAmong(body, context, false)
      ? typeFor(body.all, body.entry, context, { node, what: shortText(node), source: "context" })
      : undefined;
  if (found) return presentType(found);
  const element =
    fill &&
    typeFor(body.all, body.entry, body.checker.getBaseTypeOfLiteralType(body.checker.getTypeAtLocation(fill)), {
      node: fill,
      what: shortText(fill),
      source: "inferred",
    });
  if (element && element.kind !== "void") return { kind: "list", element };
  refuse(body, node, "TG1003", shortText(node));
  return undefined;
}

/** `Array.from`, `Float64Array.of` and the like. */
export function staticArrayCall(body: Body, node: ts.CallExpression, owner: string, method: string, use: Use): Expr {
  const type: Type | undefined = isTypedArrayName(owner) ? { kind: "typed", name: owner } : resultList(body, node);
  if (!type) return broken;
  if (method === "of") return itemsOf(body, node.arguments, type);
  if (method !== "from") return refuse(body, node, "TG1015", `${owner}.${method}`, "Write a loop.");
  const [source, mapper] = node.arguments;
  if (!source) return broken;
  const record = skipOuter(source);
  if (ts.isObjectLiteralExpression(record)) return fromLength(body, record, { mapper, type, use });
  if (
    ts.isArrayLiteralExpression(record) &&
    !mapper &&
    type.kind === "typed" &&
    !record.elements.some(ts.isSpreadElement)
  ) {
    return itemsOf(body, record.elements, type);
  }
  const array = listOfIterator(body, source) ?? tupleAsList(body, value(body, source));
  if (array === broken) return broken;
  if (!mapper) return copyOf(body, source, array, type);
  if (!isReference(array.type) || array.type.kind === "maybe") return copyOf(body, source, array, type);
  const from = steady(body, array, "source");
  return generated(body, { mapper, type, use }, lengthOf(from), (index) => ({
    kind: "index",
    array: from,
    index,
    type: elementType(from.type),
  }));
}

function resultList(body: Body, node: ts.CallExpression): Type | undefined {
  const type = arrayType(body, node);
  return type && presentType(type).kind === "list" ? presentType(type) : undefined;
}

interface Generated {
  readonly mapper: ts.Expression | undefined;
  readonly type: Type;
  readonly use: Use;
}

/** `Array.from({ length: n }, (_, i) => …)`. */
function fromLength(body: Body, record: ts.ObjectLiteralExpression, made: Generated): Expr {
  const { mapper, type } = made;
  const [property] = record.properties;
  const name = property?.name && ts.isIdentifier(property.name) ? property.name.text : undefined;
  if (!property || name !== "length" || record.properties.length !== 1) {
    return refuse(body, record, "TG1001", "This object", "Write { length: n }.");
  }
  let length: Expr = broken;
  if (ts.isPropertyAssignment(property)) length = value(body, property.initializer);
  else if (ts.isShorthandPropertyAssignment(property)) {
    const symbol = body.checker.getShorthandAssignmentValueSymbol(property);
    const binding = symbol && body.bindings.get(symbol);
    if (binding?.kind === "var") length = { kind: "var", name: binding.name, type: binding.type };
    else refuse(body, property, "TG1001", "This object", "Write { length: n } with a variable or a constant.");
  }
  if (length === broken) return broken;
  const count = steady(body, wholeCount(body, length), "count");
  if (!mapper)
    return type.kind === "typed" ? { kind: "zeros", length: count, type } : { kind: "holes", length: count, type };
  return generated(body, { ...made, mapper }, count, () => absent);
}

/** The length that JavaScript takes for a number: no fraction, not below 0. */
function wholeCount(body: Body, length: Expr): Expr {
  if (isCount(body, length)) return length;
  const size = steady(body, length, "size");
  const yes = op("trunc", [size]);
  return { kind: "select", test: op("ge", [size, num(1)], { kind: "boolean" }), yes, no: num(0), type: numberType };
}

/** A new array whose elements a function gives, one after the other. */
function generated(
  body: Body,
  { mapper, type, use }: Generated & { readonly mapper: ts.Expression },
  count: Expr,
  item: (index: Expr) => Expr,
): Expr {
  const arrow = skipOuter(mapper);
  const callee = functionOf(body, mapper);
  const element = elementType(type);
  const isPlain = isNumeric(element);
  const array = claim(
    body,
    use,
    "array",
    isPlain ? { kind: "zeros", length: count, type } : { kind: "holes", length: count, type },
  );
  const parameter =
    ts.isArrowFunction(arrow) || ts.isFunctionExpression(arrow) ? realParameters(arrow)[1]?.name : undefined;
  const name = parameter && ts.isIdentifier(parameter) ? body.entry.names.fresh(parameter.text) : freshName(body, "k");
  const index: Expr = { kind: "var", name, type: { kind: "int" } };
  const inner = inBlock(body, () => {
    const args = [item(index), index].map((part): Binding => ({ kind: "value", value: part }));
    const result = applied(body, mapper, callee, args, undefined);
    if (result !== broken) emit(body, { kind: "store", array, index, value: fitTo(body, result, element) });
  });
  emit(body, countedLoop(name, count, inner));
  return array;
}
