/** Methods of arrays. */
import { ts } from "ts-morph";
import {
  booleanType,
  compare,
  elementType,
  int,
  intType,
  isReference,
  lengthOf,
  num,
  op,
  sameType,
} from "../../ir/build.ts";
import { asNew } from "../../ir/read-only.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { callsForEach, iterate } from "./iterations.ts";
import { lowerInOrder } from "./order.ts";
import { mayWrite } from "./places.ts";
import { rearrange, rearranges } from "./rearranged.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { isWhole } from "./scalars.ts";
import { absent, broken, emit, freshName, inBlock, refuse, shortText, type Body, type Use } from "./state.ts";
import { shownType } from "../types-of.ts";
import { maybe } from "./types.ts";
import { asArray, asOperand, claim, fitTo, isAsserted, steady, value } from "./values.ts";

type Call = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

interface Receiver {
  readonly array: Expr;
  readonly args: readonly Expr[];
  readonly node: Call;
  readonly use: Use;
}

const methods: ReadonlyMap<string, (body: Body, call: Receiver) => Expr> = new Map(
  Object.entries({ fill, set, slice, subarray, push, pop, at, indexOf, includes }),
);

const hints: ReadonlyMap<string, string> = new Map([
  ["splice", "Write a loop that moves the elements."],
  ["shift", "Keep an index of the first element."],
]);

/** A call of a method of an array. */
export function arrayMethod(body: Body, node: Call, use: Use): Expr {
  const name = node.expression.name.text;
  if (callsForEach(name) || rearranges(name)) {
    const receiver = value(body, node.expression.expression);
    if (receiver === broken) return broken;
    const made = callsForEach(name) ? iterate(body, node, receiver, use) : rearrange(body, node, receiver, use);
    return made ?? unknownMethod(body, node);
  }
  const method = methods.get(name);
  const isFill = name === "fill" && node.arguments.length === 1;
  const [receiver, ...args] = lowerInOrder(body, [
    () => (isFill ? filled(body, node, use) : asArray(body, value(body, node.expression.expression))),
    ...node.arguments.map(
      (argument) => () => (ts.isSpreadElement(argument) ? spread(body, argument) : value(body, argument)),
    ),
  ]);
  if (!receiver || receiver === broken || args.includes(broken)) return broken;
  if (!isReference(receiver.type) || receiver.type.kind === "maybe" || !method) return unknownMethod(body, node);
  if (isFill && isMadeFull(body, node)) return receiver;
  return method(body, { array: receiver, args, node, use });
}

function unknownMethod(body: Body, node: Call): Expr {
  const name = node.expression.name.text;
  const type = body.checker.getTypeAtLocation(node.expression.expression);
  const isArray = body.checker.getIndexTypeOfType(type, ts.IndexKind.Number) !== undefined;
  const hint =
    hints.get(name) ?? (isArray ? "Write a loop." : "Compute its result outside and pass it as a parameter.");
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
  const filler = fitTo(body, given, elementType(array.type));
  if (!from) {
    emit(body, { kind: "fill", array, value: filler });
    return array;
  }
  const kept = steady(body, filler, "filler");
  const size = lengthOf(array);
  const start = steady(body, clamped(body, from, size), "start");
  const end = to ? steady(body, clamped(body, to, size), "end") : size;
  const index = freshName(body, "k");
  const inner = inBlock(body, () => {
    emit(body, { kind: "store", array, index: { kind: "var", name: index, type: { kind: "int" } }, value: kept });
  });
  emit(body, { kind: "for", name: index, start, compare: "lt", bound: end, step: 1, body: inner });
  return array;
}

/** The position that JavaScript takes for a relative one: negative ones count from the end. */
function clamped(body: Body, position: Expr, size: Expr): Expr {
  if (position.kind === "literal" && position.value === undefined) return int(0);
  const whole = isWhole(position) ? asInt(position) : truncated(body, position);
  if (whole.kind === "literal" && typeof whole.value === "number") {
    return whole.value < 0
      ? op("max", [op("add", [size, whole], { kind: "int" }), int(0)], { kind: "int" })
      : op("min", [whole, size], { kind: "int" });
  }
  const at = steady(body, whole, "position");
  const back = op("max", [op("add", [size, at], { kind: "int" }), int(0)], { kind: "int" });
  const ahead = op("min", [at, size], { kind: "int" });
  return {
    kind: "select",
    test: op("lt", [at, int(0)], { kind: "boolean" }),
    yes: back,
    no: ahead,
    type: { kind: "int" },
  };
}

const asInt = (expr: Expr): Expr => ({ ...expr, type: { kind: "int" } });

function truncated(body: Body, position: Expr): Expr {
  const at = steady(body, position, "position");
  const whole: Type = { kind: "int" };
  return {
    kind: "select",
    test: op("isNaN", [at], { kind: "boolean" }),
    yes: int(0),
    no: op("trunc", [at], whole),
    type: whole,
  };
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
  const given = args[0] ?? num(0);
  const whole = isWhole(given) ? asInt(given) : truncated(body, given);
  const size = lengthOf(array);
  if (whole.kind === "literal" && typeof whole.value === "number") {
    const index = whole.value < 0 ? op("sub", [size, int(-whole.value)], { kind: "int" }) : whole;
    return { kind: "index", array, index, type };
  }
  const position = steady(body, whole, "position");
  const back = op("add", [size, position], { kind: "int" });
  const index: Expr = {
    kind: "select",
    test: op("lt", [position, int(0)], { kind: "boolean" }),
    yes: back,
    no: position,
    type: { kind: "int" },
  };
  return { kind: "index", array, index, type };
}

/** The first place of a value among plain ones, found by a loop: what it finds has no derivative. */
function indexOf(body: Body, call: Receiver): Expr {
  const place = searched(body, call, (item, wanted) => compare("ne", item, wanted));
  if (place === broken) return broken;
  return { kind: "select", test: isInside(place, call.array), yes: place, no: int(-1), type: intType };
}

/** As `indexOf`, but NaN is found too. */
function includes(body: Body, call: Receiver): Expr {
  const not = (test: Expr): Expr => op("not", [test], booleanType);
  const isNaN = (value: Expr): Expr => op("isNaN", [value], booleanType);
  const place = searched(body, call, (item, wanted) => {
    if (wanted.kind === "literal" && Number.isNaN(wanted.value)) return not(isNaN(item));
    const differs = compare("ne", item, wanted);
    if (wanted.kind === "literal" || item.type.kind !== "number") return differs;
    const bothNaN: Expr = { kind: "logic", op: "&&", left: isNaN(item), right: isNaN(wanted), type: booleanType };
    return { kind: "logic", op: "&&", left: differs, right: not(bothNaN), type: booleanType };
  });
  return place === broken ? broken : isInside(place, call.array);
}

/** The number of elements before the one that is looked for. */
function searched(body: Body, { array, args, node }: Receiver, isOther: (item: Expr, wanted: Expr) => Expr): Expr {
  const [given, from] = args;
  const type = elementType(array.type);
  const isPlain = ["number", "int", "boolean", "string"].includes(type.kind);
  if (!given || from || !isPlain) {
    return refuse(body, node, "TG1015", shortText(node), "Look for one plain value from the start, or write a loop.");
  }
  const wanted = steady(body, given, "wanted");
  const name = freshName(body, "place");
  const place: Expr = { kind: "var", name, type: intType };
  emit(body, { kind: "let", name, type: intType, mutable: true, init: int(0) });
  const item: Expr = { kind: "index", array, index: place, type };
  const test: Expr = {
    kind: "logic",
    op: "&&",
    left: isInside(place, array),
    right: isOther(item, wanted),
    type: booleanType,
  };
  const inner = inBlock(body, () => {
    emit(body, { kind: "assign", name, value: op("add", [place, int(1)], intType) });
  });
  emit(body, { kind: "while", test, body: inner });
  return place;
}

function isInside(place: Expr, array: Expr): Expr {
  return compare("lt", place, lengthOf(array));
}

export function isMethodCall(node: ts.CallExpression): node is Call {
  return ts.isPropertyAccessExpression(skipOuter(node.expression)) && ts.isPropertyAccessExpression(node.expression);
}
