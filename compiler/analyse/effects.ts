/**
 * What statements read and write, as keys: the name of a scalar or reference variable, the contents of a
 * memory class, the length of the lists in a class. Two accesses can only interfere if they share a key.
 */
import { at, fieldAt, fieldName, int, isDifferentiable, isReference } from "../ir/build.ts";
import { changedBy, isKeeper, keeperMethod } from "../ir/keepers.ts";
import { presentType } from "../ir/presence.ts";
import { copyTogether } from "../ir/runtime.ts";
import type { Block, Expr, Stmt, Type } from "../ir/types.ts";
import { exprsOf, implicitReads, namesDeclaredBy, walkBlock, walkExpr } from "../ir/visit.ts";
import type { Aliasing, Cell } from "./alias.ts";
import { isMemory } from "./callees.ts";

export type Key = string;

/** The contents of an array, as one key, or the field of a record that the index means. */
export function contentsKey(aliasing: Aliasing, array: Expr, index?: Expr): Key {
  return contentsOf(index === undefined ? String(aliasing.classOf(array)) : aliasing.cellOf(array, index));
}

/** All of an array or record itself, without what its references lead to. */
export function contentsKeys(aliasing: Aliasing, array: Expr): Key[] {
  return aliasing.ownCells(array).map(contentsOf);
}

/** Everything that can be read or changed through a reference. */
export function reachableKeys(aliasing: Aliasing, expr: Expr): Key[] {
  return [
    ...aliasing.cellsOf(expr).map(contentsOf),
    ...aliasing.reach(expr).map((memory) => `length ${String(memory)}`),
  ];
}

export function contentsOf(cell: Cell): Key {
  return `contents ${cell}`;
}

export function lengthKey(aliasing: Aliasing, array: Expr): Key {
  return `length ${String(aliasing.classOf(array))}`;
}

export function readsOfExpr(aliasing: Aliasing, expr: Expr, into: Set<Key> = new Set<Key>()): Set<Key> {
  walkExpr(expr, (e) => {
    switch (e.kind) {
      case "var":
        into.add(e.name);
        break;
      case "index":
        // Nothing writes into the shape of a tensor.
        if (isReference(e.array.type) && e.array.kind !== "foreign") into.add(contentsKey(aliasing, e.array, e.index));
        break;
      case "length":
        if (!isFixedLength(e.array.type)) into.add(lengthKey(aliasing, e.array));
        break;
      case "copy":
        if (isReference(e.array.type)) {
          for (const key of contentsKeys(aliasing, e.array)) into.add(key);
          if (e.array.type.kind !== "typed") into.add(lengthKey(aliasing, e.array));
        }
        break;
      case "foreign":
        for (const arg of e.args) if (isAsked(arg)) for (const key of reachableKeys(aliasing, arg)) into.add(key);
        break;
      case "tensorOp":
        for (const arg of e.args)
          if (isReference(arg.type) && arg.kind !== "foreign" && arg.kind !== "tuple")
            for (const key of reachableKeys(aliasing, arg)) into.add(key);
        break;
      case "deepCopy":
        for (const key of e.array.type.kind === "typed"
          ? contentsKeys(aliasing, e.array)
          : reachableKeys(aliasing, e.array))
          into.add(key);
        break;
      case "zerosLike":
        readsOfStructure(aliasing, e.array, into);
        break;
      default:
        break;
    }
  });
  return into;
}

/** The length of a typed array stays, and that of a tuple. */
function isFixedLength(array: Type): boolean {
  if (array.kind === "maybe") return isFixedLength(array.type);
  return array.kind === "typed" || array.kind === "tuple" || array.kind === "record";
}

/** What a text asks for its contents. */
function isAsked({ kind, type }: Expr): boolean {
  if (kind === "foreign" || kind === "tuple") return false;
  return type.kind === "typed" || type.kind === "list" || isKeeper(type);
}

/** The lengths of an array and of the arrays in it, and which arrays these are. */
function readsOfStructure(aliasing: Aliasing, array: Expr, into: Set<Key>): void {
  const type = presentType(array.type);
  if (type.kind === "list") {
    into.add(lengthKey(aliasing, array));
    if (!isReference(type.element)) return;
    into.add(contentsKey(aliasing, array));
    readsOfStructure(aliasing, at(array, int(0)), into);
  } else if (type.kind === "record") {
    for (const field of type.fields) {
      if (!isReference(field.type) || looksTheSame(field.type)) continue;
      into.add(contentsKey(aliasing, array, fieldName(field.name)));
      readsOfStructure(aliasing, fieldAt(array, field.name), into);
    }
  }
}

/** Whether the zeros of a type are the same whatever the value: there is no length to read and nothing that may be absent. */
function looksTheSame(type: Type): boolean {
  if (type.kind === "record") return type.fields.every((field) => looksTheSame(field.type));
  return type.kind === "number" || !isDifferentiable(type);
}

/** Everything that a block may read, its own locals included. */
export function readsOf(aliasing: Aliasing, block: Block, into: Set<Key> = new Set<Key>()): Set<Key> {
  walkBlock(block, (stmt) => {
    for (const expr of exprsOf(stmt)) readsOfExpr(aliasing, expr, into);
    for (const name of implicitReads(stmt)) into.add(name);
    if (stmt.kind === "set") into.add(contentsKey(aliasing, stmt.source));
    if (stmt.kind === "shrink" && stmt.target !== undefined) into.add(contentsKey(aliasing, stmt.array));
    if (stmt.kind === "call" || stmt.kind === "apply") for (const arg of stmt.args) passed(aliasing, arg, into);
  });
  return into;
}

/** What one statement itself overwrites, nested blocks aside. */
export function writesOfStmt(aliasing: Aliasing, stmt: Stmt): Key[] {
  switch (stmt.kind) {
    case "assign":
      return [stmt.name];
    case "pop":
      return stmt.declare ? [] : [stmt.target];
    case "accumulate":
      return [contentsKey(aliasing, stmt.array, stmt.index)];
    case "fill":
      return [contentsKey(aliasing, stmt.array)];
    case "store":
      // Storing past the end makes a list longer.
      return stmt.array.type.kind === "list" && !aliasing.isFirst(stmt)
        ? [contentsKey(aliasing, stmt.array, stmt.index), lengthKey(aliasing, stmt.array)]
        : [contentsKey(aliasing, stmt.array, stmt.index)];
    case "set":
      return [contentsKey(aliasing, stmt.target)];
    case "append":
    case "shrink":
      return [contentsKey(aliasing, stmt.array), lengthKey(aliasing, stmt.array)];
    case "call":
    case "apply": {
      if (stmt.kind === "call" && stmt.callee === copyTogether) return [];
      const into = new Set<Key>();
      const method = stmt.kind === "call" ? keeperMethod(stmt.callee) : undefined;
      const untouched = aliasing.untouchedBy(stmt);
      const given = stmt.args.filter((_, i) => !untouched.includes(i));
      const changed = stmt.kind === "call" && method !== undefined ? changedBy(stmt, method) : given;
      for (const arg of changed) passed(aliasing, arg, into);
      return [...into];
    }
    default:
      return [];
  }
}

/** Everything that a block may overwrite; its own declarations are not overwriting. */
export function writesOf(aliasing: Aliasing, block: Block, into: Set<Key> = new Set<Key>()): Set<Key> {
  walkBlock(block, (stmt) => {
    for (const key of writesOfStmt(aliasing, stmt)) into.add(key);
  });
  return into;
}

/**
 * What a block may overwrite of what was there before it. `changing` are those of its statements that may change memory that
 * it did not make itself.
 */
export function overwritesOf(aliasing: Aliasing, block: Block, changing: ReadonlySet<Stmt>): Set<Key> {
  const into = new Set<Key>();
  walkBlock(block, (stmt) => {
    if (stmt.kind === "assign" || stmt.kind === "pop" || changing.has(stmt))
      for (const key of writesOfStmt(aliasing, stmt)) into.add(key);
  });
  return into;
}

/** Names declared directly in a block. */
export function localsOf(block: Block): string[] {
  return block.flatMap((stmt) => (stmt.kind === "for" ? [] : namesDeclaredBy(stmt)));
}

/** What a callee can do to an argument: everything that can be reached from it. */
function passed(aliasing: Aliasing, arg: Expr, into: Set<Key>): void {
  if (isMemory(arg.type)) for (const key of reachableKeys(aliasing, arg)) into.add(key);
}
