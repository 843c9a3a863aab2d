/** Functions in whose place another one stands where there is none: `f ?? g`, `(f = g) => …`, `const { f = g } = options`. */
import type { ts } from "ts-morph";
import type { Callee } from "./callees.ts";
import { mayBeMissing, orElse } from "./same.ts";
import { inBlock, refuse, shortText, type Binding, type Body } from "./state.ts";

/** The function, or the one that `fallback` is; it is refused where making that one does something. */
export function functionOr(body: Body, at: ts.Node, given: Callee, fallback: ts.Expression): Binding {
  if (!mayBeMissing(given)) return { kind: "function", callee: given };
  let other: Binding | undefined;
  const block = inBlock(body, () => {
    other = body.known(fallback);
  });
  if (other?.kind === "broken") return other;
  if (other?.kind === "function" && block.length === 0)
    return { kind: "function", callee: orElse(given, other.callee) };
  refuse(body, at, "TG1009", shortText(at));
  return { kind: "broken" };
}
