/**
 * In which order the objects have their fields that a program asks for their names. Those that come from outside have their
 * own, which shows as the program runs. Those that the function makes have the order in which they were written out.
 */
import { isReference } from "../ir/build.ts";
import { isAllocation } from "../ir/ask.ts";
import { keeperMethod } from "../ir/keepers.ts";
import type { Block, Expr, Func } from "../ir/types.ts";
import { collectStmts, exprsOf, type StmtOf, variablesDeclaredBy, walkBlock, walkExpr } from "../ir/visit.ts";
import type { Aliasing } from "./alias.ts";

export interface Orders {
  /** Whether some objects that an expression may be come from outside: in parameters, or as constants of the module. */
  readonly isOutside: boolean;
  /** The orders of those that the function makes; undefined where it is not known of all of them. */
  readonly made: readonly (readonly string[])[] | undefined;
}

/** The calls that ask an object for the names of its fields. */
export const namesAsked = (body: Block): readonly StmtOf<"call">[] =>
  collectStmts(body, "call").filter(({ callee }) => keeperMethod(callee) === "namesOf");

export function fieldOrders(
  { params }: Pick<Func, "params">,
  body: Block,
  aliasing: Aliasing,
): (record: Expr) => Orders {
  const outside = new Set<number>();
  const unknown = new Set<number>();
  const made = new Map<number, (readonly string[])[]>();
  const add = (into: Set<number>, expr: Expr): void => {
    if (isReference(expr.type)) for (const memory of aliasing.reach(expr)) into.add(memory);
  };
  for (const { name, type } of params) add(outside, { kind: "var", name, type });
  walkBlock(body, (stmt) => {
    // What a call that stays gives back it may have made.
    if (stmt.kind === "call" || stmt.kind === "apply")
      for (const { name, type } of variablesDeclaredBy(stmt)) add(unknown, { kind: "var", name, type });
    const target: Expr | undefined =
      stmt.kind === "let" ? { kind: "var", name: stmt.name, type: stmt.type } : undefined;
    for (const expr of exprsOf(stmt))
      walkExpr(expr, (e) => {
        if (e.kind === "constant") add(outside, e);
        if (!isAllocation(e) || e.type.kind === "tensor") return;
        const whole = target && stmt.kind === "let" && e === stmt.init ? target : undefined;
        const order = e.kind === "items" ? e.order : undefined;
        if (whole && order) {
          const memory = aliasing.classOf(whole);
          made.set(memory, [...(made.get(memory) ?? []), order]);
        } else if (whole && e.type.kind === "record") unknown.add(aliasing.classOf(whole));
        else if (whole && (e.kind === "deepCopy" || e.kind === "zerosLike")) add(unknown, whole);
        else if (!whole) add(unknown, stmt.kind === "store" || stmt.kind === "append" ? stmt.array : e);
      });
  });
  return (record) => {
    const memory = aliasing.classOf(record);
    return { isOutside: outside.has(memory), made: unknown.has(memory) ? undefined : (made.get(memory) ?? []) };
  };
}
