/**
 * Which number variables only ever hold whole numbers. Optimistic fixpoint: every variable is a candidate
 * until an assignment shows otherwise.
 */
import type { Expr, Func } from "../ir/types.ts";
import { assignedVariables, variablesDeclaredBy, walkBlock } from "../ir/visit.ts";

export interface Integers {
  /** Whether the value of the expression is a whole number (or NaN or infinite). */
  isInteger(expr: Expr): boolean;
  /** Whether a variable only takes whole literals and steps of literals: `k = 0`, `k = k + 2`. Such steps can be undone. */
  isCounter(name: string): boolean;
}

export function analyseIntegers(func: Func): Integers {
  const values = new Map<string, Expr[]>();
  const unknown = new Set<string>();
  const note = (name: string, value: Expr): void => {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  };
  for (const param of func.params) if (param.type.kind !== "int") unknown.add(param.name);
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "let" && stmt.init !== undefined) note(stmt.name, stmt.init);
    else if (stmt.kind === "assign") note(stmt.name, stmt.value);
    else if (stmt.kind === "pop" && stmt.type.kind !== "int") unknown.add(stmt.target);
    else if (stmt.kind === "call" || stmt.kind === "apply" || stmt.kind === "shrink") {
      for (const { name, type } of variablesDeclaredBy(stmt)) if (type.kind !== "int") unknown.add(name);
    } else if (stmt.kind === "for") {
      note(stmt.name, stmt.start);
      if (!Number.isInteger(stmt.step)) unknown.add(stmt.name);
    }
  });

  const integer = new Set<string>([...values.keys()].filter((name) => !unknown.has(name)));
  const isInteger = (expr: Expr): boolean => {
    switch (expr.kind) {
      case "literal":
        return typeof expr.value === "number" && Number.isInteger(expr.value);
      case "var":
        return expr.type.kind === "int" || integer.has(expr.name);
      case "constant":
        return expr.value !== undefined ? Number.isInteger(expr.value) : expr.type.kind === "int";
      case "length":
        return true;
      case "index":
        return expr.type.kind === "int";
      case "select":
        return isInteger(expr.yes) && isInteger(expr.no);
      case "op":
        switch (expr.op) {
          case "floor":
          case "ceil":
          case "round":
          case "trunc":
          case "sign":
          case "bitand":
          case "bitor":
          case "bitxor":
          case "bitnot":
          case "shl":
          case "shr":
          case "ushr":
          case "imul":
          case "clz32":
          case "toNumber":
            return true;
          case "add":
          case "sub":
          case "mul":
          case "mod":
          case "neg":
          case "pos":
          case "abs":
          case "max":
          case "min":
          case "stop":
            return expr.args.every(isInteger);
          default:
            return false;
        }
      default:
        return false;
    }
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const name of integer) {
      if (!values.get(name)!.every(isInteger)) {
        integer.delete(name);
        changed = true;
      }
    }
  }

  const assigned = assignedVariables(func.body);
  const bounded = (expr: Expr): boolean =>
    (expr.kind === "literal" && isInteger(expr)) ||
    expr.kind === "length" ||
    (expr.kind === "var" && isInteger(expr) && !assigned.has(expr.name));
  const isCounter = (name: string): boolean =>
    integer.has(name) && values.get(name)!.every((value) => bounded(value) || stepOf(name, value) !== undefined);
  return { isInteger, isCounter };
}

/** The literal c of `name + c` or `name - c` (then negative). */
export function stepOf(name: string, value: Expr): number | undefined {
  if (value.kind !== "op" || (value.op !== "add" && value.op !== "sub")) return undefined;
  const [left, right] = value.args;
  if (left?.kind !== "var" || left.name !== name || right?.kind !== "literal" || typeof right.value !== "number")
    return undefined;
  if (!Number.isInteger(right.value)) return undefined;
  return value.op === "add" ? right.value : -right.value;
}
