/**
 * What counts, such as a length or the variable of a loop, has no derivative; but a variable or an element that it is put
 * into may have had one, which ends there. So that this shows, the value says that it is any number.
 */
import { elementType, fieldOf, numberType } from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, Func, Stmt, Type } from "../ir/types.ts";
import { mapBlock, variableTypes } from "../ir/visit.ts";

export function widened(func: Func): Func {
  const types = variableTypes(func);
  return { ...func, body: mapBlock(func.body, (stmt) => inStmt(stmt, types)) };
}

function inStmt(stmt: Stmt, types: ReadonlyMap<string, Type>): Stmt {
  switch (stmt.kind) {
    case "assign":
      return withValue(stmt, types.get(stmt.name));
    case "store":
      return withValue(stmt, fieldOf(stmt.array.type, stmt.index)?.type ?? elementType(stmt.array.type));
    case "append":
    case "fill":
      return withValue(stmt, elementType(stmt.array.type));
    case "push": {
      const tape = types.get(stmt.tape);
      return withValue(stmt, tape?.kind === "tape" ? tape.element : undefined);
    }
    default:
      return stmt;
  }
}

function withValue<S extends Stmt & { readonly value: Expr }>(stmt: S, wanted: Type | undefined): S {
  const { type } = stmt.value;
  if (wanted === undefined || presentType(wanted).kind !== "number" || presentType(type).kind !== "int") return stmt;
  return {
    ...stmt,
    value: { ...stmt.value, type: type.kind === "maybe" ? { ...type, type: numberType } : numberType },
  };
}
