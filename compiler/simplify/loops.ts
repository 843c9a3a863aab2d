/** Puts other statements in the place of loops. */
import type { Block, ForStmt, Func, Stmt } from "../ir/types.ts";
import { mapStmt } from "../ir/visit.ts";

/**
 * Each `for` loop as `replace` makes it of the loop and those around it, and then the loops in what was made. Where
 * nothing changes, the function is the same one.
 */
export function replaceLoops(
  func: Func,
  replace: (loop: ForStmt, around: readonly ForStmt[]) => readonly Stmt[],
): Func {
  const visit = (block: Block, around: readonly ForStmt[]): Block => {
    let changed = false;
    const out = block.flatMap((stmt) => {
      const inner = stmt.kind === "for" ? [...around, stmt] : stmt.kind === "closure" ? [] : around;
      const made = stmt.kind === "for" ? replace(stmt, around) : [stmt];
      const next = made.map((each) => mapStmt(each, { block: (body) => visit(body, inner) }));
      changed ||= next.length !== 1 || next[0] !== stmt;
      return next;
    });
    return changed ? out : block;
  };
  const body = visit(func.body, []);
  return body === func.body ? func : { ...func, body };
}
