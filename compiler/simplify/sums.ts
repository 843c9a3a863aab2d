/**
 * Adds up in a variable what a loop accumulates into one element: a number in a register, and not an element that
 * is written and read again in each iteration. Only sums of adjoints, since they come out in another order.
 */
import { aimOf, assign, mutable, numberType, op, placeOf, variable, zeroOf } from "../ir/build.ts";
import { namesApartFrom, namesOf, type Names } from "../ir/names.ts";
import type { Block, Func, Stmt, Type } from "../ir/types.ts";
import { blocksOf, collectStmts, mapBlock, mapStmt, sameExpr, variableTypes, type StmtOf } from "../ir/visit.ts";
import { changesOf, type Changes } from "./changes.ts";
import { nameOfElementBar } from "./naming.ts";
import { isAlwaysThere } from "./present.ts";

export function sumInVariables(func: Func): Func {
  const context = { changes: changesOf(func), names: namesApartFrom(namesOf(func)), types: variableTypes(func) };
  const visit = (block: Block): Block => {
    let changed = false;
    const out = block.flatMap((stmt) => {
      if (blocksOf(stmt).length === 0) return [stmt];
      const lifted = stmt.kind === "for" || stmt.kind === "while" ? lift(context, stmt) : [stmt];
      const next = lifted.map((s) => (blocksOf(s).length > 0 ? mapStmt(s, { block: visit }) : s));
      changed ||= next.length !== 1 || next[0] !== stmt;
      return next;
    });
    return changed ? out : block;
  };
  const body = visit(func.body);
  return body === func.body ? func : { ...func, body };
}

interface Context {
  readonly changes: Changes;
  readonly names: Names;
  readonly types: ReadonlyMap<string, Type>;
}

/** The loop with a variable around it for each element that it only adds to. */
function lift({ changes, names, types }: Context, loop: StmtOf<"for" | "while">): Stmt[] {
  const found: { readonly sum: string; readonly first: StmtOf<"accumulate"> }[] = [];
  const all = collectStmts(loop.body, "accumulate");
  for (const stmt of all) {
    if (stmt.note === undefined || stmt.array.kind !== "var" || stmt.array.type.kind !== "typed") continue;
    const isSame = (other: StmtOf<"accumulate">): boolean =>
      sameExpr(other.array, stmt.array) && sameExpr(other.index, stmt.index);
    if (found.some(({ first }) => isSame(first))) continue;
    if (changes.changedIn([loop], stmt.index) || changes.changedIn([loop], stmt.array)) continue;
    if (!isAlwaysThere(stmt.index, types) || isUsedOtherwise(changes, loop, stmt, isSame)) continue;
    found.push({ sum: names.fresh(nameOfElementBar(stmt.array.name)), first: stmt });
  }
  if (found.length === 0) return [loop];
  const body = mapBlock(loop.body, (stmt) => {
    if (stmt.kind !== "accumulate") return stmt;
    const target = found.find(({ first }) => sameExpr(first.array, stmt.array) && sameExpr(first.index, stmt.index));
    if (target === undefined) return stmt;
    return {
      ...assign(target.sum, op("add", [variable(target.sum, numberType), stmt.value])),
      ...placeOf(stmt),
      ...aimOf(stmt),
    };
  });
  return [
    ...found.map(({ sum }) => mutable(sum, numberType, zeroOf(numberType))),
    { ...loop, body },
    ...found.map(({ sum, first }): Stmt => ({ ...first, value: variable(sum, numberType) })),
  ];
}

/** Whether the loop uses the element, or perhaps uses it, in another way than adding to it. */
function isUsedOtherwise(
  changes: Changes,
  loop: StmtOf<"for" | "while">,
  first: StmtOf<"accumulate">,
  isSame: (stmt: StmtOf<"accumulate">) => boolean,
): boolean {
  const visit = (stmt: Stmt): boolean => {
    if (stmt.kind === "accumulate" && isSame(stmt)) return changes.touches({ kind: "throw", value: stmt.value }, first);
    const inner = blocksOf(stmt);
    if (inner.length === 0 || stmt.kind === "closure") return changes.touches(stmt, first);
    const head = mapStmt(stmt, { block: () => [] });
    return changes.touches(head, first) || inner.some((block) => block.some(visit));
  };
  return visit(loop);
}
