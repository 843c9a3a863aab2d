/** Methods of arrays that put elements in another order or together: `reverse`, `sort`, `concat`. */
import { ts } from "ts-morph";
import {
  countedLoop,
  at,
  booleanType,
  compare,
  elementType,
  int,
  intType,
  isNumeric,
  lengthOf,
  num,
  op,
} from "../../ir/build.ts";
import { asNew } from "../../ir/read-only.ts";
import type { Expr, Stmt, Type, Var } from "../../ir/types.ts";
import { appendAll, tupleAsList } from "./spreads.ts";
import type { Callee } from "./callees.ts";
import { functionOf } from "./functions.ts";
import { applied } from "./mappers.ts";
import { lowerInOrder } from "./order.ts";
import { mayWrite } from "./places.ts";
import {
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
} from "./state.ts";
import { asArray, asOperand, claim, fitTo, isSteady, steady, value } from "./values.ts";

type Call = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

export const rearranges = (name: string): boolean =>
  name === "reverse" || name === "toReversed" || name === "sort" || name === "toSorted" || name === "concat";

/** A call of one of these methods; undefined where the receiver is no array. */
export function rearrange(body: Body, node: Call, receiver: Expr, use: Use): Expr | undefined {
  if (receiver.type.kind !== "list" && receiver.type.kind !== "typed") return undefined;
  const name = node.expression.name.text;
  if (name === "concat") return concat(body, node, receiver, use);
  if (name === "toReversed") return reversed(body, receiver, use);
  if (name === "toSorted") {
    const copy = claim(body, use, "sorted", { kind: "copy", array: receiver, type: asNew(receiver.type) });
    return sorted(body, node, copy);
  }
  if (!mayWrite(body, receiver, node.expression.expression)) return broken;
  const array = isSteady(body, receiver) ? receiver : hold(body, "array", asArray(body, receiver));
  return name === "reverse" ? reverse(body, array) : sorted(body, node, array);
}

/** Swaps from both ends. */
function reverse(body: Body, array: Expr): Expr {
  const name = freshName(body, "k");
  const k: Expr = { kind: "var", name, type: intType };
  const size = steady(body, lengthOf(array), "count");
  const other = op("sub", [op("sub", [size, int(1)], intType), k], intType);
  const inner = inBlock(body, () => {
    const low = hold(body, "low", at(array, k));
    emit(body, { kind: "store", array, index: k, value: at(array, other) });
    emit(body, { kind: "store", array, index: other, value: low });
  });
  const bound = op("trunc", [op("div", [size, int(2)])], intType);
  emit(body, countedLoop(name, steady(body, bound, "half"), inner));
  return array;
}

function reversed(body: Body, array: Expr, use: Use): Expr {
  const source = steady(body, array, "source");
  const made = claim(body, use, "reversed", { kind: "copy", array: source, type: asNew(array.type) });
  return reverse(body, made);
}

/** How many lists are in each other. */
const ranks = (type: Type): number => (type.kind === "list" ? 1 + ranks(type.element) : 0);

/** `xs.concat(ys, 1)`: arrays are appended element by element. */
function concat(body: Body, node: Call, receiver: Expr, use: Use): Expr {
  if (receiver.type.kind !== "list")
    return refuse(body, node, "TG1015", shortText(node), "Concatenate lists such as number[].");
  const type = asNew(receiver.type);
  const [first, ...parts] = lowerInOrder(body, [
    () => receiver,
    ...node.arguments.map(
      (argument) => () =>
        ts.isSpreadElement(argument)
          ? refuse(body, argument, "TG1001", "A spread here", "Pass the arrays one by one.")
          : type.element.kind === "record"
            ? value(body, argument)
            : tupleAsList(body, value(body, argument)),
    ),
  ]);
  if (!first || parts.includes(broken)) return broken;
  // A row is taken apart too, whatever TypeScript says: its numbers would stand between rows.
  const row = parts.findIndex((part) => part.type.kind === "list" && ranks(part.type) <= ranks(type.element));
  const given = row < 0 ? undefined : node.arguments[row];
  if (given)
    return refuse(
      body,
      given,
      "TG1001",
      `${shortText(given)}, whose elements concat puts among arrays,`,
      `Write concat([${shortText(given)}]), which appends it as it is.`,
    );
  const held = parts.map((part) => steady(body, asOperand(body, part), "part"));
  const list = claim(body, use, "list", { kind: "copy", array: first, type });
  for (const part of held) {
    if (part.type.kind === "list") appendAll(body, list, part);
    else emit(body, { kind: "append", array: list, value: fitTo(body, part, type.element) });
  }
  return list;
}

/**
 * Sorts numbers or references: first their places, by merging runs, then the elements by their places. Comparisons have
 * no derivative; that of sorting is the permutation.
 */
function sorted(body: Body, node: Call, array: Expr): Expr {
  const type = elementType(array.type);
  const [given] = node.arguments;
  const ofTexts = type.kind === "string";
  if (!given && !isNumeric(type) && !ofTexts)
    return refuse(
      body,
      node,
      "TG1015",
      `${shortText(node)}, which sorts texts`,
      "Write a comparator, as in sort((a, b) => a.key - b.key).",
    );
  if (!given && array.type.kind === "list" && !ofTexts)
    return refuse(
      body,
      node,
      "TG1015",
      `${shortText(node)}, which sorts numbers as texts`,
      "Write sort((a, b) => a - b).",
    );
  const callee = given && functionOf(body, given);
  if (callee?.kind === "broken") return broken;
  const order = orderOf(body, array, (left, right) =>
    given && callee
      ? compared(body, given, callee, left, right)
      : ofTexts
        ? compare("lt", right, left)
        : isBefore(right, left),
  );
  const values = hold(body, "values", { kind: "copy", array, type: asNew(array.type) });
  const name = freshName(body, "k");
  const k: Expr = { kind: "var", name, type: intType };
  const inner = inBlock(body, () => {
    emit(body, { kind: "store", array, index: k, value: at(values, at(order, k)) });
  });
  emit(body, countedLoop(name, lengthOf(values), inner));
  return array;
}

/** Whether the comparator puts the right one first. */
function compared(body: Body, at: ts.Expression, callee: Callee, left: Expr, right: Expr): Expr {
  const args = [left, right].map((part): Binding => ({ kind: "value", value: part }));
  const result = applied(body, at, callee, args, undefined);
  return result === broken ? broken : compare("gt", result, num(0));
}

/** The order of typed arrays: -0 before 0, NaN last. */
function isBefore(a: Expr, b: Expr): Expr {
  const logic = (name: "&&" | "||", left: Expr, right: Expr): Expr => ({
    kind: "logic",
    op: name,
    left,
    right,
    type: booleanType,
  });
  const isNaN = (part: Expr): Expr => op("isNaN", [part], booleanType);
  const inverse = (part: Expr): Expr => op("div", [num(1), part]);
  const isZeroBefore = logic("&&", compare("eq", a, b), compare("lt", inverse(a), inverse(b)));
  const isNaNLast = logic("&&", isNaN(b), op("not", [isNaN(a)], booleanType));
  return logic("||", compare("lt", a, b), logic("||", isZeroBefore, isNaNLast));
}

/** The places of the elements in sorted order; equal ones stay as they stand. `comesAfter(a, b)`: b goes before a. */
function orderOf(body: Body, array: Expr, comesAfter: (left: Expr, right: Expr) => Expr): Expr {
  const type: Type = { kind: "typed", name: "Int32Array" };
  const size = steady(body, lengthOf(array), "count");
  const order = hold(body, "order", { kind: "zeros", length: size, type });
  const merged = hold(body, "merged", { kind: "zeros", length: size, type });
  loop(body, int(0), size, (k) => {
    emit(body, { kind: "store", array: order, index: k, value: k });
  });
  const width = counter(body, "width", int(1));
  whileLess(body, width, size, () => {
    const start = counter(body, "start", int(0));
    whileLess(body, start, size, () => {
      const middle = hold(body, "middle", op("min", [op("add", [start, width], intType), size], intType));
      const end = hold(body, "end", op("min", [op("add", [middle, width], intType), size], intType));
      const left = counter(body, "left", start);
      const right = counter(body, "right", middle);
      loop(body, start, end, (k) => {
        const fromRight = counter(body, "fromRight", int(0));
        const take = inBlock(body, () => {
          emit(body, { kind: "assign", name: fromRight.name, value: int(1) });
        });
        const inside = inBlock(body, () => {
          const a = hold(body, "a", at(array, at(order, left)));
          const b = hold(body, "b", at(array, at(order, right)));
          const test = comesAfter(a, b);
          if (test !== broken) emit(body, { kind: "if", test, then: take, else: [] });
        });
        const hasBoth = inBlock(body, () => {
          emit(body, { kind: "if", test: compare("lt", right, end), then: inside, else: [] });
        });
        emit(body, { kind: "if", test: compare("lt", left, middle), then: hasBoth, else: take });
        const step = (from: Var): Stmt[] =>
          inBlock(body, () => {
            emit(body, { kind: "store", array: merged, index: k, value: at(order, from) });
            emit(body, { kind: "assign", name: from.name, value: op("add", [from, int(1)], intType) });
          });
        emit(body, { kind: "if", test: compare("eq", fromRight, int(1)), then: step(right), else: step(left) });
      });
      emit(body, { kind: "assign", name: start.name, value: end });
    });
    emit(body, { kind: "set", target: order, source: merged });
    emit(body, { kind: "assign", name: width.name, value: op("mul", [width, int(2)], intType) });
  });
  return order;
}

function counter(body: Body, base: string, init: Expr): Var {
  const name = freshName(body, base);
  emit(body, { kind: "let", name, type: intType, mutable: true, init });
  return { kind: "var", name, type: intType };
}

function loop(body: Body, start: Expr, bound: Expr, run: (k: Expr) => void): void {
  const name = freshName(body, "k");
  const inner = inBlock(body, () => {
    run({ kind: "var", name, type: intType });
  });
  emit(body, { kind: "for", name, start, compare: "lt", bound, step: 1, body: inner });
}

function whileLess(body: Body, variable: Expr, bound: Expr, run: () => void): void {
  emit(body, { kind: "while", test: compare("lt", variable, bound), body: inBlock(body, run) });
}
