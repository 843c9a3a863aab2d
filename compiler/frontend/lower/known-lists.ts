/** Arrays of functions, and of objects with functions, whose elements are known as the program is compiled. */
import { ts } from "ts-morph";
import { int } from "../../ir/build.ts";
import type { Expr, Type } from "../../ir/types.ts";
import { breakable, loopBody } from "./exits.ts";
import { functionOf } from "./functions.ts";
import { bindKnown } from "./known-fields.ts";
import { applied } from "./mappers.ts";
import {
  absent,
  broken,
  hold,
  refuse,
  shortText,
  type Binding,
  type Body,
  type ListBinding,
  type Use,
} from "./state.ts";
import { typeFor } from "./types.ts";
import { asOperand, fitTo, steady, value } from "./values.ts";
import { asItStands } from "./variables.ts";

/** More copies of a loop's body than this make no program that one would want. */
const longest = 64;

/** `for (const f of functions)`: the body once for each. */
export function overKnown(
  body: Body,
  node: ts.ForOfStatement,
  list: ListBinding,
  parts: "values" | "entries" | "keys",
  label: string | undefined,
): void {
  const declaration = ts.isVariableDeclarationList(node.initializer) ? node.initializer.declarations[0] : undefined;
  if (!declaration || list.items.length > longest) {
    refuse(body, node.expression, "TG1009", shortText(node.expression));
    return;
  }
  breakable(body, { kind: "loop", label }, (exit) => {
    for (const [i, item] of list.items.entries()) {
      exit.continueLabel = undefined;
      const place: Binding = { kind: "value", value: int(i) };
      const each: Binding =
        parts === "keys" ? place : parts === "values" ? item : { kind: "list", items: [place, item] };
      const inner = body.repeated();
      body.block.push(
        ...loopBody(inner, exit, () => {
          bindKnown(inner, declaration.name, each);
          inner.statement(node.statement);
        }),
      );
    }
  });
}

/** The methods that `listMethod` knows. */
export const takesKnown = (name: string): boolean => /^(?:map|forEach|reduce|reduceRight)$/.test(name);

/** A method of such an array that calls a function for each element, or gives one. */
export function listMethod(body: Body, node: ts.CallExpression, list: ListBinding, name: string, use: Use): Expr {
  const [given, first] = node.arguments;
  const refused = (): Expr => refuse(body, node, "TG1009", shortText(node));
  if (!given || ts.isSpreadElement(given) || list.items.length > longest) return refused();
  if (!takesKnown(name)) return refused();
  const callee = functionOf(body, given);
  if (callee.kind === "broken") return broken;
  const place = (i: number): Binding => ({ kind: "value", value: int(i) });
  // An item that changes is handed on as it is then.
  const handed = (item: Binding): Binding => (item.kind === "var" ? asItStands(body, item) : item);
  if (name === "forEach") {
    for (const [i, item] of list.items.entries())
      applied(body, given, callee, [handed(item), place(i), list], "nothing");
    return absent;
  }
  if (name === "reduce" || name === "reduceRight") {
    if (!first) return refused();
    let sum = value(body, first);
    const inOrder = [...list.items.entries()];
    for (const [i, item] of name === "reduce" ? inOrder : inOrder.toReversed()) {
      const before: Binding = { kind: "value", value: sum.kind === "tuple" ? sum : steady(body, sum, "total") };
      sum = asOperand(body, applied(body, given, callee, [before, handed(item), place(i), list], undefined));
      if (sum === broken) return broken;
    }
    return sum;
  }
  const what = { node, what: "The result of map", source: "inferred" as const };
  const type: Type | undefined = typeFor(body.all, body.entry, body.checker.getTypeAtLocation(node), what);
  if (type?.kind !== "list") return broken;
  const items = list.items.map((item, i) => {
    const made = asOperand(body, applied(body, given, callee, [handed(item), place(i), list], undefined));
    return made === broken ? made : steady(body, fitTo(body, made, type.element), "item");
  });
  if (items.includes(broken)) return broken;
  const made: Expr = { kind: "items", items, type };
  return use === "nothing" ? absent : hold(body, "array", made);
}
