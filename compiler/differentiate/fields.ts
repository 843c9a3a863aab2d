/**
 * `@wrt p.k`: a field of a parameter that is an input by itself. It gets a variable at entry that everything which is
 * read of it comes from; the object that goes anywhere as a whole is one made anew, with that variable in it.
 */
import { isName } from "../ir/ask.ts";
import { constant, fieldAt, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import { keeperMethod } from "../ir/keepers.ts";
import type { Block, Expr, Func, Stmt, Var } from "../ir/types.ts";
import { partName } from "../ir/words.ts";
import { childrenOf, exprsOf, mapBlock, mapBlockExprs, mapExpr, mapStmt, sameExpr, walkBlock } from "../ir/visit.ts";

export interface Asked {
  /** The parameter, or what is used of it where it has a default. */
  readonly owner: Var;
  readonly path: readonly string[];
}

export interface NamedFields {
  readonly func: Func;
  /** The variables of the fields that were asked for, in that order. */
  readonly fields: readonly Var[];
}

/** `at`: how many statements of the body come before. `isWritten`: the function writes into the owner. */
export function nameFields(func: Func, asked: readonly Asked[], at: number, isWritten: boolean): NamedFields {
  const [first] = asked;
  if (first === undefined) return { func, fields: [] };
  const { owner } = first;
  const names = namesApartFrom(namesOf(func));
  const places = asked.map(({ path }) => path.reduce<Expr>(fieldAt, owner));
  const fields = asked.map(({ path }, k) => variable(names.fresh(path.reduce(partName, owner.name)), places[k]!.type));
  const lets = fields.map((field, k) => constant(field.name, field.type, places[k]!));
  const before = func.body.slice(0, at);
  const rest = func.body.slice(at);
  const startingWith = (block: Block): NamedFields => ({
    func: { ...func, body: [...before, ...lets, ...block] },
    fields,
  });
  // What the caller sees is written into: the field holds its variable from the start.
  if (isWritten) return startingWith([...places.map((place, k) => storeAt(place, fields[k]!)), ...rest]);
  const replaced = mapBlockExprs(rest, (e) => fields[places.findIndex((place) => sameExpr(e, place))] ?? e);
  if (!goesWhole(replaced, owner, asked)) return startingWith(replaced);
  const copy = madeAnew(
    owner,
    asked.map(({ path }, k) => ({ path, field: fields[k]! })),
    names,
  );
  const inCopy = (e: Expr): Expr => mapExpr(e, (part) => (isName(part, owner.name) ? copy.value : part));
  return startingWith([
    ...copy.block,
    ...mapBlock(replaced, (stmt) => (asksNames(stmt) ? stmt : mapStmt(stmt, { expr: inCopy }))),
  ]);
}

/** In which order an object has its fields, the caller's tells. */
const asksNames = (stmt: Stmt): boolean => stmt.kind === "call" && keeperMethod(stmt.callee) === "namesOf";

function storeAt(place: Expr, value: Expr): Stmt {
  if (place.kind !== "index") throw new Error("fields: a field is an element of its owner");
  return { kind: "store", array: place.array, index: place.index, value };
}

/** Whether the owner, or an object in it that leads to a field, is used for more than reading other fields of it. */
function goesWhole(block: Block, owner: Var, asked: readonly Asked[]): boolean {
  const prefixes = asked.flatMap(({ path }) =>
    path.map((_, length) => path.slice(0, length).reduce<Expr>(fieldAt, owner)),
  );
  const isPrefix = (e: Expr): boolean => prefixes.some((prefix) => sameExpr(prefix, e));
  let found = false;
  const visit = (e: Expr): void => {
    if (isPrefix(e)) found = true;
    if (e.kind === "index" && e.index.kind === "literal" && isPrefix(e.array)) return;
    for (const child of childrenOf(e)) visit(child);
  };
  walkBlock(block, (stmt) => {
    if (!asksNames(stmt)) for (const expr of exprsOf(stmt)) visit(expr);
  });
  return found;
}

interface Part {
  readonly path: readonly string[];
  readonly field: Var;
}

/** An object like another, with variables in the place of some of its fields. */
function madeAnew(object: Expr, parts: readonly Part[], names: Names): { readonly block: Block; readonly value: Var } {
  const { type } = object;
  if (type.kind !== "record") throw new Error("fields: only objects have fields");
  const block: Stmt[] = [];
  const items = type.fields.map(({ name }): Expr => {
    const inside = parts.flatMap(({ path, field }) => (path[0] === name ? [{ path: path.slice(1), field }] : []));
    const [only] = inside;
    if (only === undefined) return fieldAt(object, name);
    if (only.path.length === 0) return only.field;
    const made = madeAnew(fieldAt(object, name), inside, names);
    block.push(...made.block);
    return made.value;
  });
  const root = object.kind === "var" ? object.name : "object";
  const value = variable(names.fresh(root), type);
  block.push(constant(value.name, type, { kind: "items", items, type }));
  return { block, value };
}
