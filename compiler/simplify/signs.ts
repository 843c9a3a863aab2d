/** Brings the signs of products in adjoints outside, where a sum takes them up: `x + -a * b` is `x - a * b`. */
import { op } from "../ir/build.ts";
import type { Expr, Func } from "../ir/types.ts";
import { mapBlock, mapExpr, mapStmt } from "../ir/visit.ts";

export function bringSignsOutside(func: Func): Func {
  const body = mapBlock(func.body, (stmt) =>
    stmt.note === undefined ? stmt : mapStmt(stmt, { expr: (e) => mapExpr(e, withSignOutside) }),
  );
  return body === func.body ? func : { ...func, body };
}

/** An operation whose operands have their signs outside already. */
function withSignOutside(e: Expr): Expr {
  if (e.kind !== "op") return e;
  const [left, right] = e.args;
  const a = left === undefined ? undefined : negated(left);
  const b = right === undefined ? undefined : negated(right);
  if (left === undefined || (a === undefined && b === undefined)) return e;
  const negative = (value: Expr): Expr => op("neg", [value], e.type);
  switch (e.op) {
    case "neg":
      return a ?? e;
    case "mul":
    case "div": {
      const product = op(e.op, [a ?? left, b ?? right!], e.type);
      return a !== undefined && b !== undefined ? product : negative(product);
    }
    case "add":
      if (b === undefined) return op("sub", [right!, a!], e.type);
      return a === undefined ? op("sub", [left, b], e.type) : negative(op("add", [a, b], e.type));
    case "sub":
      if (a === undefined) return op("add", [left, b!], e.type);
      return b === undefined ? negative(op("add", [a, right!], e.type)) : op("sub", [b, a], e.type);
    default:
      return e;
  }
}

function negated(e: Expr): Expr | undefined {
  return e.kind === "op" && e.op === "neg" ? e.args[0] : undefined;
}
