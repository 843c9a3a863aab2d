/** Drops the sources of derivatives that values carry along (`carry`), where nothing will be differentiated any more. */
import type { Expr, Func } from "../ir/types.ts";
import { mapBlockExprs } from "../ir/visit.ts";

export function withoutCarries(func: Func): Func {
  let found = false;
  const body = mapBlockExprs(func.body, (expr): Expr => {
    if (expr.kind !== "op" || expr.op !== "carry") return expr;
    found = true;
    return expr.args[0]!;
  });
  return found ? { ...func, body } : func;
}
