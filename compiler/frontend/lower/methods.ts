/** Methods of arrays. */
import { ts } from "ts-morph";
import { elementType, fieldAt, int, isDifferentiable, isReference, lengthOf, num, sameType } from "../../ir/build.ts";
import { maybe } from "../../ir/presence.ts";
import { asNew } from "../../ir/read-only.ts";
import type { Expr } from "../../ir/types.ts";
import { callsForEach, iterate } from "./iterations.ts";
import { listMethod, takesKnown } from "./known-lists.ts";
import { lowerInOrder } from "./order.ts";
import { mayWrite } from "./places.ts";
import { changesReceiver } from "../array-memory.ts";
import { outerObject } from "./outside.ts";
import { copyWithin, flat, join, replaced, shift, splice, toSpliced, unshift } from "./moved.ts";
import { rearrange, rearranges } from "./rearranged.ts";
import type { Call, Receiver } from "./receivers.ts";
import { clamped, relativePlace } from "./relative-places.ts";
import { includes, indexOf, lastIndexOf } from "./searched.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { absent, broken, emit, freshName, inBlock, refuse, shortText, type Body, type Use } from "./state.ts";
import { appendAll, spreadItems, tupleAsList } from "./spreads.ts";
import { shownType } from "../types-of.ts";
import { asArray, asOperand, claim, fitTo, isAsserted, rowsOfOneType, steady, value } from "./values.ts";

const methods: ReadonlyMap<string, (body: Body, call: Receiver) => Expr> = new Map(
  Object.entries({
    ...{ fill, set, slice, subarray, push, pop, at },
    ...{ indexOf, lastIndexOf, includes },
    ...{ shift, unshift, splice, toSpliced, copyWithin, with: replaced, flat, join },
  }),
);

const hints: ReadonlyMap<string, string> = new Map([
  ["keys", "Spread it, [...xs.keys()], or loop with for … of."],
  ["values", "Take the array itself, or loop with for … of."],
  ["entries", "Spread it, [...xs.entries()], or loop with for … of."],
]);

/** A call of a method of an array. */
export function arrayMethod(body: Body, node: Call, use: Use): Expr {
  const name = node.expression.name.text;
  const outer = changesReceiver(name) ? outerObject(body, node.expression.expression) : undefined;
  if (outer !== undefined) return refuse(body, node, "TG1007", outer);
  if (callsForEach(name) || rearranges(name)) {
    const given = value(body, node.expression.expression);
    if (given === broken) return broken;
    const receiver = rearranges(name) && !changesReceiver(name) ? tupleAsList(body, given) : given;
    const made = callsForEach(name)
      ? (iterate(body, node, receiver, use) ?? overTuple(body, node, receiver, use))
      : rearrange(body, node, receiver, use);
    return made ?? unknownMethod(body, node);
  }
  if (name === "push" && node.arguments.some(ts.isSpreadElement)) return pushAll(body, node);
  const method = methods.get(name);
  const isFill = name === "fill" && node.arguments.length === 1;
  const [receiver, ...args] = lowerInOrder(body, [
    () => (isFill ? filled(body, node, use) : receiverOf(body, node)),
    ...node.arguments.map(
      (argument) => () => (ts.isSpreadElement(argument) ? spread(body, argument) : value(body, argument)),
    ),
  ]);
  if (!receiver || receiver === broken || args.includes(broken)) return broken;
  const isArray = isReference(receiver.type) && receiver.type.kind !== "maybe" && receiver.type.kind !== "record";
  if (!isArray || !method) return unknownMethod(body, node);
  if (isFill && isMadeFull(body, node)) return receiver;
  return method(body, { array: receiver, args, node, use });
}

/** A method that calls a function for each item of a tuple in memory: the function's body once for each. */
function overTuple(body: Body, node: Call, receiver: Expr, use: Use): Expr | undefined {
  if (receiver.type.kind !== "record" || receiver.type.isTuple !== true) return undefined;
  if (!takesKnown(node.expression.name.text)) return undefined;
  const whole = steady(body, receiver, "tuple");
  const items = receiver.type.fields.map(({ name }) => ({ kind: "value" as const, value: fieldAt(whole, name) }));
  return listMethod(body, node, { kind: "list", items }, node.expression.name.text, use);
}

/** What a method is called on; a tuple is a list for those that only read. */
function receiverOf(body: Body, node: Call): Expr {
  const receiver = asArray(body, value(body, node.expression.expression));
  return changesReceiver(node.expression.name.text) ? receiver : tupleAsList(body, receiver);
}

function unknownMethod(body: Body, node: Call): Expr {
  const name = node.expression.name.text;
  const type = body.checker.getTypeAtLocation(node.expression.expression);
  const isArray = body.checker.getIndexTypeOfType(type, ts.IndexKind.Number) !== undefined;
  const isTuple = body.checker.isTupleType(type);
  const isRagged = callsForEach(name) && isTuple;
  const hint =
    hints.get(name) ??
    (isRagged
      ? rowsOfOneType
      : isTuple
        ? changesReceiver(name)
          ? "Give each of its items a value, as in pair = [pair[1], pair[0]]."
          : "Take its items by their places, as in pair[1], or copy it into a list: [...pair]."
        : isArray
          ? "Write a loop."
          : "Compute its result outside and pass it as a parameter.");
  return refuse(body, node, "TG1015", `the method ${name} of ${shownType(body.checker, type)}`, hint);
}

/** The receiver of `fill`; an array made just for it goes where the result is wanted. */
function filled(body: Body, node: Call, use: Use): Expr {
  const receiver = body.rhs(node.expression.expression);
  if (receiver.kind === "holes" && isMadeFull(body, node))
    return claim(body, use, "list", { ...receiver, kind: "zeros" });
  const isFresh =
    receiver.kind === "holes" || receiver.kind === "zeros" || receiver.kind === "copy" || receiver.kind === "items";
  return isFresh ? claim(body, use, "array", receiver) : asArray(body, asOperand(body, receiver));
}

/** `new Array(n).fill(0)`. */
function isMadeFull(body: Body, node: Call): boolean {
  const owner = skipOuter(node.expression.expression);
  const [given] = node.arguments;
  if (!given || !(ts.isNewExpression(owner) || ts.isCallExpression(owner)) || owner.arguments?.length !== 1)
    return false;
  const size = owner.arguments[0];
  const isCount = size !== undefined && (body.checker.getTypeAtLocation(size).flags & ts.TypeFlags.NumberLike) !== 0;
  const literal = skipOuter(given);
  return (
    isCount &&
    isGlobal(body.checker, owner.expression, "Array") &&
    ts.isNumericLiteral(literal) &&
    Number(literal.text) === 0
  );
}

function spread(body: Body, node: ts.SpreadElement): Expr {
  return refuse(body, node, "TG1001", shortText(node), "Write a loop, or set for typed arrays.");
}

function fill(body: Body, { array, args, node }: Receiver): Expr {
  const [given, from, to] = args;
  if (!given || !mayWrite(body, array, node)) return broken;
  const element = elementType(array.type);
  const filler = fitTo(body, given, element);
  // A reference has a shadow, which goes along with it, place by place.
  if (!from && (element.kind === "number" || !isDifferentiable(element))) {
    emit(body, { kind: "fill", array, value: filler });
    return array;
  }
  const kept = steady(body, filler, "filler");
  const size = lengthOf(array);
  const start = from ? steady(body, clamped(body, from, size), "start") : int(0);
  const end = to ? steady(body, clamped(body, to, size), "end") : size;
  const index = freshName(body, "k");
  const inner = inBlock(body, () => {
    emit(body, { kind: "store", array, index: { kind: "var", name: index, type: { kind: "int" } }, value: kept });
  });
  emit(body, { kind: "for", name: index, start, compare: "lt", bound: end, step: 1, body: inner });
  return array;
}

function set(body: Body, { array, args, node }: Receiver): Expr {
  const [given, offset] = args;
  if (!given || !mayWrite(body, array, node)) return broken;
  const source = asArray(body, fitTo(body, given, { kind: "list", element: elementType(array.type) }));
  if (!isReference(source.type))
    return refuse(body, node, "TG1002", shortText(node), "an iterable", "Set from an array.");
  emit(body, { kind: "set", target: array, source, ...(offset ? { offset } : {}) });
  return absent;
}

function range(args: readonly Expr[]): { start?: Expr; end?: Expr } {
  const [start, end] = args;
  return { ...(start ? { start } : {}), ...(end ? { end } : {}) };
}

function slice(_: Body, { array, args }: Receiver): Expr {
  return { kind: "copy", array, ...range(args), type: asNew(array.type) };
}

function subarray(_: Body, { array, args }: Receiver): Expr {
  return { kind: "view", array, ...range(args), type: array.type };
}

function push(body: Body, { array, args, node }: Receiver): Expr {
  if (!mayWrite(body, array, node)) return broken;
  const element = elementType(array.type);
  const fitted = args.map((arg) => fitTo(body, arg, element));
  // All arguments are evaluated before the first is pushed.
  const values = fitted.map((value, i) => (i === 0 ? value : steady(body, value, "pushed")));
  for (const value of values) emit(body, { kind: "append", array, value });
  return lengthOf(array);
}

/** `xs.push(...ys, z)` */
function pushAll(body: Body, node: Call): Expr {
  const count = node.arguments.length;
  const [list, ...parts] = lowerInOrder(body, [
    () => asArray(body, value(body, node.expression.expression)),
    ...node.arguments.map(
      (argument) => () => (ts.isSpreadElement(argument) ? spreadItems(body, argument, count) : value(body, argument)),
    ),
  ]);
  if (!list || list === broken || parts.includes(broken)) return broken;
  if (list.type.kind !== "list") return unknownMethod(body, node);
  if (!mayWrite(body, list, node)) return broken;
  const { element } = list.type;
  // All arguments are evaluated before the first is pushed.
  const values = parts.map((part, i): { readonly whole?: Expr; readonly items?: readonly Expr[] } => {
    const argument = node.arguments[i];
    const isSpread = argument !== undefined && ts.isSpreadElement(argument);
    if (isSpread && part.kind !== "tuple") return { whole: asArray(body, part) };
    const items = isSpread && part.kind === "tuple" ? part.items : [part];
    return { items: items.map((item) => steady(body, asOperand(body, fitTo(body, item, element)), "pushed")) };
  });
  for (const { whole, items = [] } of values) {
    if (whole) appendAll(body, list, whole, true);
    for (const item of items) emit(body, { kind: "append", array: list, value: item });
  }
  return lengthOf(list);
}

function pop(body: Body, { array, node, use }: Receiver): Expr {
  if (!mayWrite(body, array, node)) return broken;
  if (use === "nothing") {
    emit(body, { kind: "shrink", array, mayBeEmpty: true });
    return absent;
  }
  const element = elementType(array.type);
  const isSure = isAsserted(node);
  const type = isSure ? element : maybe(element);
  const takesName = use?.kind === "name" && use.as === "const" && (use.type === undefined || sameType(use.type, type));
  const target = takesName ? use.name : freshName(body, array.kind === "var" ? `${array.name}Last` : "last");
  if (takesName) use.claimed = true;
  emit(body, { kind: "shrink", array, target, type, ...(isSure ? {} : { mayBeEmpty: true }) });
  return { kind: "var", name: target, type };
}

function at(body: Body, { array, args, node }: Receiver): Expr {
  const type = isAsserted(node) ? elementType(array.type) : maybe(elementType(array.type));
  return { kind: "index", array, index: relativePlace(body, args[0] ?? num(0), lengthOf(array)), type };
}

export function isMethodCall(node: ts.CallExpression): node is Call {
  return ts.isPropertyAccessExpression(skipOuter(node.expression)) && ts.isPropertyAccessExpression(node.expression);
}
