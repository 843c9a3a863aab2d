/** Arguments of calls that are not inlined get names: the reverse sweep passes the same numbers again. */
import { isReference, variable } from "../ir/build.ts";
import { keeperMethod } from "../ir/keepers.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Expr, Func, Stmt } from "../ir/types.ts";
import { mapBlock } from "../ir/visit.ts";

export function nameArguments(func: Func): Func {
  const names = namesApartFrom(namesOf(func));
  const body = mapBlock(func.body, (stmt): Stmt | Stmt[] => {
    if (stmt.kind !== "call" || keeperMethod(stmt.callee) !== undefined) return stmt;
    const before: Stmt[] = [];
    const args = stmt.args.map((arg): Expr => {
      if (isReference(arg.type) || ["var", "literal", "constant", "tuple"].includes(arg.kind)) return arg;
      const name = names.fresh("argument");
      before.push({ kind: "let", name, type: arg.type, mutable: false, init: arg });
      return variable(name, arg.type);
    });
    return before.length === 0 ? stmt : [...before, { ...stmt, args }];
  });
  return { ...func, body };
}
