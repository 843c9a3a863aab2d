/** Turns the notes of statements into comments: one above each run of statements with the same note. */
import type { Block, Func, Stmt } from "../ir/types.ts";
import { mapStmt } from "../ir/visit.ts";

export function placeNotes(func: Func): Func {
  return { ...func, body: inBlock(func.body, undefined) };
}

function inBlock(block: Block, around: string | undefined): Block {
  const out: Stmt[] = [];
  let last = around;
  for (const stmt of block) {
    if (stmt.note !== undefined && stmt.note !== last) out.push({ kind: "comment", text: stmt.note });
    last = stmt.note ?? around;
    const { note, ...rest } = stmt;
    out.push(mapStmt(rest, { block: (inner) => inBlock(inner, note) }));
  }
  return out;
}
