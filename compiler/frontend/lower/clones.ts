/** `structuredClone(p)` of plain structures: a copy of all that they are made of. */
import { ts } from "ts-morph";
import { isReference } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { originOf } from "../positions.ts";
import { broken, refuse, shortText, type Body } from "./state.ts";
import { asArray, value } from "./values.ts";

export function cloned(body: Body, node: ts.CallExpression): Expr {
  const [given, options] = node.arguments;
  if (!given || options || ts.isSpreadElement(given))
    return refuse(body, node, "TG1001", shortText(node), "Give it one value.");
  const expr = value(body, given);
  if (expr === broken) return broken;
  if (expr.kind === "tuple" && expr.items.every(({ type }) => !isReference(type))) return expr;
  const hint = plainHint(expr);
  if (hint !== undefined) return refuse(body, node, "TG1001", shortText(node), hint);
  if (!isReference(expr.type)) return expr;
  const array = asArray(body, expr);
  return { kind: "deepCopy", array, type: array.type, clonedAt: originOf(node) };
}

/** What to write instead, where it is no plain structure that is surely there. */
function plainHint({ kind, type }: Expr): string | undefined {
  if (kind === "tuple") return "Copy each item: [[...pair[0]], pair[1]].";
  if (type.kind === "maybe") return "Test for undefined with if or ?: first.";
  return isPlain(type)
    ? undefined
    : "Clone objects and arrays of numbers, texts and truth values; make instances and Maps anew.";
}

function isPlain(type: Type): boolean {
  switch (type.kind) {
    case "maybe":
      return isPlain(presentType(type));
    case "list":
      return isPlain(type.element);
    case "record":
      return (
        type.className === undefined &&
        type.unnamed === undefined &&
        type.members === undefined &&
        type.fields.every((field) => isPlain(field.type))
      );
    case "number":
    case "int":
    case "boolean":
    case "string":
    case "typed":
    case "void":
      return true;
    default:
      return false;
  }
}
