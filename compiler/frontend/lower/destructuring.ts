/** Taking tuples and arrays apart: `const [a, b] = …`, `[a, b] = [b, a]`. */
import {
  bindElement,
  bindFields,
  bindItems,
  bindPattern,
  hasParts,
  orDefault,
  partNamed,
  partsOfArray,
  shownType,
  withDefault,
} from "./patterns.ts";
import { ts } from "ts-morph";
import { isReference } from "../../ir/build.ts";
import type { Expr } from "../../ir/types.ts";
import { takenFromGetter } from "./instances.ts";
import { nameOf } from "./records.ts";
import { operandsIn, type Operands } from "./order.ts";
import { isElement, placeOf, write, type Place } from "./places.ts";
import { skipOuter } from "./resolve.ts";
import { absent, broken, refuse, shortText, type Binding, type Body, type Want } from "./state.ts";
import { asArray, asOperand, steady, value } from "./values.ts";
import { nameFor } from "./variables.ts";

/**
 * `[x[i], x[j]] = [x[j], x[i]]`: all values are read first, then the targets are written in order. `[x[1], x[0]] = x` reads
 * each element when its turn comes.
 */
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
    const [to, initializer] = withItsDefault(element);
    const inner = skipOuter(to);
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
      if (place) write(body, place, withDefault(body, initializer, take(i)));
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

/** `x` and `1` of `[x = 1] = …`. */
function withItsDefault(target: ts.Expression): readonly [ts.Expression, ts.Expression | undefined] {
  const isAssignment = ts.isBinaryExpression(target) && target.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isAssignment ? [target.left, target.right] : [target, undefined];
}

/** `({ x, y: p.y = 1 } = source)`: field by field, each target written before the next field is read. */
export function assignFields(
  body: Body,
  target: ts.ObjectLiteralExpression,
  source: ts.Expression,
  used: boolean,
): Expr {
  const given = value(body, source, "fields");
  if (given === broken) return broken;
  if (!hasParts(given))
    return refuse(
      body,
      target,
      "TG1002",
      shortText(source),
      shownType(body, source),
      "Take objects with known fields apart.",
    );
  // What it is made of may be what is written.
  const whole: Expr =
    given.kind === "tuple"
      ? { ...given, items: given.items.map((item) => steady(body, item, "item")) }
      : steady(body, given, "fields");
  for (const property of target.properties) {
    const to = ts.isPropertyAssignment(property)
      ? property.initializer
      : ts.isShorthandPropertyAssignment(property)
        ? property.name
        : undefined;
    const [target, own] = to ? withItsDefault(to) : [];
    const inner = target && skipOuter(target);
    const initializer = ts.isShorthandPropertyAssignment(property) ? property.objectAssignmentInitializer : own;
    const name = property.name && nameOf(body, property.name);
    const isPlain = inner && (ts.isIdentifier(inner) || isElement(inner));
    if (!isPlain || name === undefined) {
      const hint = "Assign a rest, or what has a pattern of its own, in a statement of its own.";
      return refuse(body, property, "TG1001", "This part of an assignment that takes an object apart", hint);
    }
    const part = partNamed(whole, name);
    if (part) write(body, placeOf(body, inner), orDefault(body, initializer, part));
    else refuse(body, property, "TG1015", `the property ${name}`, "Take fields that hold data.");
  }
  if (used)
    return refuse(
      body,
      target,
      "TG1001",
      "The value of an assignment that takes an object apart",
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
  if (whole.kind === "tuple")
    return handOut(
      order,
      whole.items.map((item) => order.add(() => item)),
    );
  const items = elementsOf(body, whole, count);
  // Each element of an array is read when its turn comes: a target before it may be one of them.
  if (items) return (i) => items[i] ?? absent;
  refuse(body, at, "TG1002", shortText(source), shownType(body, source), "Only arrays and tuples are taken apart.");
  return undefined;
}

function handOut(order: Operands, positions: readonly number[]): (i: number) => Expr {
  return (i) => (positions[i] === undefined ? absent : order.take(positions[i]));
}

/** The first elements of an array; undefined if it is none. */
function elementsOf(body: Body, whole: Expr, count: number): Expr[] | undefined {
  if (!isReference(whole.type)) return undefined;
  return partsOfArray(steady(body, asArray(body, whole), "items"), count);
}

/** `const [a, b] = source`, `const { a, b } = source`. */
export function declarePattern(body: Body, pattern: ts.BindingPattern, source: ts.Expression): void {
  const inner = skipOuter(source);
  if (ts.isObjectBindingPattern(pattern) && inner.kind === ts.SyntaxKind.ThisKeyword && body.making)
    return bindMade(body, pattern, body.making);
  if (ts.isObjectBindingPattern(pattern))
    return bindFields(body, pattern, asOperand(body, body.rhs(source), "fields"), (element, name, self) =>
      takenFromGetter(body, element, name, source, self),
    );
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

/** `const { rows } = this` in a constructor: the fields as they are by then. */
function bindMade(body: Body, pattern: ts.ObjectBindingPattern, making: ReadonlyMap<string, Binding>): void {
  for (const element of pattern.elements) {
    const named = element.propertyName ?? element.name;
    const name = ts.isIdentifier(named) && !element.dotDotDotToken ? named.text : undefined;
    const binding = name === undefined ? undefined : making.get(name);
    const part: Expr | undefined =
      binding?.kind === "var"
        ? { kind: "var", name: binding.name, type: binding.type }
        : binding?.kind === "value"
          ? binding.value
          : undefined;
    const hint = "Take fields apart that have their values by then, each by its name.";
    bindElement(
      body,
      element,
      part ? orDefault(body, element.initializer, part) : refuse(body, element, "TG1001", "This part of this", hint),
    );
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
