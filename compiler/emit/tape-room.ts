/** Constants that only said how much room a tape needs: an array that grows, and a variable, need none. */
import type { Block, Expr, Stmt } from "../ir/types.ts";
import { collectStmts, freeVariables, mapBlock, readNames } from "../ir/visit.ts";

/** Drops what `before` reads for the room of tapes only, and the tapes in `after`, which has storage for them, do not read. */
export function withoutRoom(before: Block, after: Block): Block {
  const asked = collectStmts(before, "let").flatMap(({ init }) => [...roomOf(init)]);
  if (asked.length === 0) return after;
  return withoutIdle(mapBlock(after, withoutCapacity), asked);
}

/** A tape that is left is an array with `push` and `pop`. */
function withoutCapacity(stmt: Stmt): Stmt {
  if (stmt.kind !== "let" || stmt.init?.kind !== "newTape" || stmt.init.capacity === undefined) return stmt;
  return { ...stmt, init: { kind: "newTape", type: stmt.init.type } };
}

function withoutIdle(block: Block, names: readonly string[]): Block {
  const read = readNames(block);
  const idle = new Set(names.filter((name) => !read.has(name)));
  const next: string[] = [];
  const kept = mapBlock(block, (stmt): Stmt | Block => {
    if (stmt.kind !== "let" || stmt.mutable || !idle.has(stmt.name)) return stmt;
    if (stmt.init) next.push(...freeVariables(stmt.init));
    return [];
  });
  return next.length === 0 ? kept : withoutIdle(kept, next);
}

const roomOf = (init: Expr | undefined): ReadonlySet<string> =>
  init?.kind === "newTape" && init.capacity ? freeVariables(init.capacity) : new Set();
