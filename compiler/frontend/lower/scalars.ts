/** Numbers and truth values: operations on operands that are lowered already. */
import { ts } from "ts-morph";
import { bool, compare, isNumeric, isReference, op } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { Expr, OpName, Type } from "../../ir/types.ts";
import { isIntegral, keepsIntegers } from "./operators.ts";
import { numberOfText } from "./strings.ts";
import { absent, broken, refuse, shortText, type Body, typeShown } from "./state.ts";

/** `+x` and `Number(x)`. */
export function toNumber(body: Body, node: ts.Expression, operand: Expr): Expr {
  if (operand === broken) return broken;
  if (operand.type.kind === "boolean") return op("toNumber", [operand], { kind: "int" });
  if (presentType(operand.type).kind === "string") return numberOfText(body, node, "Number", [operand]);
  return arithmetic(body, node, "pos", [operand]);
}

/** `!x`. */
export function negated(operand: Expr): Expr {
  if (operand === broken) return broken;
  if (isReference(presentType(operand.type))) {
    return operand.type.kind === "maybe" ? compare("eq", operand, absent) : bool(false);
  }
  if (operand.type.kind === "int") return compare("eq", operand, { kind: "literal", value: 0, type: operand.type });
  return op("not", [operand], { kind: "boolean" });
}

/** Whether JavaScript takes the value for true. */
export function truth(operand: Expr): Expr {
  const { type } = operand;
  if (type.kind === "boolean" || operand === broken) return operand;
  if (type.kind === "int") return compare("ne", operand, { kind: "literal", value: 0, type });
  if (operand.kind === "tuple") return bool(true);
  if (isReference(presentType(type))) return type.kind === "maybe" ? compare("ne", operand, absent) : bool(true);
  return op("not", [op("not", [operand], { kind: "boolean" })], { kind: "boolean" });
}

/** An operation on numbers; other operands are refused. */
export function arithmetic(body: Body, node: ts.Expression, name: OpName, operands: readonly Expr[]): Expr {
  if (operands.includes(broken)) return broken;
  const wrong = operands.findIndex((operand) => !isNumeric(operand.type));
  if (wrong !== -1) return refuseOperand(body, node, wrong, operands[wrong]!);
  return op(name, operands.map(asCount(operands)), resultType(name, operands));
}

function refuseOperand(body: Body, node: ts.Expression, place: number, operand: Expr): Expr {
  const part = operandsOf(node)[place];
  const shown = typeShown(body, part ?? node);
  const type = operand.type.kind === "maybe" && !/undefined|null/.test(shown) ? `${shown} | undefined` : shown;
  const what = part ? shortText(part) : `An operand of ${shortText(node)}`;
  return refuse(body, part ?? node, "TG1002", what, type, "Arithmetic is for numbers; test for undefined first.");
}

function operandsOf(node: ts.Expression): readonly ts.Expression[] {
  if (ts.isBinaryExpression(node)) return [node.left, node.right];
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return [node.operand];
  return ts.isCallExpression(node) ? node.arguments : [];
}

function resultType(name: OpName, operands: readonly Expr[]): Type {
  if (isIntegral(name)) return { kind: "int" };
  const whole =
    keepsIntegers(name) && operands.some((operand) => operand.type.kind === "int") && operands.every(isWhole);
  return whole ? { kind: "int" } : { kind: "number" };
}

export function isWhole(expr: Expr): boolean {
  return (
    expr.type.kind === "int" ||
    (expr.kind === "literal" && Number.isSafeInteger(expr.value) && !Object.is(expr.value, -0))
  );
}

/** Whether a value is an integer, whatever the data. */
export function isCount(body: Body, expr: Expr): boolean {
  if (isWhole(expr)) return true;
  if (expr.kind === "var") return body.wholeNames.has(expr.name);
  if (expr.kind === "constant") return Number.isSafeInteger(expr.value);
  if (expr.kind !== "op") return false;
  if (expr.op === "floor" || expr.op === "ceil" || expr.op === "trunc" || expr.op === "round") return true;
  return keepsIntegers(expr.op) && expr.args.every((arg) => isCount(body, arg));
}

/** A literal among integers is an integer. */
export function asCount(operands: readonly Expr[]): (operand: Expr) => Expr {
  const among = operands.some((operand) => operand.type.kind === "int") && operands.every(isWhole);
  return (operand) => (among && operand.kind === "literal" ? { ...operand, type: { kind: "int" } } : operand);
}
