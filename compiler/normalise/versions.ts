/**
 * Scalar renaming: an assignment that replaces the whole life of a variable within one block becomes a
 * variable of its own, so that fewer values are overwritten and fewer have to be recorded.
 * Within a block, the values between two direct assignments of x get a name of their own if x is not used
 * by an enclosing loop in between.
 */
import { placeOf } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt, Type } from "../ir/types.ts";
import { assignedVariables, collectStmts, mapStmt, renameBlock, someStmt, variableTypes } from "../ir/visit.ts";

export function renameVersions(func: Func): Func {
  const names = namesApartFrom(namesOf(func));
  const types = variableTypes(func);
  const exits = new Set<string>();
  someStmt(func.body, (stmt) => {
    if (stmt.kind === "let" && stmt.exit) exits.add(stmt.name);
    return false;
  });
  const skip = (name: string): boolean => exits.has(name) || !types.has(name);
  return { ...func, body: inBlock(func.body, { names, skip, typeOf: (name) => types.get(name) }) };
}

interface Context {
  readonly names: Names;
  readonly skip: (name: string) => boolean;
  /** The type that the user gave a variable. */
  readonly typeOf: (name: string) => Type | undefined;
}

function inBlock(block: Block, context: Context): Block {
  let out: Block = block.map((stmt) =>
    stmt.kind === "closure" ? stmt : mapStmt(stmt, { block: (inner) => inBlock(inner, context) }),
  );
  for (const name of directlyAssigned(out)) if (!context.skip(name)) out = versionsOf(out, name, context);
  return out.map((stmt, i) => settle(stmt, out, i));
}

/** Variables with at least one assignment directly in the block. */
function directlyAssigned(block: Block): Set<string> {
  const assigned = new Set<string>();
  for (const stmt of block) if (stmt.kind === "assign") assigned.add(stmt.name);
  return assigned;
}

/**
 * Splits the life of one variable at its direct assignments. The last version keeps the name where the
 * variable lives on outside of the block; where the block declares it, the first one does.
 */
function versionsOf(block: Block, name: string, { names, typeOf }: Context): Block {
  const declared = block.findIndex((stmt) => stmt.kind === "let" && stmt.name === name);
  const starts = block.flatMap((stmt, i) => (stmt.kind === "assign" && stmt.name === name ? [i] : []));
  // Versions between consecutive assignments; what comes before the first keeps the name.
  let out: Block = block;
  const renamable = declared >= 0 ? starts : starts.slice(0, -1);
  for (const start of renamable) {
    const position = starts.indexOf(start);
    const end = position + 1 < starts.length ? starts[position + 1]! : out.length - 1;
    const stmt = out[start]!;
    if (stmt.kind !== "assign") continue;
    const fresh = names.fresh(name);
    const rename = (n: string): string => (n === name ? fresh : n);
    const next = out.slice(start + 1, end + 1).map((s, k): Stmt => {
      const isNextAssignment = start + 1 + k === end && position + 1 < starts.length;
      if (!isNextAssignment) return renameBlock([s], rename)[0]!;
      // The next assignment reads this version and starts another.
      const renamed = renameBlock([s], rename)[0]!;
      return renamed.kind === "assign" ? { ...renamed, name } : renamed;
    });
    const type = typeOfLife(typeOf(name), stmt.value, next, fresh);
    const declaration: Stmt = { ...without(stmt), kind: "let", name: fresh, type, mutable: true, init: stmt.value };
    out = [...out.slice(0, start), declaration, ...next, ...out.slice(end + 1)];
  }
  return out;
}

/** The type of a variable that begins as a value: where it is given nothing later, or another text, it is the user's. */
function typeOfLife(declared: Type | undefined, value: Expr, life: Block, name: string): Type {
  const given = collectStmts(life, "assign").filter((stmt) => stmt.name === name);
  switch (declared?.kind) {
    // Each value of what the user wrote as `int` is one.
    case "int":
    case "string":
      return declared;
    case "maybe":
      // What is not there says nothing of what it might be.
      if (value.type.kind === "void") return declared;
      return given.some((stmt) => stmt.value.type.kind !== value.type.kind) ? declared : value.type;
    default:
      return value.type;
  }
}

function without(stmt: Stmt): Pick<Stmt, "quote" | "origin" | "note" | "madeFor"> {
  return { ...(stmt.note === undefined ? {} : { note: stmt.note }), ...placeOf(stmt) };
}

/** A `let` that nothing assigns is a constant. */
function settle(stmt: Stmt, block: Block, position: number): Stmt {
  if (stmt.kind !== "let" || !stmt.mutable || stmt.init === undefined || stmt.exit) return stmt;
  // `const c = 0` has the type 0, which TypeScript would not compare with 2.
  if (stmt.init.kind === "literal") return stmt;
  return assignedVariables(block.slice(position + 1)).has(stmt.name) ? stmt : { ...stmt, mutable: false };
}
