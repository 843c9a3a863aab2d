/**
 * A Hessian-vector product is the tangent of the gradient
 * (B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6, 1994).
 */
import type { Expr, Func, Type } from "../ir/types.ts";

/** [value, products], from the JVP of the function that returns its value and its gradient, and has `outputs` outputs. */
export function hvpFunction(jvp: Func, outputs: number): Func {
  const last = jvp.body.at(-1);
  const [primal, tangent] = last?.kind === "return" ? itemsOf(last.value) : [];
  // Parameters that are written into are outputs of their own, beside what is returned.
  const returned = outputs > 1 ? itemsOf(primal)[0] : primal;
  const [value] = itemsOf(returned);
  const products = itemsOf(tangent)[1];
  if (value === undefined || products === undefined) throw new Error("hvp: a JVP returns a value and a tangent");
  const items = [value, products];
  const result: Type = { kind: "tuple", items: items.map((e) => e.type), labels: ["value", "products"] };
  return {
    ...jvp,
    result,
    body: [...jvp.body.slice(0, -1), { kind: "return", value: { kind: "tuple", items, type: result } }],
  };
}

function itemsOf(value: Expr | undefined): readonly Expr[] {
  return value?.kind === "tuple" ? value.items : [];
}
