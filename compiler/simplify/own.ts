/**
 * A loop that runs again has some statements in several places. Passes that note something of a statement have to tell
 * these apart, so each place gets a statement of its own.
 */
import type { Func, Stmt } from "../ir/types.ts";
import { mapBlock } from "../ir/visit.ts";

export function withOwnStatements(func: Func): Func {
  const seen = new Set<Stmt>();
  const body = mapBlock(func.body, (stmt) => {
    if (seen.has(stmt)) return { ...stmt };
    seen.add(stmt);
    return stmt;
  });
  return body === func.body ? func : { ...func, body };
}
