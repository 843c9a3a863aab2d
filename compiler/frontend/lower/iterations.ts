/** Methods of arrays that call a function for each element: loops, with the function's body in them. */
import { realParameters } from "../annotations.ts";
import { ts } from "ts-morph";
import {
  at,
  booleanType,
  compare,
  elementType,
  fieldAt,
  int,
  intType,
  isNumeric,
  lengthOf,
  num,
  op,
  sameType,
} from "../../ir/build.ts";
import { maybe } from "../../ir/presence.ts";
import { asNew } from "../../ir/read-only.ts";
import type { Block, Expr, Stmt, Type, Var } from "../../ir/types.ts";
import { collectStmts } from "../../ir/visit.ts";
import { isAccess, isTarget } from "./assigned.ts";
import type { Callee } from "./callees.ts";
import { functionOf } from "./functions.ts";
import { isHandedOn, returnsItems } from "./handed-on.ts";
import { applied } from "./mappers.ts";
import { operandsIn } from "./order.ts";
import { write } from "./places.ts";
import { isGlobal } from "./resolve.ts";
import { negated, truth } from "./scalars.ts";
import { appendAll, itemsOfTuple } from "./spreads.ts";
import { absent, broken, emit, freshName, hold, inBlock, type Binding, type Body, type Use } from "./state.ts";
import { asData, joined, typeFor } from "./types.ts";
import { valueOfBinding } from "./variables.ts";
import { asArray, asOperand, claim, fitTo, isSteady, itemsOfConstant, steady, value } from "./values.ts";
import { contextOf, wantedElement } from "./wanted.ts";

type Call = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

/** What a method calls, and on what. */
interface Iteration {
  readonly body: Body;
  readonly node: Call;
  readonly array: Expr;
  readonly callee: Callee;
  /** Where the user passes the function. */
  readonly at: ts.Expression;
  /** The first value of `reduce`. */
  readonly start: Expr | undefined;
  readonly use: Use;
}

const iterations: Readonly<Record<string, ((call: Iteration) => Expr) | undefined>> = {
  map,
  flatMap,
  forEach,
  reduce: (call) => reduce(call, false),
  reduceRight: (call) => reduce(call, true),
  filter,
  every: (call) => decided(call, false),
  some: (call) => decided(call, true),
  find: (call) => find(call, false),
  findLast: (call) => find(call, true),
  findIndex: (call) => findIndex(call, false),
  findLastIndex: (call) => findIndex(call, true),
};

export const callsForEach = (name: string): boolean => Object.hasOwn(iterations, name);

/** A call of `map`, `reduce` and so on; undefined where the receiver is no array. */
export function iterate(body: Body, node: Call, receiver: Expr, use: Use): Expr | undefined {
  const method = iterations[node.expression.name.text];
  const [given, first] = node.arguments;
  if (!method || !given || ts.isSpreadElement(given)) return undefined;
  const list =
    receiver.kind === "tuple" ? fitTo(body, receiver, listOf(receiver)) : placesAsList(body, receiver, given);
  if (list.type.kind !== "list" && list.type.kind !== "typed") return undefined;
  const order = operandsIn(body);
  const position = order.add(() => (isSteady(body, list) ? list : hold(body, "source", asArray(body, list))));
  const callee = functionOf(body, given);
  if (callee.kind === "broken") return broken;
  const start = first && node.expression.name.text.startsWith("reduce") ? value(body, first) : undefined;
  if (start === broken) return broken;
  return method({ body, node, array: order.get(position), callee, at: given, start, use });
}

const listOf = (tuple: Extract<Expr, { kind: "tuple" }>): Type => ({
  kind: "list",
  element: asData(tuple.items.map((item) => item.type).reduce(joined, tuple.items[0]?.type ?? { kind: "number" })),
});

/** A tuple that holds data as a list of its places, where they are all alike and the function leaves them alone. */
function placesAsList(body: Body, tuple: Expr, called: ts.Expression): Expr {
  const { type } = tuple;
  const element = type.kind === "record" && type.isTuple === true ? type.fields[0]?.type : undefined;
  if (type.kind !== "record" || element === undefined || !isPlain(body, called)) return tuple;
  if (!type.fields.every((field) => sameType(field.type, element))) return tuple;
  const whole = steady(body, tuple, "tuple");
  const items = type.fields.map((field) => fieldAt(whole, field.name));
  return hold(body, "items", { kind: "items", items, type: { kind: "list", element } });
}

/** Whether a function that is written out does no more than to compute with variables and `Math`. */
function isPlain(body: Body, called: ts.Expression): boolean {
  if (!ts.isArrowFunction(called) && !ts.isFunctionExpression(called)) return false;
  const visit = (node: ts.Node): boolean => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const { expression } = node;
      if (!ts.isPropertyAccessExpression(expression) || !isGlobal(body.checker, expression.expression, "Math"))
        return false;
    } else if (isAccess(node) && isTarget(node)) return false;
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) === undefined;
  };
  return visit(called.body);
}

/** A loop over the elements; `run` is given each with its place. */
function overElements(
  call: Iteration,
  indexAt: number,
  from: number,
  run: (item: Expr, index: Expr) => void,
  { fresh, before, isDown }: Surroundings = {},
): void {
  const { body, array, callee } = call;
  const name = freshName(body, parameterName(callee, indexAt) ?? "k");
  const index: Expr = { kind: "var", name, type: intType };
  const inner = inBlock(body, () => {
    run(at(array, index), index);
  });
  const size = lengthOf(array);
  const mayShrink = array.type.kind === "list" && shortens(inner);
  const mayGrow = array.type.kind === "list" && lengthens(inner, fresh, name);
  before?.(mayShrink);
  // JavaScript looks at the length once, and passes over elements that are gone by then.
  const bound = mayShrink || mayGrow ? hold(body, "count", size) : size;
  const loop: Block = mayShrink
    ? [{ ...body.place, kind: "if", test: compare("lt", index, size), then: inner, else: [] }]
    : inner;
  if (isDown) {
    const start = op("sub", [bound, int(from + 1)], intType);
    emit(body, { kind: "for", name, start, compare: "ge", bound: int(0), step: -1, body: loop });
  } else emit(body, { kind: "for", name, start: int(from), compare: "lt", bound, step: 1, body: loop });
}

/** What the loop stands in. */
interface Surroundings {
  /** An array that only the loop knows. */
  readonly fresh?: Expr;
  /** From the last element to the first one. */
  readonly isDown?: boolean;
  /** Runs in front of the loop, when it is known whether elements may be passed over. */
  readonly before?: (mayShrink: boolean) => void;
}

/** Whether a list may lose elements: callees may do that to lists that they are given. */
function shortens(block: Block): boolean {
  return collectStmts(block, "shrink").length + collectStmts(block, "apply").length > 0 || givesLists(block);
}

/** Whether a list may get more elements, by a write behind its end too; `index` is a place that there is. */
function lengthens(block: Block, fresh: Expr | undefined, index: string): boolean {
  const isOther = (array: Expr): boolean => fresh === undefined || variableName(array) !== variableName(fresh);
  const written = collectStmts(block, "store").filter(
    (stmt) => stmt.array.type.kind === "list" && variableName(stmt.index) !== index,
  );
  return (
    givesLists(block) ||
    collectStmts(block, "apply").length > 0 ||
    [...collectStmts(block, "append"), ...written].some(({ array }) => isOther(array))
  );
}

function givesLists(block: Block): boolean {
  return collectStmts(block, "call").some(({ args }) => args.some((arg) => holdsLists(arg.type)));
}

function holdsLists(type: Type): boolean {
  switch (type.kind) {
    case "list":
      return true;
    case "maybe":
      return holdsLists(type.type);
    case "record":
      return type.fields.some((field) => holdsLists(field.type));
    case "tuple":
      return type.items.some(holdsLists);
    default:
      return false;
  }
}

const variableName = (expr: Expr | undefined): string | undefined => (expr?.kind === "var" ? expr.name : undefined);

/** The user's name for a parameter of the function. */
function parameterName(callee: Callee, position: number): string | undefined {
  const name = callee.kind === "closure" ? realParameters(callee.node)[position]?.name : undefined;
  return name && ts.isIdentifier(name) ? name.text.replace(/^_+(?=.)/, "") : undefined;
}

/** What the function gives for an element. */
function result(call: Iteration, item: Expr, index: Expr, use?: Use): Expr {
  const args = [item, index, call.array].map((part): Binding => ({ kind: "value", value: part }));
  return applied(call.body, call.at, call.callee, args, use);
}

function resultType({ body, node }: Iteration): Type | undefined {
  const what = `The result of ${node.expression.name.text}`;
  const wanted = wantedElement(body, node) && contextOf(body, node);
  if (wanted) return typeFor(body.all, body.entry, wanted, { node, what, source: "context" });
  return typeFor(body.all, body.entry, body.checker.getTypeAtLocation(node), { node, what, source: "inferred" });
}

function map(call: Iteration): Expr {
  const { body, array, use } = call;
  const type = array.type.kind === "typed" ? array.type : resultType(call);
  if (type?.kind !== "list" && type?.kind !== "typed") return broken;
  const element = elementType(type);
  const isPlain = isNumeric(element);
  const length = lengthOf(array);
  let made: Expr = broken;
  const declaration = inBlock(body, () => {
    made = claim(body, use, "array", { kind: "holes", length, type });
  });
  const run = (item: Expr, index: Expr): void => {
    const given = result(call, item, index);
    if (given !== broken)
      emit(body, { kind: "store", array: made, index, value: asOperand(body, fitTo(body, given, element)) });
  };
  // Elements that are passed over stay holes; where there are none, zeros are quicker.
  const before = (mayShrink: boolean): void => {
    for (const stmt of declaration)
      emit(
        body,
        isPlain && !mayShrink && stmt.kind === "let" ? { ...stmt, init: { kind: "zeros", length, type } } : stmt,
      );
  };
  overElements(call, 1, 0, run, { before });
  return made;
}

/** A list that what the function gives is appended to: all elements of an array, or one value. */
function flatMap(call: Iteration): Expr {
  const { body, use } = call;
  const type = resultType(call);
  if (type?.kind !== "list") return broken;
  const made = claim(body, use, "array", { kind: "items", items: [], type });
  const add = (item: Expr, index: Expr): void => {
    const given = result(call, item, index);
    if (given === broken) return;
    const tuple = itemsOfTuple(given.kind === "items" ? given : asArray(body, asOperand(body, given)));
    if (given.kind === "items" && given.type.kind === "record" && tuple) append(body, made, given.items);
    else if (tuple) append(body, made, tuple);
    else if (given.kind === "items" && given.type.kind !== "record") append(body, made, given.items);
    else if (given.type.kind === "list") appendAll(body, made, steady(body, asOperand(body, given), "part"));
    else append(body, made, [given]);
  };
  overElements(call, 1, 0, add, { fresh: made });
  return made;
}

function append(body: Body, list: Expr, items: readonly Expr[]): void {
  const element = elementType(list.type);
  for (const item of items)
    emit(body, { kind: "append", array: list, value: asOperand(body, fitTo(body, item, element)) });
}

function forEach(call: Iteration): Expr {
  overElements(call, 1, 0, (item, index) => void result(call, item, index, "nothing"));
  return absent;
}

function reduce(call: Iteration, isDown: boolean): Expr {
  const { body, node, array } = call;
  const read = call.start ? resultType(call) : elementType(array.type);
  if (!read) return broken;
  const start = call.start && (itemsOfConstant(call.start, read) ?? call.start);
  // A tuple that is in memory stays there, and one that goes on is there.
  const type = start?.type.kind === "record" || goesOn(call) ? asData(read) : read;
  if (!start) {
    const message = '"Reduce of empty array with no initial value"';
    const error: Expr = { kind: "foreign", texts: [`new TypeError(${message})`], args: [], type: { kind: "string" } };
    const then: Stmt[] = [{ ...body.place, kind: "throw", value: error }];
    emit(body, { kind: "if", test: compare("eq", lengthOf(array), int(0)), then, else: [] });
  }
  const first = start ?? at(array, isDown ? op("sub", [lengthOf(array), int(1)], intType) : int(0));
  const sum = accumulator(body, parameterName(call.callee, 0) ?? "total", fitTo(body, first, type), type);
  const step = (item: Expr, index: Expr): void => {
    const others = [item, index, array].map((part): Binding => ({ kind: "value", value: part }));
    const next = applied(body, call.at, call.callee, [sum, ...others], undefined);
    const isSame = next.kind === "var" && sum.kind === "var" && next.name === sum.name;
    if (next !== broken && !isSame) write(body, { kind: "variable", binding: sum, node }, next);
  };
  overElements(call, 2, start ? 0 : 1, step, { isDown });
  return valueOfBinding(sum);
}

/** Whether the function hands on what it is given to add to, or gives what may be known by another name. */
function goesOn({ body: { checker }, callee }: Iteration): boolean {
  if (callee.kind !== "closure") return false;
  const name = realParameters(callee.node)[0]?.name;
  const symbol = name && ts.isIdentifier(name) ? checker.getSymbolAtLocation(name) : undefined;
  return (symbol !== undefined && isHandedOn(checker, symbol)) || !returnsItems(checker, callee.node);
}

/** A variable for what is summed up, or one for each item of a tuple. */
function accumulator(body: Body, base: string, first: Expr, type: Type): Extract<Binding, { kind: "var" | "tuple" }> {
  if (type.kind === "tuple" && first.kind === "tuple") {
    const items = type.items.map((item, i) => accumulator(body, base + String(i), first.items[i] ?? absent, item));
    return { kind: "tuple", items, type };
  }
  const name = freshName(body, base);
  emit(body, { kind: "let", name, type, mutable: true, init: first });
  return { kind: "var", name, type, mutable: false };
}

function filter(call: Iteration): Expr {
  const { body, array, use } = call;
  const list: Type = { kind: "list", element: elementType(array.type) };
  const empty: Expr = { kind: "items", items: [], type: list };
  const isList = array.type.kind === "list";
  const kept = isList ? claim(body, use, "kept", empty) : hold(body, "kept", empty);
  const keep = (item: Expr, index: Expr): void => {
    // The element as it was before the function ran is what is kept.
    const element = steady(body, item, parameterName(call.callee, 0) ?? "item");
    const test = truth(result(call, element, index));
    const then = inBlock(body, () => {
      emit(body, { kind: "append", array: kept, value: element });
    });
    if (test !== broken) emit(body, { kind: "if", test, then, else: [] });
  };
  overElements(call, 1, 0, keep, { fresh: kept });
  return isList ? kept : claim(body, use, "array", { kind: "copy", array: kept, type: asNew(array.type) });
}

/** A loop that is left as soon as the function says so; `found` runs then. */
function search(call: Iteration, stopsAt: boolean, found: (item: Expr, index: Expr) => void, isDown = false): void {
  const { body } = call;
  const label = body.labels.fresh("search");
  const inner = inBlock(body, () => {
    const step = (item: Expr, index: Expr): void => {
      const element = steady(body, item, parameterName(call.callee, 0) ?? "item");
      const test = truth(result(call, element, index));
      const then = inBlock(body, () => {
        found(element, index);
        emit(body, { kind: "exit", label });
      });
      if (test !== broken) emit(body, { kind: "if", test: stopsAt ? test : negated(test), then, else: [] });
    };
    overElements(call, 1, 0, step, { isDown });
  });
  emit(body, { kind: "block", label, body: inner });
}

function variableOf(body: Body, base: string, type: Type, init: Expr): Var {
  const name = freshName(body, base);
  emit(body, { kind: "let", name, type, mutable: true, init });
  return { kind: "var", name, type };
}

/** `some` and `every`. */
function decided(call: Iteration, stopsAt: boolean): Expr {
  const { body, node } = call;
  const literal = (truth: boolean): Expr => ({ kind: "literal", value: truth, type: booleanType });
  const answer = variableOf(body, node.expression.name.text, booleanType, literal(!stopsAt));
  search(call, stopsAt, () => {
    emit(body, { kind: "assign", name: answer.name, value: literal(stopsAt) });
  });
  return answer;
}

function find(call: Iteration, isDown: boolean): Expr {
  const { body, array } = call;
  const element = elementType(array.type);
  const found = variableOf(body, "found", maybe(element), absent);
  const keep = (item: Expr): void => {
    emit(body, { kind: "assign", name: found.name, value: item });
  };
  search(call, true, keep, isDown);
  return found;
}

function findIndex(call: Iteration, isDown: boolean): Expr {
  const { body } = call;
  const place = variableOf(body, "place", intType, num(-1));
  const keep = (_: Expr, index: Expr): void => {
    emit(body, { kind: "assign", name: place.name, value: index });
  };
  search(call, true, keep, isDown);
  return place;
}
