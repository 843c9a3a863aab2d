/**
 * Drops what control never reaches: what stands behind a loop that goes on for ever, or behind what always throws. A
 * loop whose condition turned out to be true may be one, and TypeScript refuses what follows it.
 */
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { mapStmt } from "../ir/visit.ts";

export function dropUnreached(func: Func): Func {
  const { block } = reached(func.body);
  return block === func.body ? func : { ...func, body: block };
}

interface Reached {
  readonly block: Block;
  /** Whether control can reach the end. */
  readonly ends: boolean;
}

function reached(block: Block): Reached {
  const out: Stmt[] = [];
  let ends = true;
  for (const stmt of block) {
    if (!ends) break;
    const own = reachedIn(stmt);
    out.push(...own.block);
    ends = own.ends;
  }
  const unchanged = out.length === block.length && out.every((stmt, i) => stmt === block[i]);
  return { block: unchanged ? block : out, ends };
}

function reachedIn(stmt: Stmt): Reached {
  if (stmt.kind === "return" || stmt.kind === "throw") return { block: [stmt], ends: false };
  let ends = false;
  const next = mapStmt(stmt, {
    block: (body) => {
      const inner = reached(body);
      ends ||= inner.ends;
      return inner.block;
    },
  });
  if (next.kind === "if") return { block: [next], ends };
  if (next.kind !== "while" || next.exit !== undefined || !isTrue(next.test)) return { block: [next], ends: true };
  // What never gets to a second round is no loop.
  return { block: ends ? [next] : next.body, ends: false };
}

const isTrue = (test: Expr): boolean => test.kind === "literal" && test.value === true;
