/**
 * Decides what is asked of the types of objects that were made with one: which tag they have, whether they have a field at
 * all. An element or an argument may be of several types where the object that it turned out to be is not.
 */
import { bool } from "../ir/build.ts";
import type { Expr, Func, RecordType } from "../ir/types.ts";
import { assignedVariables, mapBlock, mapExpr, mapStmt, walkBlock } from "../ir/visit.ts";

export function decideTypes(func: Func): Func {
  const made = exactTypes(func);
  if (made.size === 0) return func;
  const decide = (expr: Expr): Expr => mapExpr(expr, (e) => decided(e, made) ?? e);
  return { ...func, body: mapBlock(func.body, (stmt) => mapStmt(stmt, { expr: decide })) };
}

/** Constants that hold an object that is written out, and other names of it, with its type. */
function exactTypes({ body }: Func): ReadonlyMap<string, RecordType> {
  const made = new Map<string, RecordType>();
  const assigned = assignedVariables(body);
  walkBlock(body, (stmt) => {
    if (stmt.kind !== "let" || stmt.init === undefined || assigned.has(stmt.name)) return;
    const known = stmt.init.kind === "var" ? made.get(stmt.init.name) : undefined;
    if (known) made.set(stmt.name, known);
    const { type } = stmt;
    if (stmt.init.kind !== "items") return;
    if (type.kind === "record" && type.isTuple !== true && !type.members) made.set(stmt.name, type);
  });
  return made;
}

function decided(expr: Expr, made: ReadonlyMap<string, RecordType>): Expr | undefined {
  if (expr.kind !== "op" || (expr.op !== "eq" && expr.op !== "ne")) return undefined;
  const [place, asked] = expr.args;
  if (place?.kind !== "index" || place.array.kind !== "var" || asked?.kind !== "literal") return undefined;
  const type = made.get(place.array.name);
  const { index } = place;
  if (!type || index.kind !== "literal") return undefined;
  const field = type.fields.find(({ name }) => name === String(index.value));
  if (!field) return bool((asked.value === undefined) === (expr.op === "eq"));
  if (asked.value === undefined)
    return field.optional !== true && field.type.kind !== "maybe" ? bool(expr.op === "ne") : undefined;
  if (!field.values) return undefined;
  if (!field.values.includes(asked.value)) return bool(expr.op === "ne");
  return field.values.length === 1 ? bool(expr.op === "eq") : undefined;
}
