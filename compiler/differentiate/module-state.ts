/**
 * What a module holds may change between the call that makes a pullback and those of the pullback, which has to see
 * what the function saw: it is kept, as it was then.
 */
import { nameOf } from "../ir/ask.ts";
import { constant, fieldOf, isReference, variable } from "../ir/build.ts";
import { nameInFile } from "../ir/names.ts";
import { maybe } from "../ir/presence.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import {
  collectStmts,
  declaredNames,
  freeNames,
  mapBlock,
  mapChildren,
  mapStmt,
  sameExpr,
  walkBlockExprs,
} from "../ir/visit.ts";
import { partName } from "../ir/words.ts";
import type { Prepared } from "./prepare.ts";

/** A block that runs later, with what it reads of a module in constants that are declared before it. */
export function keepModuleState(
  { func, names, body, aliasing }: Prepared,
  block: Block,
): { readonly before: Stmt[]; readonly block: Block } {
  const held: Expr[] = [];
  walkBlockExprs(body, (expr) => {
    if (expr.kind === "constant" && expr.mayChange !== undefined) held.push(expr);
  });
  if (held.length === 0) return { before: [], block };
  const state = new Set(held.filter(({ type }) => isReference(type)).flatMap((expr) => [...aliasing.reach(expr)]));
  const own = declaredNames(block);
  const free = freeNames(block);
  // Other names for it, from the forward sweep.
  const aliases = collectStmts(body, "let").filter(
    ({ name, type }) =>
      free.has(name) &&
      !own.has(name) &&
      isReference(type) &&
      aliasing.reach(variable(name, type)).some((memory) => state.has(memory)),
  );
  const kept: { readonly place: Expr; readonly value: Expr }[] = [];
  const keep = (place: Expr, base: string): Expr => {
    const known = kept.find((each) => sameExpr(each.place, place));
    if (known) return known.value;
    const value = variable(names.fresh(`${base}Kept`), place.type);
    kept.push({ place, value });
    return value;
  };
  const replaced = (expr: Expr): Expr => {
    if (expr.kind === "var" && aliases.some(({ name }) => name === expr.name)) {
      const { type } = aliases.find(({ name }) => name === expr.name)!;
      return { ...keep(variable(expr.name, type), expr.name), type: expr.type };
    }
    if (expr.kind === "constant" && expr.mayChange === "optional") {
      const type = maybe(expr.type);
      return { ...keep({ ...expr, type }, wordOf(expr, func) ?? ""), type: expr.type };
    }
    const word = wordOf(expr, func);
    return word === undefined ? mapChildren(expr, replaced) : keep(expr, word);
  };
  const rest = mapBlock(block, (stmt) => mapStmt(stmt, { expr: replaced }));
  const before = kept.map(({ place, value }): Stmt => {
    const { type } = place;
    const init: Expr = isReference(type) ? { kind: "deepCopy", array: place, type } : place;
    return constant(nameOf(value), type, init);
  });
  return { before, block: rest };
}

/** A name for something that a module holds and may change: a variable, or a field of an object that is there. */
function wordOf(expr: Expr, of: Func): string | undefined {
  if (expr.kind === "constant")
    return expr.mayChange === undefined ? undefined : nameInFile(expr.name, of.origin).replace(/^.*\W/u, "");
  if (expr.kind !== "index" || expr.index.kind !== "literal" || isOptional(expr.array)) return undefined;
  const owner = expr.array.type.kind === "record" ? wordOf(expr.array, of) : undefined;
  return owner === undefined ? undefined : partName(owner, String(expr.index.value));
}

/** Whether the object may not be there, whatever is known of it where it is read. */
function isOptional(place: Expr): boolean {
  if (place.kind === "constant") return place.mayChange === "optional";
  return place.kind === "index" && fieldOf(place.array.type, place.index)?.type.kind === "maybe";
}
