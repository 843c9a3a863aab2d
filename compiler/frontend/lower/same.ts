/** What is asked of functions that are known as the program is compiled: whether two are the same, whether there is one. */
import { bool, booleanType } from "../../ir/build.ts";
import type { Expr } from "../../ir/types.ts";
import { sameExpr } from "../../ir/visit.ts";
import type { Callee } from "./callees.ts";
import type { Meanings } from "./generics.ts";
import type { Around } from "./scope.ts";
import type { Binding, ObjectBinding } from "./state.ts";

export function isSameKnown(a: Binding, b: Binding | undefined): boolean {
  if (a.kind === "object" && b?.kind === "object")
    return [...a.fields].every(([name, field]) => isSameKnown(field, b.fields.get(name)));
  if (a.kind === "list" && b?.kind === "list")
    return a.items.length === b.items.length && a.items.every((item, i) => isSameKnown(item, b.items[i]));
  return a.kind !== "function" || (b?.kind === "function" && isSameCallee(a.callee, b.callee));
}

export function isSameCallee(a: Callee, b: Callee): boolean {
  switch (a.kind) {
    case "closure":
      return b.kind === "closure" && a.node === b.node && a.scope === b.scope && isSameAround(a.around, b.around);
    case "function":
      return b.kind === "function" && a.entry === b.entry;
    case "derived":
      return b.kind === "derived" && a.key === b.key;
    case "derivative":
      return b.kind === "derivative" && a.node === b.node && isSameCallee(a.of, b.of);
    case "generic":
      return b.kind === "generic" && a.node === b.node;
    case "choice":
      return b.kind === "choice" && sameExpr(a.test, b.test) && isSameCallee(a.yes, b.yes) && isSameCallee(a.no, b.no);
    case "slot":
      return b.kind === "slot" && a.slot === b.slot;
    default:
      return a.kind === b.kind && (!("name" in a) || ("name" in b && a.name === b.name));
  }
}

/** Whether `this` is the same object in both, and type parameters stand for the same. */
function isSameAround(a: Around | undefined, b: Around | undefined): boolean {
  if (a === b) return true;
  if (a?.types !== b?.types && !isEmpty(a?.types, b?.types)) return false;
  if (a?.self || b?.self) return a?.self !== undefined && b?.self !== undefined && sameExpr(a.self, b.self);
  if (a?.known || b?.known) return a?.known !== undefined && b?.known !== undefined && isSameObject(a.known, b.known);
  return true;
}

const isEmpty = (a: Meanings | undefined, b: Meanings | undefined): boolean => (a?.size ?? 0) + (b?.size ?? 0) === 0;

/** Whether two objects that hold functions are one: all of their fields are. */
function isSameObject(a: ObjectBinding, b: ObjectBinding): boolean {
  if (a === b) return true;
  if (a.instance?.made !== b.instance?.made || a.fields.size !== b.fields.size) return false;
  return [...a.fields].every(([name, field]) => isSameField(field, b.fields.get(name)));
}

function isSameField(a: Binding, b: Binding | undefined): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "var":
      return b?.kind === "var" && a.name === b.name;
    case "value":
      return b?.kind === "value" && sameExpr(a.value, b.value);
    case "function":
      return b?.kind === "function" && isSameCallee(a.callee, b.callee);
    case "object":
      return b?.kind === "object" && isSameObject(a, b);
    case "list":
    case "tuple":
      return (
        b?.kind === a.kind &&
        a.items.length === b.items.length &&
        a.items.every((item, i) => isSameField(item, b.items[i]))
      );
    case "broken":
      return b?.kind === "broken";
  }
}

/** Whether there is a function, as the program runs. */
export function presence(callee: Callee): Expr {
  if (callee.kind === "missing") return bool(false);
  if (callee.kind !== "choice") return bool(true);
  const [yes, no] = [presence(callee.yes), presence(callee.no)];
  if (isTrue(yes) && isTrue(no)) return yes;
  if (isTrue(yes) && isFalse(no)) return callee.test;
  if (isFalse(no)) return { kind: "logic", op: "&&", left: callee.test, right: yes, type: booleanType };
  if (isTrue(yes)) return { kind: "logic", op: "||", left: callee.test, right: no, type: booleanType };
  return { kind: "select", test: callee.test, yes, no, type: booleanType };
}

const isTrue = (expr: Expr): boolean => expr.kind === "literal" && expr.value === true;
const isFalse = (expr: Expr): boolean => expr.kind === "literal" && expr.value === false;

/** Whether there may be none, as the program runs. */
export const mayBeMissing = (callee: Callee): boolean =>
  callee.kind === "missing" || (callee.kind === "choice" && (mayBeMissing(callee.yes) || mayBeMissing(callee.no)));

/** `left ?? right` of functions. */
export function orElse(left: Callee, right: Callee): Callee {
  if (left.kind === "missing") return right;
  if (left.kind !== "choice") return left;
  return { ...left, yes: orElse(left.yes, right), no: orElse(left.no, right) };
}
