/** Taking tuples and arrays apart: `const [a, b] = …`, `[a, b] = [b, a]`. */
import { ts } from "ts-morph";
import { elementType, int, isReference, lengthOf, op } from "../../ir/build.ts";
import type { Expr } from "../../ir/types.ts";
import { operandsIn, type Operands } from "./order.ts";
import { placeOf, write, type Place } from "./places.ts";
import { skipOuter } from "./resolve.ts";
import { absent, broken, refuse, shortText, type Body, type Want } from "./state.ts";
import { asArray, asOperand, value } from "./values.ts";
import { declareName, nameFor } from "./variables.ts";

/** `[x[i], x[j]] = [x[j], x[i]]`: all values are read first, then the targets are written in order. */
export function assignPattern(
  body: Body,
  target: ts.ArrayLiteralExpression,
  source: ts.Expression,
  used: boolean,
): Expr {
  const order = operandsIn(body);
  const take = partsOf(body, source, order, target.elements.length, target);
  if (!take) return broken;
  for (const [i, element] of target.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    if (ts.isSpreadElement(element)) {
      refuse(body, element, "TG1001", "A rest element in an assignment", "Use slice.");
      continue;
    }
    if (ts.isBinaryExpression(element)) {
      refuse(
        body,
        element,
        "TG1001",
        "A default value in an assignment that takes an array apart",
        "Use ??= after it.",
      );
      continue;
    }
    const inner = skipOuter(element);
    if (ts.isArrayLiteralExpression(inner)) {
      refuse(
        body,
        element,
        "TG1001",
        "A pattern within a pattern",
        "Take the inner array apart in a statement of its own.",
      );
      continue;
    }
    let place: Place | undefined;
    order.add(() => {
      place = placeOf(body, inner);
      return absent;
    });
    order.add(() => {
      if (place) write(body, place, take(i));
      return absent;
    });
  }
  if (used)
    return refuse(
      body,
      target,
      "TG1001",
      "The value of an assignment that takes an array apart",
      "Assign first, then use the parts.",
    );
  return absent;
}

/** Lowers the values that a pattern of `count` elements takes; gives the function that hands them out. */
function partsOf(
  body: Body,
  source: ts.Expression,
  order: Operands,
  count: number,
  at: ts.Node,
): ((i: number) => Expr) | undefined {
  const inner = skipOuter(source);
  if (ts.isArrayLiteralExpression(inner) && !inner.elements.some(ts.isSpreadElement)) {
    return handOut(
      order,
      inner.elements.map((element) => order.add(() => value(body, element))),
    );
  }
  const whole = value(body, source);
  if (whole === broken) return undefined;
  const items = whole.kind === "tuple" ? whole.items : elementsOf(body, whole, count);
  if (!items) {
    refuse(body, at, "TG1002", shortText(source), typeText(body, source), "Only arrays and tuples are taken apart.");
    return undefined;
  }
  return handOut(
    order,
    items.map((item) => order.add(() => item)),
  );
}

function handOut(order: Operands, positions: readonly number[]): (i: number) => Expr {
  return (i) => (positions[i] === undefined ? absent : order.take(positions[i]));
}

/** The first elements of an array; undefined if it is none. */
function elementsOf(body: Body, whole: Expr, count: number): Expr[] | undefined {
  if (!isReference(whole.type)) return undefined;
  const array = asArray(body, whole);
  return Array.from({ length: count }, (_, i): Expr => ({
    kind: "index",
    array,
    index: int(i),
    type: elementType(array.type),
  }));
}

const typeText = (body: Body, node: ts.Node): string => body.checker.typeToString(body.checker.getTypeAtLocation(node));

/** `const [a, b] = source`. */
export function declarePattern(body: Body, pattern: ts.ArrayBindingPattern, source: ts.Expression): void {
  const inner = skipOuter(source);
  if (ts.isArrayLiteralExpression(inner) && !inner.elements.some(ts.isSpreadElement)) {
    const order = operandsIn(body);
    const positions = inner.elements.map((element) => order.add(() => value(body, element)));
    return bindItems(
      body,
      pattern,
      positions.map((position) => order.get(position)),
      undefined,
    );
  }
  const want = wantFor(body, pattern);
  bindPattern(body, pattern, asOperand(body, body.rhs(source, want)));
}

/** Binds the names of a pattern to the parts of a value. */
export function bindPattern(body: Body, pattern: ts.ArrayBindingPattern, whole: Expr): void {
  if (whole === broken) return bindBroken(body, pattern);
  if (whole.kind === "tuple") return bindItems(body, pattern, whole.items, undefined);
  if (!isReference(whole.type)) {
    refuse(
      body,
      pattern,
      "TG1002",
      shortText(pattern),
      typeText(body, pattern),
      "Only arrays and tuples are taken apart.",
    );
    return bindBroken(body, pattern);
  }
  const array = asArray(body, whole);
  const items = pattern.elements.map((_, i): Expr => ({
    kind: "index",
    array,
    index: int(i),
    type: elementType(array.type),
  }));
  bindItems(body, pattern, items, array);
}

function bindItems(body: Body, pattern: ts.ArrayBindingPattern, items: readonly Expr[], array: Expr | undefined): void {
  for (const [i, element] of pattern.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    if (!ts.isIdentifier(element.name)) {
      if (ts.isArrayBindingPattern(element.name)) bindPattern(body, element.name, items[i] ?? absent);
      else refuse(body, element, "TG1001", "A pattern of an object", "Pass fields as values of their own.");
      continue;
    }
    let part = items[i] ?? absent;
    if (element.dotDotDotToken) part = restOf(body, element, items, i, array);
    if (element.initializer) part = withDefault(body, element, part);
    declareName(body, element.name, part);
  }
}

function restOf(body: Body, node: ts.Node, items: readonly Expr[], from: number, array: Expr | undefined): Expr {
  if (!array) {
    const rest = items.slice(from);
    const element = rest[0]?.type ?? { kind: "number" };
    return { kind: "items", items: rest, type: { kind: "list", element } };
  }
  const type = elementType(array.type);
  if (array.type.kind === "maybe") return refuse(body, node, "TG1001", "A rest element here", "Use slice.");
  return {
    kind: "copy",
    array,
    start: int(from),
    end: op("max", [int(from), lengthOf(array)], { kind: "int" }),
    type: { kind: "list", element: type },
  };
}

function withDefault(body: Body, element: ts.BindingElement, part: Expr): Expr {
  if (!element.initializer) return part;
  const start = body.block.length;
  const fallback = value(body, element.initializer);
  if (body.block.length !== start) {
    return refuse(body, element, "TG1001", "This default value", "Use ?? in a statement of its own.");
  }
  return {
    kind: "nullish",
    left: part,
    right: fallback,
    type: part.type.kind === "maybe" ? part.type.type : fallback.type,
  };
}

function bindBroken(body: Body, pattern: ts.ArrayBindingPattern): void {
  for (const element of pattern.elements) {
    if (ts.isOmittedExpression(element)) continue;
    if (ts.isIdentifier(element.name)) declareName(body, element.name, broken);
    else if (ts.isArrayBindingPattern(element.name)) bindBroken(body, element.name);
  }
}

/** The names under which a call may declare its results directly: constants only. */
function wantFor(body: Body, pattern: ts.ArrayBindingPattern): Want {
  return {
    kind: "items",
    items: pattern.elements.map((element) => {
      if (ts.isOmittedExpression(element)) return "hole";
      if (ts.isArrayBindingPattern(element.name)) return wantFor(body, element.name);
      if (!ts.isIdentifier(element.name) || element.initializer || element.dotDotDotToken) return undefined;
      const symbol = body.checker.getSymbolAtLocation(element.name);
      if (!symbol || (body.assignments.get(symbol) ?? 0) > 0) return undefined;
      return {
        kind: "name",
        name: nameFor(body, symbol, element.name.text),
        as: "const",
        type: undefined,
        claimed: false,
      };
    }),
  };
}
