/** Texts that carry no derivative: their methods, lengths and characters. */
import { ts } from "ts-morph";
import { booleanType, intType, numberType, stringType } from "../../ir/build.ts";
import { maybe } from "../../ir/presence.ts";
import type { Expr, Origin, Type } from "../../ir/types.ts";
import { originOf } from "../positions.ts";
import { isString } from "./foreign.ts";
import { lowerInOrder } from "./order.ts";
import { broken, hold, refuse, shortText, type Body } from "./state.ts";
import { isAsserted, steady, value } from "./values.ts";

const strings: Type = { kind: "list", element: stringType };

/** What a method gives. Those that make a text of numbers too are in `foreign.ts`. */
const results: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...["startsWith", "endsWith", "includes"].map((name) => [name, booleanType] as const),
  ...["indexOf", "lastIndexOf", "charCodeAt", "localeCompare"].map((name) => [name, intType] as const),
  ...["charAt", "slice", "substring", "concat", "replace", "replaceAll", "trimStart", "trimEnd", "normalize"].map(
    (name) => [name, stringType] as const,
  ),
  ["at", maybe(stringType)],
  ["codePointAt", maybe(intType)],
  ["split", strings],
]);

/** A call of a method of a text; undefined for any other call. */
export function stringMethod(
  body: Body,
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
): Expr | undefined {
  const name = callee.name.text;
  const result = results.get(name);
  if (!result || callee.questionDotToken || node.questionDotToken || !isString(body, callee.expression))
    return undefined;
  const [receiver, ...args] = lowerInOrder(body, [
    () => value(body, callee.expression),
    ...node.arguments.map(
      (argument) => () => (isPlain(body, argument) ? value(body, argument) : refused(body, argument)),
    ),
  ]);
  if (!receiver || receiver === broken || args.includes(broken)) return broken;
  const text = steady(body, receiver, "text");
  const type = result.kind === "maybe" && isAsserted(node) ? result.type : result;
  const end = type === result ? ")" : ")!";
  const texts = ["", ...args.map((_, i) => (i === 0 ? `.${name}(` : ", ")), args.length === 0 ? `.${name}()` : end];
  const made: Expr = { kind: "foreign", texts, args: [text, ...args], type, origin: asked(node) };
  return result === strings ? hold(body, "parts", made) : made;
}

function isPlain({ checker }: Body, node: ts.Expression): boolean {
  const plain = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.Undefined;
  const type = checker.getTypeAtLocation(node);
  return (type.isUnion() ? type.types : [type]).every((part) => (part.flags & plain) !== 0);
}

const refused = (body: Body, node: ts.Expression): Expr =>
  refuse(body, node, "TG1001", shortText(node), "Pass texts and numbers to the methods of texts.");

/** `name.length` */
export function stringLength(body: Body, node: ts.PropertyAccessExpression): Expr | undefined {
  if (node.name.text !== "length" || !isString(body, node.expression)) return undefined;
  const text = value(body, node.expression);
  if (text === broken) return broken;
  const args = [steady(body, text, "text")];
  return { kind: "foreign", texts: ["", ".length"], args, type: intType, origin: asked(node) };
}

const asked = (node: ts.Expression): Origin & { readonly text: string } => ({
  ...originOf(node),
  text: shortText(node),
});

/** `Number(text)`, `parseInt(text, 10)`: a number without a derivative. */
export function numberOfText(body: Body, node: ts.Expression, name: string, args: readonly Expr[]): Expr {
  const [text, ...others] = args;
  if (!text || args.includes(broken)) return broken;
  const texts = [`${name}(`, ...others.map(() => ", "), ")"];
  const operands = [steady(body, text, "text"), ...others];
  return { kind: "foreign", texts, args: operands, type: numberType, origin: asked(node) };
}

/** `name[i]` */
export function character(body: Body, node: ts.ElementAccessExpression): Expr | undefined {
  if (!isString(body, node.expression)) return undefined;
  const [text, index] = lowerInOrder(body, [
    () => value(body, node.expression),
    () => value(body, node.argumentExpression),
  ]);
  if (!text || !index || text === broken || index === broken) return broken;
  const isSure = isAsserted(node);
  const type = isSure ? stringType : maybe(stringType);
  return { kind: "foreign", texts: ["", "[", isSure ? "]!" : "]"], args: [steady(body, text, "text"), index], type };
}

/** The characters of a text, as a loop goes through them. */
export function characters(body: Body, text: Expr): Expr {
  return hold(body, "characters", {
    kind: "foreign",
    texts: ["[...", "]"],
    args: [steady(body, text, "text")],
    type: strings,
  });
}
