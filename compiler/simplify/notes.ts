/** Turns the notes of statements into comments: one above each run of statements with the same note. */
import { sourceOf } from "../ir/build.ts";
import type { Block, Func, Stmt } from "../ir/types.ts";
import { mapStmt } from "../ir/visit.ts";

export function placeNotes(func: Func): Func {
  return { ...func, body: inBlock(func.body, undefined) };
}

function inBlock(block: Block, around: string | undefined): Block {
  const out: Stmt[] = [];
  let last = around;
  for (const [i, stmt] of block.entries()) {
    if (stmt.note !== undefined && stmt.note !== last)
      out.push({ kind: "comment", text: stmt.note, heads: runFrom(block, i).map(sourceOf) });
    last = stmt.note ?? around;
    const { note, ...rest } = stmt;
    out.push(mapStmt(rest, { block: (inner) => inBlock(inner, note) }));
  }
  return out;
}

/** The statements from a place on that have the note of the first. */
function runFrom(block: Block, from: number): Block {
  const to = block.findIndex((stmt, k) => k > from && stmt.note !== block[from]!.note);
  return block.slice(from, to === -1 ? undefined : to);
}
