/** The names of the fields of objects that the function itself makes are known: it need not ask for them. */
import { analyseAliases } from "../analyse/alias.ts";
import { fieldOrders, namesAsked } from "../analyse/field-orders.ts";
import { placeOf, stringType } from "../ir/build.ts";
import { keeperMethod } from "../ir/keepers.ts";
import type { Expr, Func, Stmt } from "../ir/types.ts";
import { collectStmts, mapBlock } from "../ir/visit.ts";

export function knownFieldNames(func: Func): Func {
  if (namesAsked(func.body).length === 0) return func;
  const aliasing = analyseAliases(func);
  const ordersOf = fieldOrders(func, func.body, aliasing);
  const grows = new Set(
    collectStmts(func.body, "store").flatMap(({ array, mayAdd }) => (mayAdd ? [aliasing.classOf(array)] : [])),
  );
  const body = mapBlock(func.body, (stmt): Stmt => {
    if (stmt.kind !== "call" || keeperMethod(stmt.callee) !== "namesOf" || stmt.target.kind !== "name") return stmt;
    const [record, ...known] = stmt.args;
    const { isOutside, made } = ordersOf(record!);
    const [order, ...others] = made ?? [];
    const names = known.flatMap((name) => (name.kind === "literal" ? [String(name.value)] : []));
    const isSame = others.every((other) => other.join() === order?.join());
    if (
      !order ||
      isOutside ||
      !isSame ||
      grows.has(aliasing.classOf(record!)) ||
      !order.every((name) => names.includes(name))
    )
      return stmt;
    const items = order.map((value): Expr => ({ kind: "literal", value, type: stringType }));
    const { name, type } = stmt.target;
    return { ...placeOf(stmt), kind: "let", name, type, mutable: false, init: { kind: "items", items, type } };
  });
  return { ...func, body };
}
