/** `x = [a, b]` is `const made = [a, b]; x = made`: assigning a reference only moves it. */
import { isAllocation } from "../ir/ask.ts";
import { variable } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Func, Stmt } from "../ir/types.ts";
import { mapBlock } from "../ir/visit.ts";

export function nameAllocations(func: Func): Func {
  const names = namesApartFrom(namesOf(func));
  const body = mapBlock(func.body, (stmt): Stmt | Stmt[] => {
    if (stmt.kind !== "assign" || !isAllocation(stmt.value)) return stmt;
    const made = names.fresh(stmt.name);
    const { type } = stmt.value;
    const { quote, origin } = stmt;
    const place = { ...(quote === undefined ? {} : { quote }), ...(origin === undefined ? {} : { origin }) };
    return [
      { ...place, kind: "let", name: made, type, mutable: false, init: stmt.value },
      { ...stmt, value: variable(made, type) },
    ];
  });
  return { ...func, body };
}
