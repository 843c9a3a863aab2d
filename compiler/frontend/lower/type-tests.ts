/** `typeof x === "number"`, `Array.isArray(x)`, `x instanceof Float64Array`: what the type of a value says. */
import { ts } from "ts-morph";
import { bool, compare } from "../../ir/build.ts";
import { absenceOf, presentType } from "../../ir/presence.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { knownClassTest } from "./class-tests.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { absent, broken, type Binding, type Body } from "./state.ts";
import { holdsFunctions, isTypedArrayName } from "./types.ts";
import { value as valueOf } from "./values.ts";

/** The answer to a question about the type of a variable or a field; undefined for other expressions. */
export function typeTest(body: Body, node: ts.Expression): Expr | undefined {
  if (ts.isCallExpression(node)) {
    const callee = skipOuter(node.expression);
    const isArrayTest =
      ts.isPropertyAccessExpression(callee) &&
      callee.name.text === "isArray" &&
      isGlobal(body.checker, callee.expression, "Array");
    const [subject] = node.arguments;
    return isArrayTest && subject ? answer(body, subject, isArray) : undefined;
  }
  if (!ts.isBinaryExpression(node)) return undefined;
  const { kind } = node.operatorToken;
  if (kind === ts.SyntaxKind.InstanceOfKeyword) {
    const name = skipOuter(node.right);
    if (!ts.isIdentifier(name) || !isTypedArrayName(name.text) || !isGlobal(body.checker, name, name.text))
      return knownClassTest(body, node);
    return answer(body, node.left, (type) => type.kind === "typed" && type.name === name.text);
  }
  const isSame = kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.EqualsEqualsToken;
  const isOther = kind === ts.SyntaxKind.ExclamationEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsToken;
  const left = skipOuter(node.left);
  const right = skipOuter(node.right);
  if (!(isSame || isOther) || !ts.isTypeOfExpression(left) || !ts.isStringLiteralLike(right)) return undefined;
  const found = answer(body, left.expression, (type) => wordFor(type) === right.text, right.text === "object");
  return found && isOther ? opposite(found) : found;
}

const isArray = (type: Type): boolean =>
  type.kind === "list" || type.kind === "tuple" || (type.kind === "record" && type.isTuple === true);

function opposite(test: Expr): Expr {
  if (test.kind === "literal") return bool(test.value !== true);
  const [value, nothing] = test.kind === "op" ? test.args : [];
  return value && nothing && test.kind === "op" ? compare(test.op === "eq" ? "ne" : "eq", value, nothing) : test;
}

/** What `typeof` gives; undefined for what may not be there. */
function wordFor(type: Type): string | undefined {
  switch (type.kind) {
    case "number":
    case "int":
      return "number";
    case "boolean":
    case "string":
      return type.kind;
    case "void":
      return "undefined";
    default:
      return "object";
  }
}

/** Whether the type of a variable is such a one; of one that may be absent, whether it is there too. */
function answer(
  body: Body,
  subject: ts.Expression,
  holds: (type: Type) => boolean,
  holdsOfNull = false,
): Expr | undefined {
  const node = skipOuter(subject);
  const symbol = ts.isIdentifier(node) ? body.checker.getSymbolAtLocation(node) : undefined;
  const binding = symbol && body.bindings.get(symbol);
  // What it is was refused where it is declared.
  if (binding?.kind === "broken") return broken;
  const value = binding ? valueIn(binding) : ts.isPropertyAccessExpression(node) ? fieldIn(body, node) : undefined;
  if (value === broken) return broken;
  if (!value) return undefined;
  if (value.type.kind !== "maybe") return bool(holds(value.type));
  const absence = absenceOf(value.type);
  if (absence === "either") return undefined;
  const holdsOfNothing = absence === "null" ? holdsOfNull : holds({ kind: "void" });
  const holdsOfValue = holds(presentType(value.type));
  if (holdsOfNothing === holdsOfValue) return bool(holdsOfValue);
  return compare(holdsOfValue ? "ne" : "eq", value, absent);
}

/** A field of an object that holds data. */
function fieldIn(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  return holdsFunctions(body.all, body.checker.getTypeAtLocation(node)) ? undefined : valueOf(body, node);
}

function valueIn(binding: Binding): Expr | undefined {
  if (binding.kind === "value") return binding.value;
  if (binding.kind === "tuple") return { kind: "tuple", items: [], type: binding.type };
  return binding.kind === "var" ? { kind: "var", name: binding.name, type: binding.type } : undefined;
}
