/** Tags of objects that are of one type only: `s.kind === "disc"` is decided, and what is for others is not looked into. */
import { ts } from "ts-morph";
import { evaluate } from "./constants.ts";
import { skipOuter } from "./resolve.ts";
import type { Body } from "./state.ts";

export type Tag = string | number | boolean;

/** Whether a comparison with a tag holds; undefined where that only shows when the program runs. */
export function tagTest(body: Body, node: ts.BinaryExpression): boolean | undefined {
  const isEqual = equalities.get(node.operatorToken.kind);
  if (isEqual === undefined) return undefined;
  const [left, right] = [skipOuter(node.left), skipOuter(node.right)];
  const tags = tagsOf(body, left) ?? tagsOf(body, right);
  if (!tags) return undefined;
  const asked = evaluate(body.all, tagsOf(body, left) ? right : left);
  if (asked === undefined) return undefined;
  if (!tags.includes(asked)) return !isEqual;
  return tags.length === 1 ? isEqual : undefined;
}

const equalities: ReadonlyMap<ts.SyntaxKind, boolean> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, true],
  [ts.SyntaxKind.EqualsEqualsToken, true],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, false],
  [ts.SyntaxKind.ExclamationEqualsToken, false],
]);

/** The only value that `s.kind` can have. */
export function tagOf(body: Body, node: ts.Expression): Tag | undefined {
  const tags = tagsOf(body, skipOuter(node));
  return tags?.length === 1 ? tags[0] : undefined;
}

/** The values that a field of a variable can have, where that holds no object of another type. */
function tagsOf({ bindings, checker }: Body, node: ts.Expression): readonly Tag[] | undefined {
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const owner = skipOuter(node.expression);
  const symbol = ts.isIdentifier(owner) ? checker.getSymbolAtLocation(owner) : undefined;
  const binding = symbol && bindings.get(symbol);
  const type = binding?.kind === "value" ? binding.value.type : binding?.kind === "var" ? binding.type : undefined;
  if (type?.kind !== "record" || type.members) return undefined;
  return type.fields.find(({ name }) => name === node.name.text)?.values;
}
