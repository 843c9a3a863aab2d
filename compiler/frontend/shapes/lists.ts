/** What methods of lists make of what is known of their members. */
import { ts } from "ts-morph";
import { skipOuter, symbolOf } from "../lower/resolve.ts";
import type { Frame, Interpreter } from "./interpreter.ts";
import { eachOf, type FunctionWithBody, joined, type Known, nameless, numberOf } from "./known.ts";

/** Methods that change their list. */
const changing = new Set(["pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin"]);

/** Undefined where it is no call of a method of a list of which something is known. */
export function ofListMethod(on: Interpreter, call: ts.CallExpression, frame: Frame): Known | undefined {
  const callee = skipOuter(call.expression);
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const method = callee.name.text;
  if (!(method in methods) && !changing.has(method)) return undefined;
  const list = on.structureOf(callee.expression, on.of(callee.expression, frame));
  if (list?.kind !== "items" && list?.kind !== "each") return undefined;
  if (changing.has(method)) {
    on.forgetStructures(frame);
    return undefined;
  }
  return methods[method]!({ on, call, frame, list, owner: callee.expression });
}

interface Call {
  readonly on: Interpreter;
  readonly call: ts.CallExpression;
  readonly frame: Frame;
  readonly list: Extract<Known, { kind: "items" | "each" }>;
  readonly owner: ts.Expression;
}

/** Calls the function that is handed over, whose own mistakes are said in it. */
function callback({ on, call, frame }: Call): ((...args: (Known | undefined)[]) => Known | undefined) | undefined {
  const [given] = call.arguments;
  const func = given && on.functionOf(given, frame);
  if (func === undefined) return undefined;
  return (...args) => {
    const inside = isWithin(func.node, call) ? { ...frame, depth: frame.depth - 1, isSure: false } : frame;
    return on.apply(func, args, inside);
  };
}

const isWithin = (func: FunctionWithBody, call: ts.CallExpression): boolean =>
  call.arguments.some((argument) => skipOuter(argument) === func);

const methods: Readonly<Record<string, (call: Call) => Known | undefined>> = {
  map: (call) => {
    const { list } = call;
    const run = callback(call);
    if (run === undefined) return undefined;
    if (list.kind === "items") return { kind: "items", items: list.items.map((item, k) => run(item, numberOf(k))) };
    const each = run(list.each, undefined);
    return each && { kind: "each", each };
  },
  forEach: (call) => {
    const run = callback(call);
    if (call.list.kind === "items") call.list.items.forEach((item, k) => run?.(item, numberOf(k)));
    else run?.(call.list.each, undefined);
    return undefined;
  },
  reduce: (call) => {
    const { on, frame, list } = call;
    const run = callback(call);
    const start = call.call.arguments[1];
    const first = start && on.structureOf(start, on.of(start, frame));
    if (run === undefined || start === undefined) return undefined;
    if (list.kind === "items") return list.items.reduce((all, item, k) => run(all, item, numberOf(k)), first);
    const once = run(first, list.each);
    const twice = run(nameless(once), list.each);
    const all = [once, twice].reduce(joined, first);
    return all && joined(all, run(all, list.each));
  },
  push: ({ on, call, frame, list, owner }) => {
    const name = skipOuter(owner);
    const symbol = ts.isIdentifier(name) ? symbolOf(on.checker, name) : undefined;
    const more = call.arguments.map((argument) =>
      ts.isSpreadElement(argument) ? undefined : on.structureOf(argument, on.of(argument, frame)),
    );
    on.forgetStructures(frame);
    if (symbol === undefined) return undefined;
    const longer: Known | undefined =
      list.kind === "items"
        ? { kind: "items", items: [...list.items, ...more] }
        : more.reduce<Known | undefined>((all, item) => joined(all, item && { kind: "each", each: item }), list);
    on.assign(symbol, longer, frame);
    return undefined;
  },
  at: ({ on, call, frame, list }) => {
    const place = call.arguments[0] && on.of(call.arguments[0], frame);
    if (list.kind === "items" && place?.kind === "number" && typeof place.value === "number")
      return list.items.at(place.value);
    const each = eachOf(list);
    return each === "none" ? undefined : each;
  },
  slice: ({ on, call, frame, list }) => {
    const bounds = call.arguments.map((argument) => on.of(argument, frame));
    const numbers = bounds.map((bound) =>
      bound?.kind === "number" && typeof bound.value === "number" ? bound.value : undefined,
    );
    if (list.kind === "items" && !numbers.includes(undefined))
      return { kind: "items", items: list.items.slice(...(numbers as number[])) };
    const each = eachOf(list);
    return each === undefined || each === "none" ? undefined : { kind: "each", each };
  },
};
