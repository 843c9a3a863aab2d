/** Optional chains: `o?.a.b` is undefined where `o` is, and else what stands behind. */
import { ts } from "ts-morph";
import { compare } from "../../ir/build.ts";
import type { Expr } from "../../ir/types.ts";
import { arm, choose } from "./choices.ts";
import { absentOf } from "./names.ts";
import { skipOuter } from "./resolve.ts";
import { absent, broken, emit, inBlock, refuse, type Body, type Want } from "./state.ts";
import { asArray, narrowed, steady, value } from "./values.ts";

/** Whether an expression is a chain whose beginning has not been looked at yet. */
export function isOpenChain(body: Body, node: ts.Expression): node is ts.OptionalChain {
  if (!ts.isOptionalChain(node)) return false;
  const link = linkOf(node);
  // A function that may be missing is no data: calls look after it.
  return !ts.isCallExpression(link) && !body.given.has(link.expression) && !isKnownObject(body, link.expression);
}

/** An object of functions is there. */
function isKnownObject(body: Body, expression: ts.Expression): boolean {
  const node = skipOuter(expression);
  const isNamed = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
  return isNamed && body.known(node)?.kind === "object";
}

/** The last `?.` of a chain. */
function linkOf(node: ts.OptionalChain): ts.OptionalChain {
  let at = node;
  while (!isLink(at) && ts.isOptionalChain(at.expression)) at = at.expression;
  return at;
}

function isLink(node: ts.OptionalChain): boolean {
  return !ts.isNonNullExpression(node) && node.questionDotToken !== undefined;
}

export function optionalChain(body: Body, node: ts.OptionalChain, want: Want | undefined): Expr {
  return inChain(body, node, (test) =>
    choose(
      body,
      test,
      arm(body, () => body.rhs(node)),
      { block: [], value: absent },
      want,
    ),
  );
}

/** A chain whose value is not used. */
export function chainEffect(body: Body, node: ts.OptionalChain): void {
  inChain(body, node, (test) => {
    const then = inBlock(body, () => {
      body.effect(node);
    });
    if (then.length > 0) emit(body, { kind: "if", test, then, else: [] });
    return absent;
  });
}

function inChain(body: Body, node: ts.OptionalChain, lower: (isThere: Expr) => Expr): Expr {
  const link = linkOf(node);
  const owner = value(body, link.expression);
  if (owner === broken) return broken;
  if (owner.kind === "literal" && owner.value === undefined)
    return absentOf(body, body.checker.getTypeAtLocation(node));
  if (owner.kind === "tuple" || owner.kind === "literal")
    return refuse(body, node, "TG1001", "?. here", "Write a dot.");
  const held = asArray(body, steady(body, owner, "owner"));
  body.given.set(link.expression, narrowed(held));
  const made = lower(compare("ne", held, absent));
  body.given.delete(link.expression);
  return made;
}
