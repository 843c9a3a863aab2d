/** `weights.forEach((weight, name) => { … })` of Maps and Sets. */
import type { ts } from "ts-morph";
import { countedLoop, at, intType, lengthOf } from "../../ir/build.ts";
import type { Expr, Var } from "../../ir/types.ts";
import { functionOf } from "./functions.ts";
import { visited } from "./keepers.ts";
import { applied } from "./mappers.ts";
import { absent, broken, emit, freshName, inBlock, type Body } from "./state.ts";
import { steady } from "./values.ts";

/** The call as a loop; undefined for any other call. */
export function forEachKept(
  body: Body,
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
): Expr | undefined {
  const [given] = node.arguments;
  const kept = callee.name.text === "forEach" && given ? visited(body, callee.expression, "entries") : undefined;
  if (!given || !kept) return undefined;
  const called = kept === "broken" ? undefined : functionOf(body, given);
  if (kept === "broken" || !called || called.kind === "broken") return broken;
  const index: Var = { kind: "var", name: freshName(body, "k"), type: intType };
  const inner = inBlock(body, () => {
    const own = at(kept.keys, index);
    const key = kept.valueAt ? steady(body, own, "key") : own;
    const args = [kept.valueAt?.(index) ?? key, key];
    applied(
      body,
      given,
      called,
      args.map((part) => ({ kind: "value", value: part })),
      "nothing",
    );
  });
  const bound = lengthOf(kept.keys);
  emit(body, countedLoop(index.name, bound, inner));
  return absent;
}
