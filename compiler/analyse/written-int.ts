/**
 * Makes every place visible where the user wrote `int`: what is passed for a parameter of that type, or returned as
 * one, goes through a constant of its own. Inlining would leave no trace of it. Only checks read such functions.
 */
import { variable } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Expr, Func, Program, Stmt, Type, Var } from "../ir/types.ts";
import { mapBlock } from "../ir/visit.ts";

const mark = "int: ";

/** Whether the type is `int`, or a list of them. Typed arrays of integers convert what is put into them. */
export function isWrittenInt(type: Type): boolean {
  switch (type.kind) {
    case "int":
      return true;
    case "list":
      return isWrittenInt(type.element);
    case "maybe":
      return isWrittenInt(type.type);
    default:
      return false;
  }
}

/** How a report names the place that a statement writes to; undefined for statements that the check has not seen. */
export function placeOf(stmt: Stmt): string | undefined {
  return stmt.note?.startsWith(mark) ? stmt.note.slice(mark.length) : undefined;
}

/** What a store writes to. */
function placeIn({ name }: Var, stmt: Stmt): string {
  const index = stmt.kind === "store" ? stmt.index : undefined;
  return index?.kind === "literal" && typeof index.value === "string" && !/^\d+$/.test(index.value)
    ? `The field '${index.value}'`
    : `An element of '${name}'`;
}

export function spellOutInts(func: Func, program: Program): Func {
  const names = namesApartFrom(namesOf(func));
  /** The value by way of constants wherever `type` says int and the value does not. */
  const through = (value: Expr, type: Type, name: string, place: string, from: Stmt, before: Stmt[]): Expr => {
    if (value.kind === "tuple" && type.kind === "tuple") {
      const items = value.items.map((item, i) => through(item, type.items[i] ?? item.type, name, place, from, before));
      return { ...value, items };
    }
    if (!isWrittenInt(type) || isWrittenInt(value.type) || value.kind === "literal") return value;
    const fresh = names.fresh(name);
    const { origin } = from;
    before.push({
      kind: "let",
      name: fresh,
      type,
      mutable: false,
      init: value,
      note: mark + place,
      ...(origin && { origin }),
    });
    return variable(fresh, type);
  };
  /** An object that is written out, with its fields by way of constants. */
  const fieldsOf = (value: Expr, from: Stmt, before: Stmt[]): Expr => {
    if (value.kind !== "items" || value.type.kind !== "record" || value.type.isTuple) return value;
    const { fields } = value.type;
    const items = value.items.map((item, i) => {
      const { name, type } = fields[i]!;
      return fieldsOf(through(item, type, name, `The field '${name}'`, from, before), from, before);
    });
    return { ...value, items };
  };
  const body = mapBlock(func.body, (stmt) => {
    const before: Stmt[] = [];
    switch (stmt.kind) {
      case "let":
      case "assign": {
        const noted = { ...stmt, note: `${mark}'${stmt.name}'` };
        if (noted.kind === "assign") {
          const value = fieldsOf(noted.value, stmt, before);
          return [...before, { ...noted, value }];
        }
        if (noted.init === undefined) return noted;
        const init = fieldsOf(noted.init, stmt, before);
        return [...before, { ...noted, init }];
      }
      case "store":
      case "append":
      case "fill":
        return stmt.array.kind === "var" ? { ...stmt, note: mark + placeIn(stmt.array, stmt) } : stmt;
      case "call": {
        const callee = program.get(stmt.callee);
        const params = callee?.params ?? [];
        const called = callee?.shown ?? stmt.callee;
        const args = stmt.args.map((arg, i) => {
          const param = params[i];
          if (param === undefined) return arg;
          return through(arg, param.type, param.name, `The parameter '${param.name}' of '${called}'`, stmt, before);
        });
        return [...before, { ...stmt, args }];
      }
      case "return": {
        if (stmt.value === undefined) return stmt;
        const value = through(stmt.value, func.result, "result", `What '${func.name}' returns`, stmt, before);
        return [...before, { ...stmt, value }];
      }
      default:
        return stmt;
    }
  });
  return { ...func, body };
}
