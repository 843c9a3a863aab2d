/** Methods that move elements within an array, out of it or into another one: loops over them. */
import { ts } from "ts-morph";
import { at, compare, elementType, int, intType, isReference, lengthOf, op } from "../../ir/build.ts";
import { maybe } from "../../ir/presence.ts";
import { asNew } from "../../ir/read-only.ts";
import type { Expr, Stmt, Type } from "../../ir/types.ts";
import { mayWrite } from "./places.ts";
import type { Receiver } from "./receivers.ts";
import { asInt, clamped, relativePlace } from "./relative-places.ts";
import { appendAll } from "./spreads.ts";
import { absent, broken, emit, freshName, hold, inBlock, refuse, shortText, type Body } from "./state.ts";
import { asOperand, claim, fitTo, isAsserted, steady } from "./values.ts";

/** A loop over places, from `from` up to what is in front of `bound`. */
function overPlaces(body: Body, from: Expr, bound: Expr, run: (place: Expr) => void): void {
  const name = freshName(body, "k");
  const inner = inBlock(body, () => {
    run({ kind: "var", name, type: intType });
  });
  emit(body, { kind: "for", name, start: from, compare: "lt", bound, step: 1, body: inner });
}

/** The same, from the last place to the first. */
function overPlacesDown(body: Body, from: Expr, to: Expr, run: (place: Expr) => void): void {
  const name = freshName(body, "k");
  const inner = inBlock(body, () => {
    run({ kind: "var", name, type: intType });
  });
  emit(body, { kind: "for", name, start: from, compare: "ge", bound: to, step: -1, body: inner });
}

const plus = (a: Expr, b: Expr): Expr => op("add", [a, b], intType);
const minus = (a: Expr, b: Expr): Expr => op("sub", [a, b], intType);

/** The first element, behind which all others move up. */
export function shift(body: Body, { array, node, use }: Receiver): Expr {
  if (!mayWrite(body, array, node)) return broken;
  if (array.type.kind !== "list") return refuse(body, node, "TG1015", shortText(node), "Take lists such as number[].");
  const { element } = array.type;
  const isSure = isAsserted(node);
  const first =
    use === "nothing" ? absent : hold(body, "first", { ...at(array, int(0)), type: isSure ? element : maybe(element) });
  overPlaces(body, int(1), lengthOf(array), (k) => {
    emit(body, { kind: "store", array, index: minus(k, int(1)), value: at(array, k) });
  });
  emit(body, { kind: "shrink", array, mayBeEmpty: true });
  return first;
}

/** `xs.length = 0` */
export function cleared(body: Body, list: Expr): Expr {
  overPlacesDown(body, minus(lengthOf(list), int(1)), int(0), () => {
    emit(body, { kind: "shrink", array: list });
  });
  return int(0);
}

/** New elements in front of all others, which move back. */
export function unshift(body: Body, { array, args, node }: Receiver): Expr {
  if (!mayWrite(body, array, node)) return broken;
  if (array.type.kind !== "list") return refuse(body, node, "TG1015", shortText(node), "Take lists such as number[].");
  const { element } = array.type;
  const values = args.map((arg) => steady(body, fitTo(body, arg, element), "added"));
  const before = hold(body, "count", lengthOf(array));
  for (const value of values) emit(body, { kind: "append", array, value });
  overPlacesDown(body, minus(before, int(1)), int(0), (k) => {
    emit(body, { kind: "store", array, index: plus(k, int(values.length)), value: at(array, k) });
  });
  for (const [i, value] of values.entries()) emit(body, { kind: "store", array, index: int(i), value });
  return lengthOf(array);
}

/** What stands at some places is taken out, and something else put there: what is behind is put behind it again. */
export function splice(body: Body, call: Receiver): Expr {
  const { array, node, use } = call;
  if (!mayWrite(body, array, node)) return broken;
  if (array.type.kind !== "list") return refuse(body, node, "TG1015", shortText(node), "Take lists such as number[].");
  const { start, end, values } = cut(body, call, array.type.element);
  const type = asNew(array.type);
  const taken = use === "nothing" ? absent : claim(body, use, "taken", { kind: "copy", array, start, end, type });
  const rest = hold(body, "rest", { kind: "copy", array, start: end, type });
  overPlacesDown(body, minus(lengthOf(array), int(1)), start, () => {
    emit(body, { kind: "shrink", array });
  });
  for (const value of values) emit(body, { kind: "append", array, value });
  appendAll(body, array, rest);
  return taken;
}

/** As `splice`, of a copy. */
export function toSpliced(body: Body, call: Receiver): Expr {
  const { array, node, use } = call;
  if (array.type.kind !== "list") return refuse(body, node, "TG1015", shortText(node), "Take lists such as number[].");
  const { start, end, values } = cut(body, call, array.type.element);
  const type = asNew(array.type);
  const made = claim(body, use, "list", { kind: "copy", array, start: int(0), end: start, type });
  for (const value of values) emit(body, { kind: "append", array: made, value });
  appendAll(body, made, hold(body, "rest", { kind: "copy", array, start: end, type }));
  return made;
}

interface Cut {
  /** The places that are taken out. */
  readonly start: Expr;
  readonly end: Expr;
  readonly values: readonly Expr[];
}

function cut(body: Body, { array, args }: Receiver, element: Type): Cut {
  const [from, many, ...given] = args;
  const values = given.map((arg) => steady(body, asOperand(body, fitTo(body, arg, element)), "added"));
  const size = hold(body, "count", lengthOf(array));
  // Without arguments nothing is taken out, with one all that is behind.
  const start = steady(body, from ? clamped(body, from, size) : size, "start");
  if (!many) return { start, end: size, values };
  const wanted = op("max", [asInt(clampedCount(body, many)), int(0)], intType);
  return { start, end: steady(body, op("min", [plus(start, wanted), size], intType), "end"), values };
}

/** How many are to be taken out, as a whole number: what is no number is 0. */
function clampedCount(body: Body, many: Expr): Expr {
  return many.type.kind === "int" || many.kind === "literal" ? many : truncatedOf(body, many);
}

function truncatedOf(body: Body, many: Expr): Expr {
  const count = steady(body, many, "many");
  const isNone = op("isNaN", [count], { kind: "boolean" });
  return { kind: "select", test: isNone, yes: int(0), no: op("trunc", [count], intType), type: intType };
}

/** A part of the array is copied over another. */
export function copyWithin(body: Body, { array, args, node }: Receiver): Expr {
  const [to, from, end] = args;
  if (!to || !mayWrite(body, array, node)) return broken;
  const size = lengthOf(array);
  const target = steady(body, clamped(body, to, size), "target");
  const range = { ...(from ? { start: from } : {}), ...(end ? { end } : {}) };
  const part = hold(body, "part", { kind: "copy", array, ...range, type: asNew(array.type) });
  const count = hold(body, "count", op("min", [lengthOf(part), minus(size, target)], intType));
  overPlaces(body, int(0), count, (k) => {
    emit(body, { kind: "store", array, index: plus(target, k), value: at(part, k) });
  });
  return array;
}

/** `xs.with(i, value)`: a copy with another element. */
export function replaced(body: Body, { array, args, node, use }: Receiver): Expr {
  const [index, given] = args;
  if (!index || !given) return refuse(body, node, "TG1015", shortText(node), "Give the place and the new element.");
  const value = steady(body, asOperand(body, fitTo(body, given, elementType(array.type))), "added");
  const place = steady(body, relativePlace(body, index, lengthOf(array)), "place");
  const isOutside: Expr = {
    kind: "logic",
    op: "||",
    left: compare("lt", place, int(0)),
    right: compare("ge", place, lengthOf(array)),
    type: { kind: "boolean" },
  };
  const isTyped = array.type.kind === "typed";
  const error: Expr = {
    kind: "foreign",
    texts: isTyped ? ['new RangeError("Invalid typed array index")'] : ["new RangeError(`Invalid index : ${", "}`)"],
    args: isTyped ? [] : [index],
    type: { kind: "string" },
  };
  const then: Stmt[] = [{ ...body.place, kind: "throw", value: error }];
  emit(body, { kind: "if", test: isOutside, then, else: [] });
  const made = claim(body, use, "array", { kind: "copy", array, type: asNew(array.type) });
  emit(body, { kind: "store", array: made, index: place, value });
  return made;
}

/** The elements of the arrays in an array, or of those in these. */
export function flat(body: Body, { array, node, use }: Receiver): Expr {
  const [given] = node.arguments;
  const depth = given ? (ts.isNumericLiteral(given) ? Number(given.text) : NaN) : 1;
  const element = array.type.kind === "list" ? flattened(array.type, depth) : undefined;
  if (!element || !(depth >= 1))
    return refuse(
      body,
      node,
      "TG1015",
      shortText(node),
      "Take a list of lists of one depth, and a number for how deep.",
    );
  const made = claim(body, use, "list", { kind: "items", items: [], type: { kind: "list", element } });
  const visit = (list: Expr, left: number): void => {
    if (left === 0 || list.type.kind !== "list" || list.type.element.kind !== "list")
      return appendAll(body, made, list);
    overPlaces(body, int(0), lengthOf(list), (k) => {
      visit(at(list, k), left - 1);
    });
  };
  visit(array, depth);
  return made;
}

/** What is in a list after so many brackets are gone. */
function flattened({ element }: Extract<Type, { kind: "list" }>, depth: number): Type {
  return depth > 0 && element.kind === "list" ? flattened(element, depth - 1) : element;
}

/** A text of plain values. */
export function join(body: Body, { array, args, node }: Receiver): Expr {
  if (isReference(elementType(array.type)))
    return refuse(body, node, "TG1015", shortText(node), "Join an array of plain values: texts, numbers.");
  const [between] = args;
  const texts = between ? ["", ".join(", ")"] : ["", ".join()"];
  return { kind: "foreign", texts, args: [array, ...(between ? [between] : [])], type: { kind: "string" } };
}
