/**
 * Optional fields of objects that are given a value where they may have none. Their shadows begin when something is
 * collected there, and a gradient has the fields that the object had at entry.
 */
import { isPresent, undefinedOf } from "../ir/ask.ts";
import {
  assign,
  at,
  fieldAt,
  fieldName,
  fieldOf,
  ifThen,
  isReference,
  lengthOf,
  op,
  shadowFields,
  variable,
  zeroOf,
} from "../ir/build.ts";
import type { Names } from "../ir/names.ts";
import { presentType } from "../ir/presence.ts";
import type { Block, Expr, Func, Program, Stmt, Type } from "../ir/types.ts";
import { calleesOf, collectStmts, mapBlock } from "../ir/visit.ts";
import { countTo, whereGiven } from "./shadows.ts";

/** The names of such fields, in a function and all that it calls. */
export function filledFields(func: Func, program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const visit = (each: Func): void => {
    if (seen.has(each.name)) return;
    seen.add(each.name);
    for (const { mayAdd, index } of collectStmts(each.body, "store"))
      if (mayAdd === true && index.kind === "literal") names.add(String(index.value));
    for (const callee of calleesOf(each.body)) {
      const next = program.get(callee);
      if (next !== undefined) visit(next);
    }
  };
  visit(func);
  return names;
}

/** Whether a place is such a field, and holds a number or a tensor. */
export function isFilled(filled: ReadonlySet<string>, array: Expr, index: Expr): boolean {
  if (index.kind !== "literal" || !filled.has(String(index.value))) return false;
  const field = fieldOf(array.type, index);
  return field?.type.kind === "maybe" && !isReference(field.type);
}

/** What was collected in the shadow of such a field: nothing yet where it is not there. */
export function collectedIn(shadow: Expr, index: Expr): Expr {
  const element = at(shadow, index);
  const type = presentType(element.type);
  return { kind: "nullish", left: element, right: zeroOf(type), type };
}

/** Lets the shadows of such fields begin where something is added to them. */
export function beginMissing(block: Block, filled: ReadonlySet<string>): Block {
  if (filled.size === 0) return block;
  return mapBlock(block, (stmt): Stmt => {
    if (stmt.kind !== "accumulate" || !isFilled(filled, stmt.array, stmt.index)) return stmt;
    const before = collectedIn(stmt.array, stmt.index);
    return { ...stmt, kind: "store", value: op("add", [before, stmt.value], before.type) };
  });
}

/** Whether objects in a structure may be given fields that they did not have. */
export function mayBeFilled(type: Type, filled: ReadonlySet<string>): boolean {
  switch (type.kind) {
    case "maybe":
      return mayBeFilled(type.type, filled);
    case "list":
      return mayBeFilled(type.element, filled);
    case "record":
      return type.fields.some(
        (field) => (field.type.kind === "maybe" && filled.has(field.name)) || mayBeFilled(field.type, filled),
      );
    default:
      return false;
  }
}

/** A gradient with those fields of objects only that `model` has, which has its structure at entry. */
export function asIn(
  model: Expr,
  gradient: Expr,
  filled: ReadonlySet<string>,
  names: Names,
): { readonly before: Stmt[]; readonly value: Expr } {
  const type = presentType(gradient.type);
  if (!mayBeFilled(type, filled)) return { before: [], value: gradient };
  if (type.kind === "list") {
    const list = variable(names.fresh("gradients"), type);
    const before: Stmt[] = [
      { kind: "let", name: list.name, type, mutable: false, init: { kind: "items", items: [], type } },
      countTo(names, lengthOf(model), (i) => {
        const row = asIn(at(model, i), at(gradient, i), filled, names);
        return [...row.before, { kind: "append", array: list, value: row.value }];
      }),
    ];
    return { before, value: list };
  }
  if (type.kind !== "record") return { before: [], value: gradient };
  const before: Stmt[] = [];
  const items = shadowFields(type).map((field) => {
    const own = fieldAt(model, field.name);
    const present = presentType(field.type);
    if (field.type.kind === "maybe" && filled.has(field.name) && !isReference(present))
      return whereGiven(own, field.type, collectedIn(gradient, fieldName(field.name)));
    const part = asIn({ ...own, type: present }, { ...fieldAt(gradient, field.name), type: present }, filled, names);
    if (field.type.kind !== "maybe" || part.before.length === 0) {
      before.push(...part.before);
      return field.type.kind === "maybe" ? whereGiven(own, field.type, part.value) : part.value;
    }
    const whole = variable(names.fresh(`${field.name}Gradient`), field.type);
    const init = undefinedOf(field.type);
    before.push(
      { kind: "let", name: whole.name, type: whole.type, mutable: true, init },
      ifThen(isPresent(own), [...part.before, assign(whole.name, part.value)]),
    );
    return whole;
  });
  const made = variable(names.fresh("gradient"), type);
  before.push({ kind: "let", name: made.name, type, mutable: false, init: { kind: "items", items, type } });
  return { before, value: made };
}
