/** Where a plain value, an object or a row stands in an array, found by a loop: what it finds has no derivative. */
import { booleanType, compare, elementType, int, intType, isReference, lengthOf, op } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { Expr, Type } from "../../ir/types.ts";
import type { Receiver } from "./receivers.ts";
import { clamped } from "./relative-places.ts";
import { emit, freshName, hold, inBlock, refuse, shortText, broken, type Body } from "./state.ts";
import { steady } from "./values.ts";

type Test = (item: Expr, wanted: Expr) => Expr;

const differ: Test = (item, wanted) => compare("ne", item, wanted);

/** The first place. */
export function indexOf(body: Body, call: Receiver): Expr {
  const place = searched(body, call, differ);
  if (place === broken) return broken;
  return { kind: "select", test: isInside(place, call.array), yes: place, no: int(-1), type: intType };
}

/** The last place. */
export function lastIndexOf(body: Body, call: Receiver): Expr {
  if (call.args[1]) return refuseSearch(body, call);
  return searched(body, call, differ, true);
}

/** As `indexOf`, but NaN is found too. */
export function includes(body: Body, call: Receiver): Expr {
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

/** The first place at which the search ends: behind the end, or with `isDown` -1, where nothing is found. */
function searched(body: Body, call: Receiver, isOther: Test, isDown = false): Expr {
  const { array, args } = call;
  const [given, from] = args;
  const type = elementType(array.type);
  if (!given || !(isPlain(type) || isSought(type, given))) return refuseSearch(body, call);
  const wanted = steady(body, given, "wanted");
  const name = freshName(body, "place");
  const place: Expr = { kind: "var", name, type: intType };
  const last = op("sub", [lengthOf(array), int(1)], intType);
  const init = isDown ? last : from ? hold(body, "from", clamped(body, from, lengthOf(array))) : int(0);
  emit(body, { kind: "let", name, type: intType, mutable: true, init });
  const item: Expr = { kind: "index", array, index: place, type };
  const inside = isDown ? compare("ge", place, int(0)) : isInside(place, array);
  const test: Expr = { kind: "logic", op: "&&", left: inside, right: isOther(item, wanted), type: booleanType };
  const inner = inBlock(body, () => {
    emit(body, { kind: "assign", name, value: op(isDown ? "sub" : "add", [place, int(1)], intType) });
  });
  emit(body, { kind: "while", test, body: inner });
  return place;
}

const isPlain = ({ kind }: Type): boolean => ["number", "int", "boolean", "string"].includes(kind);

/** Whether it is an object that elements may be, which has one name at least. */
const isSought = (element: Type, given: Expr): boolean =>
  isReference(element) && given.kind !== "tuple" && presentType(given.type).kind === presentType(element).kind;

const refuseSearch = (body: Body, { node }: Receiver): Expr =>
  refuse(body, node, "TG1015", shortText(node), "Look for one plain value or one object, or write a loop.");

function isInside(place: Expr, array: Expr): Expr {
  return compare("lt", place, lengthOf(array));
}
