/** Expressions: pure ones become IR expressions, their effects statements in front. */
import { lengthOfAxis, tensorProperty } from "./tensors.ts";
import {
  chosenByTests,
  fieldByKey,
  fieldIndex,
  hasField,
  isTakenAsThere,
  objectLiteral,
  readField,
} from "./records.ts";
import { ts } from "ts-morph";
import { chosenDirectly } from "./chosen-instances.ts";
import { applied } from "./mappers.ts";
import {
  at,
  bool,
  booleanType,
  compare,
  elementType,
  int,
  isNumeric,
  isReference,
  lengthOf,
  num,
  numberType,
} from "../../ir/build.ts";
import { nullValue, presentType } from "../../ir/presence.ts";
import { textAmong } from "../../ir/texts.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { refusal } from "../check.ts";
import { originOf } from "../positions.ts";
import { strictAbsence } from "./absence.ts";
import { arrayLiteral, newArray } from "./arrays.ts";
import { assertedTuple } from "./asserted-tuples.ts";
import { assign, increment } from "./assignments.ts";
import { call } from "./calls.ts";
import { chainEffect, isOpenChain, optionalChain } from "./chains.ts";
import { conditional, logical, negation } from "./choices.ts";
import { instanceAt } from "./instance-at.ts";
import { isString, text } from "./foreign.ts";
import { keeperSize, newKeeper } from "./keepers.ts";
import { character, stringLength } from "./strings.ts";
import { isPresent, readBinding, readName } from "./names.ts";
import { fieldInMaking } from "./places.ts";
import { getter, newInstance, receiver, staticField } from "./instances.ts";
import { madeWithFunctions } from "./known-instances.ts";
import { classTest } from "./class-tests.ts";
import { closureType, declareClosure } from "./closures.ts";
import {
  isLogical,
  comparisons,
  infixOps,
  isAssignment,
  mathConstant,
  numberConstant,
  type Comparison,
} from "./operators.ts";
import { lowerInOrder } from "./order.ts";
import { isFreeze, isGlobal, skipOuter } from "./resolve.ts";
import { arithmetic, asCount, isWhole, toNumber } from "./scalars.ts";
import { absent, broken, freshName, refuse, shortText, type Body, type Want, typeShown } from "./state.ts";
import { getterOfKnown } from "./known-members.ts";
import { asValue, inlineClosure } from "./inlining.ts";
import { typeTest } from "./type-tests.ts";
import { holdsFunctions, isRefused, leavesInstanceOpen, isTypedArrayName, readType } from "./types.ts";
import { byRow, isRow } from "./unions.ts";
import { readText, takenFor, textOfMember } from "./texts.ts";
import { arrayOperand, asOperand, narrowed, value, isSteady, steady } from "./values.ts";

export function rhs(body: Body, node: ts.Expression, want?: Want): Expr {
  const given = body.given.get(node);
  if (given) return given;
  if (isOpenChain(body, node)) return optionalChain(body, node, want);
  if (ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node)) return body.rhs(node.expression, want);
  if (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) return assertion(body, node, want);
  if (ts.isNonNullExpression(node)) return narrowed(body.rhs(node.expression, want));
  if (ts.isNumericLiteral(node)) return num(Number(node.text));
  if (ts.isStringLiteralLike(node))
    return { kind: "literal", value: node.text, type: textAmong([JSON.stringify(node.text)]) };
  if (node.kind === ts.SyntaxKind.NullKeyword) return nullValue;
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    return bool(node.kind === ts.SyntaxKind.TrueKeyword);
  }
  if (ts.isIdentifier(node)) return readName(body, node);
  if (ts.isPrefixUnaryExpression(node)) return prefix(body, node);
  if (ts.isPostfixUnaryExpression(node)) return increment(body, node, true);
  if (ts.isBinaryExpression(node)) return binary(body, node, want);
  if (ts.isConditionalExpression(node)) return conditional(body, node, want);
  if (ts.isElementAccessExpression(node)) return element(body, node);
  if (ts.isPropertyAccessExpression(node)) return property(body, node);
  if (isFreeze(node)) return body.rhs(skipOuter(node), want);
  if (ts.isCallExpression(node)) return call(body, node, want);
  if (ts.isNewExpression(node))
    return (
      madeWithFunctions(body, node) ??
      newInstance(body, node, want) ??
      newKeeper(body, node, want) ??
      newArray(body, node)
    );
  if (node.kind === ts.SyntaxKind.ThisKeyword) return receiver(body, node);
  if (ts.isArrayLiteralExpression(node)) return arrayLiteral(body, node, want);
  if (ts.isObjectLiteralExpression(node)) return objectLiteral(body, node);
  if (ts.isTemplateExpression(node)) return text(body, node);
  if (ts.isVoidExpression(node)) {
    body.effect(node.expression);
    return absent;
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    const type = closureType(body, node);
    return type
      ? declareClosure(body, node, freshName(body, "pullback"), type)
      : refuse(body, node, "TG1009", shortText(node));
  }
  const { what, hint } = refusal(node);
  return refuse(body, node, "TG1001", what, hint);
}

/** An expression whose value is not used. */
export function effect(body: Body, node: ts.Expression): void {
  const inner = skipOuter(node);
  if (isOpenChain(body, inner)) return chainEffect(body, inner);
  if (ts.isBinaryExpression(inner)) {
    const kind = inner.operatorToken.kind;
    if (isAssignment(kind)) return void assign(body, inner, false);
    if (kind === ts.SyntaxKind.CommaToken) {
      body.effect(inner.left);
      return body.effect(inner.right);
    }
    if (isLogical(kind)) return void logical(body, inner, "nothing");
  }
  if (ts.isPostfixUnaryExpression(inner) || (ts.isPrefixUnaryExpression(inner) && isStep(inner.operator))) {
    return void increment(body, inner, false);
  }
  if (ts.isConditionalExpression(inner)) return void conditional(body, inner, "nothing");
  if (ts.isVoidExpression(inner)) return body.effect(inner.expression);
  if (ts.isCallExpression(inner)) return void call(body, inner, "nothing");
  body.rhs(inner);
}

const isStep = (operator: ts.SyntaxKind): boolean =>
  operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;

function assertion(body: Body, node: ts.AsExpression | ts.TypeAssertion, want: Want | undefined): Expr {
  const type = body.checker.getTypeFromTypeNode(node.type);
  if (type.flags & ts.TypeFlags.Any) return refuse(body, node, "TG1003", shortText(node.expression));
  const inner = body.rhs(node.expression, want);
  const isConst = ts.isConstTypeReference(node.type);
  const items = isConst || inner === broken ? undefined : assertedTuple(body, node.expression, type, inner);
  if (items) return items;
  if (inner.type.kind === "string") return isConst ? inner : takenFor(inner, readText(body.all, type));
  // `p as number` of an optional p.
  return inner.type.kind === "maybe" && !(type.flags & ts.TypeFlags.Union) ? narrowed(inner) : inner;
}

function prefix(body: Body, node: ts.PrefixUnaryExpression): Expr {
  if (isStep(node.operator)) return increment(body, node, true);
  if (ts.isNumericLiteral(node.operand) && node.operator === ts.SyntaxKind.MinusToken)
    return num(-Number(node.operand.text));
  if (node.operator === ts.SyntaxKind.ExclamationToken) return negation(body, node.operand);
  const operand = value(body, node.operand);
  if (operand === broken) return broken;
  switch (node.operator) {
    case ts.SyntaxKind.MinusToken:
      return arithmetic(body, node, "neg", [operand]);
    case ts.SyntaxKind.TildeToken:
      return arithmetic(body, node, "bitnot", [operand]);
    default:
      return toNumber(body, node, operand);
  }
}

function binary(body: Body, node: ts.BinaryExpression, want: Want | undefined): Expr {
  const kind = node.operatorToken.kind;
  if (isAssignment(kind)) return assign(body, node, true);
  if (kind === ts.SyntaxKind.CommaToken) {
    body.effect(node.left);
    return body.rhs(node.right, want);
  }
  if (isLogical(kind)) return logical(body, node, want);
  const comparison = comparisons.get(kind);
  if (comparison) return typeTest(body, node) ?? comparisonOf(body, node, comparison);
  const ofClass = kind === ts.SyntaxKind.InstanceOfKeyword ? classTest(body, node) : undefined;
  if (ofClass) return ofClass;
  const membership = kind === ts.SyntaxKind.InKeyword ? hasField(body, node) : undefined;
  if (membership) return membership;
  const infix = infixOps.get(kind);
  if (!infix) {
    const { what, hint } = refusal(node.operatorToken);
    return refuse(body, node, "TG1001", what, hint);
  }
  if (infix === "add" && isString(body, node)) return text(body, node);
  // From the innermost on: a long sum would use up the call stack.
  return leftSpine(body, node).reduceRight((result: Expr | undefined, inner) => {
    const left = (): Expr => (result === undefined ? value(body, inner.left) : asOperand(body, result));
    const operands = lowerInOrder(body, [left, () => value(body, inner.right)]);
    return arithmetic(body, inner, infixOps.get(inner.operatorToken.kind) ?? infix, operands);
  }, undefined)!;
}

/** An operation on numbers, the one that is its left operand, that one's, and so on. */
function leftSpine(body: Body, node: ts.BinaryExpression): ts.BinaryExpression[] {
  const spine = [node];
  for (let left = node.left; !body.given.has(left);) {
    if (ts.isParenthesizedExpression(left)) left = left.expression;
    else if (ts.isBinaryExpression(left) && infixOps.has(left.operatorToken.kind)) {
      spine.push(left);
      left = left.left;
    } else break;
  }
  return spine;
}

function comparisonOf(body: Body, node: ts.BinaryExpression, comparison: Comparison): Expr {
  const loose =
    node.operatorToken.kind === ts.SyntaxKind.EqualsEqualsToken ||
    node.operatorToken.kind === ts.SyntaxKind.ExclamationEqualsToken;
  const sides = lowerInOrder(body, [() => value(body, node.left), () => value(body, node.right)]);
  // Of `test && object` it is false that stands for no object.
  const isChoice = sides.some(({ type }) => type.kind === "maybe" && isReference(type));
  const operands = sides.map((each) => (isChoice && each.kind === "literal" && each.value === false ? absent : each));
  const [left, right] = operands;
  if (!left || !right || operands.includes(broken)) return broken;
  const asked = loose
    ? undefined
    : (strictAbsence(body, node.left, left, right) ?? strictAbsence(body, node.right, right, left));
  if (asked)
    return asked === broken
      ? broken
      : bool((comparison === "eq") === (asked.kind === "literal" && asked.value === true));
  const kinds = operands.map((operand) => comparedKind(operand.type));
  if (loose && kinds[0] !== kinds[1] && !kinds.includes("void")) {
    return refuse(body, node, "TG1019", shortText(node), String(kinds[0]), String(kinds[1]));
  }
  const ordered = comparison !== "eq" && comparison !== "ne";
  // A tuple that is its items has no other name.
  if (!ordered && operands.some(({ kind }) => kind === "tuple"))
    return bool((comparison === "eq") === (node.left.getText() === node.right.getText()));
  if (ordered && !(kinds[0] === kinds[1] && (kinds[0] === "number" || kinds[0] === "string"))) {
    return arithmetic(body, node, "sub", operands) === broken ? broken : compare(comparison, left, right);
  }
  const counted = kinds[0] === "number" && kinds[1] === "number" ? operands.map(asCount(operands)) : operands;
  const args = [counted[0] ?? left, counted[1] ?? right];
  return { kind: "op", op: comparison, args, type: booleanType, origin: originOf(node) };
}

function comparedKind(type: Type): string {
  const inner = presentType(type);
  return inner.kind === "int" ? "number" : inner.kind;
}

function element(body: Body, node: ts.ElementAccessExpression): Expr {
  if (holdsFunctions(body.all, body.checker.getTypeAtLocation(node.expression))) {
    const known = body.known(node) ?? fieldInMaking(body, node);
    if (known) return readBinding(body, known, node);
  }
  const instance = instanceAt(body, node);
  if (instance) return instance.value;
  const ofText = character(body, node) ?? lengthOfAxis(body, node);
  if (ofText) return ofText;
  const [array, index] = lowerInOrder(body, [
    () => arrayOperand(body, node.expression),
    () => value(body, node.argumentExpression),
  ]);
  if (!array || !index || array === broken || index === broken) return broken;
  return readElement(body, node, array, index);
}

/** An item of a tuple of numbers at a place that varies: each place is asked for. Elsewhere JavaScript has undefined. */
function itemAt(body: Body, items: readonly Expr[], index: Expr): Expr | undefined {
  if (!isNumeric(index.type) || !items.every((item) => isNumeric(item.type) && isSteady(body, item))) return undefined;
  const place = steady(body, index, "place");
  const cases = items.map((item, i) => ({ test: compare("eq", place, int(i)), value: item }));
  return chosenByTests(cases, num(NaN), numberType);
}

function readElement(body: Body, node: ts.ElementAccessExpression, array: Expr, index: Expr): Expr {
  if (array.kind === "tuple") {
    if (index.kind === "literal" && typeof index.value === "number")
      return array.items[index.value] ?? refuse(body, node, "TG1024", shortText(node));
    const item = isTakenAsThere(body, node) ? itemAt(body, array.items, index) : undefined;
    return item ?? refuse(body, node, "TG1024", shortText(node));
  }
  const field = fieldIndex(array, index);
  if (field && array.type.kind !== "maybe") {
    const item = at(array, field);
    return item.type.kind === "maybe" && isPresent(body, node) ? narrowed(item) : item;
  }
  const chosen = fieldByKey(body, node, array, index);
  if (chosen) return chosen;
  if (
    !isReference(array.type) ||
    array.type.kind === "maybe" ||
    array.type.kind === "record" ||
    !isNumeric(index.type)
  ) {
    if (array.type.kind === "record" && array.type.isTuple) return refuse(body, node, "TG1024", shortText(node));
    const type = typeShown(body, node.expression);
    const hint = array.type.kind === "record" ? byOneType : "Index arrays by numbers.";
    return refuse(body, node, "TG1002", shortText(node.expression), type, hint);
  }
  const item = elementType(array.type);
  const read: Expr = {
    kind: "index",
    array,
    index: isWhole(index) ? { ...index, type: { kind: "int" } } : index,
    type: isRow(item) && index.kind === "literal" ? rowItself(body, node, item) : item,
  };
  return item.kind === "maybe" && isPresent(body, node) ? narrowed(read) : read;
}

/** A row of a table whose rows differ, where it shows which one it is. */
function rowItself(body: Body, node: ts.Expression, common: Type): Type {
  const own = readType(body.all, body.checker.getTypeAtLocation(node), "inferred");
  return isRefused(own) || own.kind !== "record" ? common : own;
}

const byOneType =
  'Give the fields that the key may name one type: const table: Record<"a" | "b", Row>, with number[] in place of tuples of several lengths. A table of plain numbers may be a constant of the module, as const.';

function property(body: Body, node: ts.PropertyAccessExpression): Expr {
  const name = node.name.text;
  const field = knownField(body, node);
  if (field) return field;
  const member = enumMember(body, node);
  if (member) return member;
  const owner = node.expression;
  const made = fieldInMaking(body, node);
  if (made) return readBinding(body, made, node);
  const ofClass = staticField(body, node) ?? getter(body, node);
  if (ofClass) return ofClass;
  const ofText = stringLength(body, node) ?? keeperSize(body, node);
  if (ofText) return ofText;
  const ofTensor = tensorProperty(body, node);
  if (ofTensor) return ofTensor;
  const isOfMath = isGlobal(body.checker, owner, "Math");
  // A function as a value, where none is known.
  if (isOfMath && body.checker.getTypeAtLocation(node).getCallSignatures().length > 0)
    return refuse(body, node, "TG1009", shortText(node));
  const known = isOfMath
    ? mathConstant(name)
    : isGlobal(body.checker, owner, "Number")
      ? numberConstant(name)
      : undefined;
  if (known !== undefined) {
    return Number.isFinite(known)
      ? { kind: "constant", name: node.getText().replace(/\s/g, ""), value: known, type: { kind: "number" } }
      : num(known);
  }
  if (
    name === "BYTES_PER_ELEMENT" &&
    ts.isIdentifier(owner) &&
    isTypedArrayName(owner.text) &&
    isGlobal(body.checker, owner, owner.text)
  ) {
    return num(
      {
        Float64Array: 8,
        Float32Array: 4,
        Int32Array: 4,
        Uint32Array: 4,
        Int16Array: 2,
        Uint16Array: 2,
        Int8Array: 1,
        Uint8Array: 1,
        Uint8ClampedArray: 1,
      }[owner.text],
    );
  }
  if (isNamespaceMember(body, node)) return readName(body, node);
  const literal = body.checker.getTypeAtLocation(node);
  if (literal.isNumberLiteral() && isReadonlyField(body, node)) return num(literal.value);
  const object = arrayOperand(body, owner);
  if (object === broken) return broken;
  const ofObject = readField(object, name);
  if (ofObject) return ofObject.type.kind === "maybe" && isPresent(body, node) ? narrowed(ofObject) : ofObject;
  if (name === "length") {
    if (object.kind === "tuple") return num(object.items.length);
    if (object.type.kind === "record" && object.type.isTuple === true) return num(object.type.fields.length);
    if (object.type.kind === "typed" || object.type.kind === "list") return lengthOf(object);
  }
  if (name === "buffer") return refuse(body, node, "TG1035", shortText(node));
  // Its own type was refused where it is declared.
  if (object.type.kind === "void" && body.entry.failed) return broken;
  const type = typeShown(body, owner);
  const hint = isRow(object.type) ? byRow : "Pass the value as a parameter of its own.";
  return refuse(body, node, "TG1015", `the property ${name} of ${type}`, hint);
}

/** A field of an object that holds functions. */
function knownField(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  const owner = skipOuter(node.expression);
  const mayHold =
    ts.isElementAccessExpression(owner) && holdsFunctions(body.all, body.checker.getTypeAtLocation(owner));
  const isThis = owner.kind === ts.SyntaxKind.ThisKeyword && body.bindings.surroundings.known !== undefined;
  const isChoice = ts.isConditionalExpression(owner);
  const isMade = ts.isCallExpression(owner) && givesKnown(body, body.checker.getTypeAtLocation(owner));
  const isNamed = ts.isIdentifier(owner) || ts.isPropertyAccessExpression(owner);
  if (!isNamed && !mayHold && !isThis && !isChoice && !isMade) return undefined;
  const known = isChoice ? chosenDirectly(body, owner) : body.known(node.expression);
  if (known?.kind === "broken") return broken;
  if (known?.kind === "list" && node.name.text === "length") return int(known.items.length);
  if (known?.kind !== "object") return undefined;
  const getter = getterOfKnown(body, known, node.name.text);
  if (getter) return asValue(body, node, inlineClosure(body, node, getter, [], undefined));
  const asked = known.asked?.get(node.name.text);
  if (asked) return applied(body, node, asked, [], undefined);
  const field = known.fields.get(node.name.text);
  if (!field && known.asked) {
    const what = `the property ${node.name.text}, which one class computes and another one holds or lacks`;
    return refuse(
      body,
      node.name,
      "TG1015",
      what,
      "Let all classes compute it, or all hold it; or ask which one it is by instanceof.",
    );
  }
  return readBinding(body, field ?? { kind: "value", value: absent }, node);
}

const givesKnown = ({ all }: Body, type: ts.Type): boolean =>
  leavesInstanceOpen(all, type) || holdsFunctions(all, type);

function enumMember(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  const declaration = body.checker.getSymbolAtLocation(node.name)?.valueDeclaration;
  const member = declaration && ts.isEnumMember(declaration) ? declaration : undefined;
  const known = member && body.checker.getConstantValue(member);
  if (member === undefined || known === undefined) return undefined;
  return typeof known === "number" ? num(known) : textOfMember(body.all, member.parent, known);
}

function isNamespaceMember(body: Body, node: ts.PropertyAccessExpression): boolean {
  const symbol = body.checker.getSymbolAtLocation(skipOuter(node.expression));
  if (!symbol) return false;
  const target = symbol.flags & ts.SymbolFlags.Alias ? body.checker.getAliasedSymbol(symbol) : symbol;
  return (target.flags & ts.SymbolFlags.Module) !== 0;
}

/** A field of an object that is frozen by `as const`: its type is its value. */
function isReadonlyField(body: Body, node: ts.PropertyAccessExpression): boolean {
  const symbol = body.checker.getSymbolAtLocation(node.name);
  return (
    symbol?.declarations?.some((declaration) => {
      const literal = declaration.parent;
      return (
        ts.isObjectLiteralExpression(literal) &&
        ts.isAsExpression(literal.parent) &&
        literal.parent.type.getText() === "const"
      );
    }) ?? false
  );
}
