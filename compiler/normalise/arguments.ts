/**
 * Arguments of calls that are not inlined get names: the reverse sweep passes the same numbers again, and the shadows of
 * the same arrays, where the callee may put others into their places. So does one of several objects or lists of arrays:
 * what is in it is asked for.
 */
import { holdsReferences, isReference, variable } from "../ir/build.ts";
import { keeperMethod } from "../ir/keepers.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, Func, Stmt } from "../ir/types.ts";
import { mapBlock } from "../ir/visit.ts";

export function nameArguments(func: Func): Func {
  const names = namesApartFrom(namesOf(func));
  const body = mapBlock(func.body, (stmt): Stmt | Stmt[] => {
    if (stmt.kind !== "call" || keeperMethod(stmt.callee) !== undefined) return stmt;
    const before: Stmt[] = [];
    const args = stmt.args.map((arg, i): Expr => {
      const isMoved = arg.kind === "index" && stmt.args.some((other, j) => j !== i && holdsReferences(other.type));
      if (isReference(arg.type) && !isMoved && !isChosenPart(arg)) return arg;
      if (["var", "literal", "constant", "tuple"].includes(arg.kind)) return arg;
      const name = names.fresh("argument");
      before.push({ kind: "let", name, type: arg.type, mutable: false, init: arg });
      return variable(name, arg.type);
    });
    return before.length === 0 ? stmt : [...before, { ...stmt, args }];
  });
  return { ...func, body };
}

function isChosenPart(arg: Expr): boolean {
  if (arg.kind !== "select" && arg.kind !== "nullish") return false;
  return presentType(arg.type).kind === "record" || holdsReferences(arg.type);
}
