import { asNew, isReadOnly } from "../ir/read-only.ts";
import type { Func, Type } from "../ir/types.ts";
import { assignedVariables, collectStmts, mapBlock, variableTypes } from "../ir/visit.ts";
import { isAllocation } from "./types.ts";

/**
 * Tapes that take lists which nobody may change hold such lists, whatever the values were called that they were made for.
 * One that a function only hands on to others holds plain lists, which go to those that want either kind; so does one
 * for a list that was made here, which the reverse sweep may take elements off.
 */
export function withReadOnlyTapes(func: Func): Func {
  const types = variableTypes(func);
  const assigned = assignedVariables(func.body);
  for (const { name, type, init } of collectStmts(func.body, "let"))
    if (init !== undefined && isAllocation(init) && !assigned.has(name)) types.set(name, asNew(type));
  const held = new Map<string, Type>();
  for (const { tape, value } of collectStmts(func.body, "push")) {
    const type = value.kind === "var" ? types.get(value.name) : value.type;
    if (type !== undefined && isReadOnly(type)) held.set(tape, { kind: "tape", element: type });
  }
  const params = func.params.map((param) => ({ ...param, type: held.get(param.name) ?? param.type }));
  const body = mapBlock(func.body, (stmt) => {
    if (stmt.kind !== "let" || stmt.type.kind !== "tape") return stmt;
    const type = held.get(stmt.name) ?? { ...stmt.type, element: asNew(stmt.type.element) };
    return { ...stmt, type, ...(stmt.init?.kind === "newTape" ? { init: { ...stmt.init, type } } : {}) };
  });
  return { ...func, params, body };
}
