/** Tensors that inlined Jacobians and Hessians lay out, as the operation that a user would call: it has rules. */
import { mapBlockExprs } from "../ir/visit.ts";
import type { Expr, Func } from "../ir/types.ts";

export function madeTensors(func: Func): Func {
  const body = mapBlockExprs(func.body, asOperation);
  return body === func.body ? func : { ...func, body };
}

function asOperation(expr: Expr): Expr {
  if (expr.kind !== "tensor") return expr;
  const shape: Expr = {
    kind: "tuple",
    items: expr.shape,
    type: { kind: "tuple", items: expr.shape.map(({ type }) => type) },
  };
  const dtype: Expr = { kind: "literal", value: undefined, type: { kind: "void" } };
  return { kind: "tensorOp", op: "tensor", args: [expr.data, shape, dtype], type: expr.type };
}
