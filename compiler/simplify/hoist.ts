/**
 * Takes loads and the offsets of rows out of loops in which they do not change. An engine does not: a load may
 * read what a store in the loop writes, and a product of whole numbers may overflow, as far as it knows.
 */
import { analyseRanges, type Ranges } from "../analyse/ranges.ts";
import { constant, isReference, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Expr, ForStmt, Func, Stmt, Type } from "../ir/types.ts";
import { assignedVariables, childrenOf, exprsOf, freeVariables, mapChildren, mapStmt, mentions } from "../ir/visit.ts";
import { namesDeclaredBy, sameExpr, someExpr, someStmt, variableTypes, type ExprOf, type StmtOf } from "../ir/visit.ts";
import { changesOf, type Changes } from "./changes.ts";
import { nameOfElement, nameOfOffset } from "./naming.ts";
import { isAlwaysThere } from "./present.ts";

export function hoistLoads(func: Func): Func {
  const context: Context = {
    changes: changesOf(func),
    ranges: analyseRanges(func.body),
    names: namesApartFrom(namesOf(func)),
    assigned: assignedVariables(func.body),
    types: variableTypes(func),
  };
  return { ...func, body: inBlock(context, func.body, { loops: [], held: [] }) };
}

interface Context {
  readonly changes: Changes;
  readonly ranges: Ranges;
  readonly names: Names;
  readonly assigned: ReadonlySet<string>;
  readonly types: ReadonlyMap<string, Type>;
}

/** An expression whose value a constant holds. */
interface Held {
  readonly expr: Expr;
  readonly name: string;
}

interface Scope {
  readonly loops: readonly ForStmt[];
  readonly held: readonly Held[];
}

export type Load = ExprOf<"index">;

type Loop = StmtOf<"for" | "while">;

/** What changes is asked of the statements as they were: the new names are not known to the analyses. */
function inBlock(context: Context, block: Block, around: Scope): Block {
  let scope = around;
  const offsets = offsetsIn(context, block, around);
  const moved = new Set(offsets.map(({ own }) => own));
  return block.flatMap((stmt) => {
    const out: Stmt[] = [];
    const hold = (held: Held, own?: Stmt): void => {
      const value = replaced(held.expr, scope.held);
      out.push(own?.kind === "let" ? { ...own, init: value } : constant(held.name, held.expr.type, value));
      scope = { ...scope, held: [...scope.held, held] };
    };
    for (const { expr, first, own } of offsets) {
      if (first !== stmt) continue;
      hold({ expr, name: own?.kind === "let" ? own.name : nameFor(context.names, expr) }, own);
    }
    if (moved.has(stmt)) return out;
    const before = scope;
    let inner = stmt.kind === "closure" ? { loops: [], held: [] } : scope;
    if (stmt.kind === "for" || stmt.kind === "while") {
      for (const expr of invariantsOf(context, stmt, scope)) hold({ expr, name: nameFor(context.names, expr) });
      if (stmt.kind === "for" && isCostlyBound(context, stmt))
        hold({ expr: stmt.bound, name: nameOfBound(context, stmt) });
      inner = { loops: stmt.kind === "for" ? [...scope.loops, stmt] : scope.loops, held: scope.held };
    }
    const onExpr = (expr: Expr): Expr => replaced(expr, inner.held);
    out.push(mapStmt(stmt, { expr: onExpr, block: (body) => inBlock(context, body, inner) }));
    // What was loaded for the loop may be another value after it.
    scope = before;
    return out;
  });
}

/** A bound that is computed from the length of a typed array is looked up for each iteration, since it may be resized. */
function isCostlyBound({ changes }: Context, loop: ForStmt): boolean {
  const { bound } = loop;
  const hasLength = someExpr(
    bound,
    (e) => e.kind === "length" && e.array.kind === "var" && e.array.type.kind === "typed",
  );
  if (bound.kind !== "op" || !hasLength || changes.changedIn([loop], bound)) return false;
  // Where something is recorded, its place in the tape is told from the bounds of the loops around it.
  return !someStmt(loop.body, (stmt) => stmt.kind === "push" || stmt.kind === "pop");
}

function nameOfBound({ names }: Context, { compare }: ForStmt): string {
  return names.fresh(compare === "lt" || compare === "gt" ? "end" : "last");
}

interface Offset {
  readonly expr: Expr;
  /** The first statement that mentions it. */
  readonly first: Stmt | undefined;
  /** The source's own constant that holds it. */
  readonly own: Stmt | undefined;
}

/** The offsets that loops of a block want, each to be computed where the block first mentions it. */
function offsetsIn(context: Context, block: Block, scope: Scope): Offset[] {
  const found: Offset[] = [];
  for (const stmt of block) {
    if (stmt.kind !== "for" && stmt.kind !== "while") continue;
    for (const expr of invariantsOf(context, stmt, scope)) {
      if (!isFixed(context, expr) || found.some((each) => sameExpr(each.expr, expr))) continue;
      const first = block.find((s) => mentionsExpr(s, expr));
      const own = block.find((s) => sameExpr(expr, ownOffset(context, s) ?? stopper));
      const known = block.slice(0, first === undefined ? 0 : block.indexOf(first)).flatMap(namesDeclaredBy);
      const late = block.flatMap(namesDeclaredBy).filter((name) => !known.includes(name));
      if (late.some((name) => mentions(expr, name))) continue;
      found.push({ expr, first, own });
    }
  }
  return found;
}

function mentionsExpr(stmt: Stmt, expr: Expr): boolean {
  return someStmt([stmt], (s) => exprsOf(s).some((e) => someExpr(e, (part) => sameExpr(part, expr))));
}

/** Nothing is the same as it. */
const stopper: Expr = { kind: "literal", value: undefined, type: { kind: "void" } };

/** The offset that a constant of the source's holds. */
function ownOffset(context: Context, stmt: Stmt): Expr | undefined {
  if (stmt.kind !== "let" || stmt.init === undefined || context.assigned.has(stmt.name)) return undefined;
  return isFixed(context, stmt.init) ? stmt.init : undefined;
}

/** Whether an offset is the same wherever its names are known. */
function isFixed({ assigned }: Context, expr: Expr): boolean {
  return isOffset(expr) && childrenOf(expr).every((e) => e.kind === "var" && !assigned.has(e.name));
}

function replaced(expr: Expr, held: readonly Held[]): Expr {
  if (held.length === 0) return expr;
  const found = held.find((each) => sameExpr(each.expr, expr));
  return found === undefined ? mapChildren(expr, (child) => replaced(child, held)) : variable(found.name, expr.type);
}

function nameFor(names: Names, expr: Expr): string {
  const isElement = expr.kind === "index" && expr.array.kind === "var";
  return names.fresh(isElement ? nameOfElement(expr.array.name, expr.index) : nameOfOffset(expr));
}

/** The greatest expressions of the loop that are worth a constant in front of it, each once. */
function invariantsOf(context: Context, loop: Loop, { loops, held }: Scope): Expr[] {
  const found: Expr[] = [];
  /** `certain`: the expression is evaluated whenever the loop runs once. */
  const visitExpr = (e: Expr, certain: boolean, inIndex: boolean): void => {
    if (held.some((each) => sameExpr(each.expr, e)) || found.some((each) => sameExpr(each, e))) return;
    const candidate = isLoad(e) ? certain && isSafe(context.ranges, e, loop, loops) : inIndex && isOffset(e);
    if (
      candidate &&
      (isAskedFirst(loop, e) || isAlwaysThere(e, context.types)) &&
      !context.changes.changedIn([loop], e)
    ) {
      found.push(e);
      return;
    }
    if (e.kind === "nullish") {
      // What may be missing is asked for where it stands.
      for (const child of childrenOf(e.left)) visitExpr(child, certain, e.left.kind === "index");
      visitExpr(e.right, false, false);
      return;
    }
    const [first, ...others] = childrenOf(e);
    if (first === undefined) return;
    const isLazy = e.kind === "select" || e.kind === "logic";
    visitExpr(first, certain, inIndex && e.kind === "op");
    for (const other of others)
      visitExpr(other, certain && !isLazy, e.kind === "index" || (inIndex && e.kind === "op"));
  };
  const visit = (block: Block, certain: boolean): void => {
    for (const stmt of block) {
      const exprs = exprsOf(stmt);
      const isWrite = stmt.kind === "store" || stmt.kind === "accumulate";
      for (const [k, expr] of exprs.entries()) visitExpr(expr, certain, isWrite && k === 1);
      if (stmt.kind === "if") {
        visit(stmt.then, false);
        visit(stmt.else, false);
      } else if (stmt.kind === "for" || stmt.kind === "while") visit(stmt.body, certain);
    }
  };
  if (loop.kind === "while") visitExpr(loop.test, true, false);
  else visitExpr(loop.bound, true, false);
  visit(loop.body, true);
  return found;
}

/** Whether a loop begins by asking for the expression, before anything in it is reached. */
function isAskedFirst(loop: Loop, expr: Expr): boolean {
  if (loop.kind === "while" || someExpr(loop.bound, (e) => ["select", "logic", "nullish"].includes(e.kind)))
    return false;
  return someExpr(loop.bound, (e) => sameExpr(e, expr));
}

/** A load of a variable's element, which cannot throw where the variable is there. */
export function isLoad(e: Expr): e is Load {
  if (e.kind !== "index" || e.array.kind !== "var" || someLoad(e.index)) return false;
  return e.array.type.kind === "typed" || e.array.type.kind === "list";
}

function someLoad(e: Expr): boolean {
  return e.kind === "index" || childrenOf(e).some(someLoad);
}

/**
 * A load that no iteration wants may be outside of its array, which an engine is slow at. A loop that may not run
 * at all is one whose length differs from one iteration of the loop around it to the next.
 */
export function isSafe(ranges: Ranges, e: Load, loop: Loop, loops: readonly ForStmt[]): boolean {
  if (isReference(e.type) || ranges.isInside(e.array, e.index, loops)) return true;
  if (loop.kind === "while") return false;
  const names = new Set([...freeVariables(loop.start), ...freeVariables(loop.bound)]);
  return !loops.some((outer) => names.has(outer.name));
}

/** `i * n`, where a row starts. */
function isOffset(e: Expr): boolean {
  return e.kind === "op" && e.op === "mul" && e.args.every((arg) => arg.kind === "var" || arg.kind === "length");
}
