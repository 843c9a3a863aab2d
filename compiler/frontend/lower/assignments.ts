/** Assignments of every kind, `++` and `--`; as statements and inside of expressions. */
import { ts } from "ts-morph";
import { compare, num } from "../../ir/build.ts";
import type { NumericOp } from "../../ir/evaluate.ts";
import type { Expr } from "../../ir/types.ts";
import { isOfThis } from "./assigned.ts";
import { changesInstance } from "./changing-instances.ts";
import { arm, choose } from "./choices.ts";
import { give, giveKnown } from "./classes.ts";
import { assignFields, assignPattern } from "./destructuring.ts";
import { isString, text } from "./foreign.ts";
import { readBinding } from "./names.ts";
import { compoundOps } from "./operators.ts";
import { operandsIn } from "./order.ts";
import {
  elementAt,
  elementIn,
  fieldInMaking,
  knownAt,
  isElement,
  placeOf,
  read,
  mayWrite,
  steadyPlace,
  write,
  type Place,
} from "./places.ts";
import { cleared } from "./moved.ts";
import { skipOuter } from "./resolve.ts";
import { arithmetic, negated, truth } from "./scalars.ts";
import { assignSlot } from "./slots.ts";
import { absent, broken, emit, refuse, shortText, type Body, type Want } from "./state.ts";
import { givesFunctions, holdsFunctions } from "./types.ts";
import { asOperand, arrayOperand, fitTo, isSteady, narrowed, steady, value } from "./values.ts";

export function assign(body: Body, node: ts.BinaryExpression, used: boolean): Expr {
  const kind = node.operatorToken.kind;
  const target = skipOuter(node.left);
  if (kind === ts.SyntaxKind.EqualsToken) {
    if (ts.isArrayLiteralExpression(target)) return assignPattern(body, target, node.right, used);
    if (ts.isObjectLiteralExpression(target)) return assignFields(body, target, node.right, used);
    return plain(body, target, node.right, used);
  }
  const infix = compoundOps.get(kind);
  if (infix) return compound(body, node, target, infix, used);
  return logicalAssignment(body, node, target, used);
}

function plain(body: Body, target: ts.Expression, source: ts.Expression, used: boolean): Expr {
  const symbol = ts.isIdentifier(target) ? body.checker.getSymbolAtLocation(target) : undefined;
  const held = symbol && body.bindings.get(symbol);
  if (held?.kind === "function" && held.callee.kind === "slot" && !used) {
    const known = body.known(source);
    if (known) assignSlot(body, source, held.callee.slot, known);
    else refuse(body, source, "TG1009", shortText(source));
    return absent;
  }
  if (held?.kind === "broken" && givesFunctions(body, source)) return broken;
  if (!used && changesInstance(body, held, source)) return absent;
  if (ts.isPropertyAccessExpression(target) && target.name.text === "length" && isZero(source)) {
    const list = arrayOperand(body, target.expression);
    if (list.type.kind === "list" && mayWrite(body, list, target)) return cleared(body, list);
  }
  if (isOfThis(target) && isWholeStatement(target.parent) && giveKnown(body, target.name.text, source)) return absent;
  const field = fieldInMaking(body, target);
  if (field?.kind === "var" && !field.mutable && ts.isPropertyAccessExpression(target)) {
    give(body, target.name.text, value(body, source, target.name.text));
    return absent;
  }
  if (!isElement(target) || field) {
    const place = placeOf(body, target);
    return assignVariable(body, place, source);
  }
  const owner = knownAt(body, target.expression);
  if (owner?.kind === "broken") return broken;
  if (
    (owner?.kind === "object" || owner?.kind === "list") &&
    holdsFunctions(body.all, body.checker.getTypeAtLocation(target))
  ) {
    const hint = "Keep the function in a variable of its own, let f = …, and assign to that.";
    return refuse(body, target, "TG1015", `assignments to ${shortText(target)}, which holds a function`, hint);
  }
  const order = operandsIn(body);
  const position = elementIn(body, order, target);
  const source_ = order.add(() => value(body, source));
  const place = elementAt(body, order, position, target);
  const result = used ? steady(body, order.get(source_), "value") : order.get(source_);
  write(body, place, result);
  return place.kind === "broken" ? broken : result;
}

/** A statement of a constructor that always runs. */
const isWholeStatement = (node: ts.Node): boolean =>
  ts.isExpressionStatement(node.parent) && ts.isConstructorDeclaration(node.parent.parent.parent);

const isZero = (node: ts.Expression): boolean => {
  const inner = skipOuter(node);
  return ts.isNumericLiteral(inner) && Number(inner.text) === 0;
};

function assignVariable(body: Body, place: Place, source: ts.Expression): Expr {
  if (place.kind === "either") {
    const result = steady(body, asOperand(body, value(body, source)), "value");
    write(body, place, result);
    return result;
  }
  if (place.kind !== "variable") {
    body.effect(source);
    return broken;
  }
  const { binding } = place;
  if (binding.kind === "tuple") {
    write(body, place, body.rhs(source));
    return readBinding(body, binding, place.node);
  }
  const want: Want = { kind: "name", name: binding.name, as: "assign", type: binding.type, claimed: false };
  const result = fitTo(body, body.rhs(source, want), binding.type);
  if (result === broken) return broken;
  if (!want.claimed) emit(body, { kind: "assign", name: binding.name, value: result });
  return result.kind === "literal" || isSteady(body, result)
    ? result
    : { kind: "var", name: binding.name, type: result.type };
}

function compound(body: Body, node: ts.BinaryExpression, target: ts.Expression, infix: NumericOp, used: boolean): Expr {
  const order = operandsIn(body);
  const element =
    isElement(target) && !fieldInMaking(body, target)
      ? { node: target, at: elementIn(body, order, target) }
      : undefined;
  const place = (): Place => (element ? elementAt(body, order, element.at, element.node) : placeOf(body, target));
  const before = order.add(() => read(body, place()));
  const operand = order.add(() => value(body, node.right));
  const operands = [order.get(before), order.get(operand)];
  const result = infix === "add" && isString(body, node) ? text(body, node) : arithmetic(body, node, infix, operands);
  return finish(body, place(), result, used);
}

/** Writes a computed value; where it is used, the value that the expression has. */
function finish(body: Body, place: Place, result: Expr, used: boolean): Expr {
  if (result === broken || place.kind === "broken") return broken;
  if (place.kind === "variable") {
    write(body, place, result);
    return { ...read(body, place), type: result.type };
  }
  const kept = used ? steady(body, result, "value") : result;
  // What is read first is there.
  write(body, place.kind === "element" ? { ...place, mayAdd: false } : place, kept);
  return kept;
}

function logicalAssignment(body: Body, node: ts.BinaryExpression, target: ts.Expression, used: boolean): Expr {
  const place = steadyPlace(body, placeOf(body, target));
  const before = read(body, place);
  const assigned = arm(body, () => {
    if (place.kind === "variable") return assignVariable(body, place, node.right);
    const result = value(body, node.right);
    // The element may round what is written, or not exist: the expression has the value itself.
    const given = used ? steady(body, result, "value") : result;
    write(body, place, given);
    return given;
  });
  if (place.kind === "broken" || before === broken) return broken;
  const { kind } = node.operatorToken;
  const test = logicalTest(kind, before);
  // What stays is there: `m ||= e` and `m ??= e` may be undefined only where e is.
  const stays = kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken ? before : narrowed(before);
  if (used && place.kind === "element") return choose(body, test, assigned, { block: [], value: stays }, undefined);
  emit(body, { kind: "if", test, then: assigned.block, else: [] });
  const after = read(body, place);
  return stays === before || assigned.value.type.kind === "maybe" ? after : narrowed(after);
}

function logicalTest(kind: ts.SyntaxKind, before: Expr): Expr {
  switch (kind) {
    case ts.SyntaxKind.QuestionQuestionEqualsToken:
      return compare("eq", before, absent);
    case ts.SyntaxKind.BarBarEqualsToken:
      return negated(before);
    default:
      return truth(before);
  }
}

/** `x++`, `--x` and so on. */
export function increment(body: Body, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, used: boolean): Expr {
  const place = placeOf(body, node.operand);
  const before = read(body, place);
  const isPostfix = used && ts.isPostfixUnaryExpression(node);
  const old = isPostfix && before !== broken ? kept(body, node, before) : before;
  const up = node.operator === ts.SyntaxKind.PlusPlusToken;
  const result = arithmetic(body, node, up ? "add" : "sub", [old, num(1)]);
  const after = finish(body, place, result, used && !isPostfix);
  return isPostfix ? old : after;
}

/** The value of `x++`: a number, also where an element is missing. */
function kept(body: Body, node: ts.Expression, before: Expr): Expr {
  if (before.kind === "index") return steady(body, arithmetic(body, node, "pos", [before]), "before");
  return steady(body, before, before.kind === "var" ? `${before.name}Before` : "before");
}
