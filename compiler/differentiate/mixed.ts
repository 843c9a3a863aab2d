/**
 * Memory that is `int` under one name and `number` under another: the first has no shadow, the second has one, and
 * nothing can be right for both.
 */
import type { Activity } from "../analyse/activity.ts";
import { elementType, fieldOf, isReference } from "../ir/build.ts";
import { presentType } from "../ir/presence.ts";
import type { Expr, Func, Program, Stmt, Type } from "../ir/types.ts";
import { exprsOf, variableTypes, walkBlock, walkExpr } from "../ir/visit.ts";
import { type Place, Refusal } from "./refusal.ts";

/** Refuses arrays and objects that go where a type with other derivatives is, if a derivative may go with them. */
export function refuseMixed({ func, activity }: { func: Func; activity: Activity }, program: Program): void {
  const types = variableTypes(func);
  const places: Place[] = [];
  walkBlock(func.body, (stmt) => {
    const look = (value: Expr, wanted: Type | undefined, slot?: Expr): void => {
      if (wanted === undefined || !isReference(wanted) || !mixes(value.type, wanted)) return;
      // What is read as int counts for nothing: what went there may have a derivative all the same.
      if (!activity.varied(value) && (slot === undefined || !activity.active(slot))) return;
      if (places.every(({ origin }) => origin !== stmt.origin)) places.push({ name: "", origin: stmt.origin });
    };
    lookAtStmt(stmt, types, program, look);
    for (const expr of exprsOf(stmt)) walkExpr(expr, (e) => lookAtExpr(e, look));
  });
  if (places.length > 0) throw new Refusal("mixed", [], undefined, places);
}

type Look = (value: Expr, wanted: Type | undefined, slot?: Expr) => void;

function lookAtStmt(stmt: Stmt, types: ReadonlyMap<string, Type>, program: Program, look: Look): void {
  switch (stmt.kind) {
    case "let":
      if (stmt.init !== undefined) look(stmt.init, stmt.type, { kind: "var", name: stmt.name, type: stmt.type });
      break;
    case "assign": {
      const type = types.get(stmt.name);
      if (type !== undefined) look(stmt.value, type, { kind: "var", name: stmt.name, type });
      break;
    }
    case "store":
    case "append":
      if (isReference(stmt.value.type)) {
        const field = stmt.kind === "store" ? fieldOf(stmt.array.type, stmt.index) : undefined;
        look(stmt.value, field?.type ?? elementType(stmt.array.type), stmt.array);
      }
      break;
    case "call":
      stmt.args.forEach((arg, i) => {
        look(arg, program.get(stmt.callee)?.params[i]?.type);
      });
      break;
    default:
      break;
  }
}

function lookAtExpr(e: Expr, look: Look): void {
  if (e.kind === "select" || e.kind === "nullish") {
    const [left, right] = e.kind === "select" ? [e.yes, e.no] : [e.left, e.right];
    look(left, e.type, right);
    look(right, e.type, left);
  } else if (e.kind === "items" && e.type.kind === "list") {
    const { element } = e.type;
    for (const item of e.items) look(item, element, e);
  } else if (e.kind === "items" && e.type.kind === "record") {
    const { fields } = e.type;
    e.items.forEach((item, i) => {
      look(item, fields[i]?.type, e);
    });
  } else if (e.kind === "copy" && isReference(elementType(e.type))) look(e.array, e.type, e);
}

/** Whether some number in memory of these types is an int in one of them only. */
function mixes(a: Type, b: Type): boolean {
  const [one, other] = [presentType(a), presentType(b)];
  if (one.kind === "list" && other.kind === "list") return mixes(one.element, other.element);
  if (one.kind !== "record" || other.kind !== "record") return isIntBeside(one, other) || isIntBeside(other, one);
  return one.fields.some((field) => {
    const same = other.fields.find(({ name }) => name === field.name);
    return same !== undefined && mixes(field.type, same.type);
  });
}

const isIntBeside = (a: Type, b: Type): boolean => a.kind === "int" && b.kind === "number";
