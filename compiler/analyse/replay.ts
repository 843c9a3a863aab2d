/**
 * What of a loop body has to run again so that its adjoints find the values that they read: a backward slice
 * by keys, with all control flow kept. A sum that no adjoint looks at is not computed a second time.
 */
import { isReference } from "../ir/build.ts";
import type { Block, Stmt } from "../ir/types.ts";
import { exprsOf, implicitReads, mapBlock, variablesDeclaredBy, walkBlock } from "../ir/visit.ts";
import type { Aliasing } from "./alias.ts";
import { readsOf, readsOfExpr, writesOfStmt, type Key } from "./effects.ts";

/** Every key that must have its value when the block runs again for the sake of `reads`. */
export function neededFor(aliasing: Aliasing, block: Block, reads: Iterable<Key>): Set<Key> {
  const needed = new Set<Key>(reads);
  for (let size = -1; size !== needed.size;) {
    size = needed.size;
    walkBlock(block, (stmt) => {
      switch (stmt.kind) {
        case "if":
        case "for":
        case "while":
          for (const expr of exprsOf(stmt)) readsOfExpr(aliasing, expr, needed);
          for (const name of implicitReads(stmt)) needed.add(name);
          break;
        default:
          if (!runsAgain(aliasing, stmt, needed)) break;
          readsOf(aliasing, [stmt], needed);
          for (const key of writesOfStmt(aliasing, stmt)) needed.add(key);
      }
    });
  }
  return needed;
}

/** The block without what nobody needs. */
export function onlyNeeded(aliasing: Aliasing, block: Block, needed: ReadonlySet<Key>): Block {
  return mapBlock(block, (stmt) => (runsAgain(aliasing, stmt, needed) ? stmt : []));
}

function runsAgain(aliasing: Aliasing, stmt: Stmt, needed: ReadonlySet<Key>): boolean {
  const writesNeeded = (): boolean => writesOfStmt(aliasing, stmt).some((key) => needed.has(key));
  switch (stmt.kind) {
    case "let":
      return isReference(stmt.type) || stmt.type.kind === "tape" || needed.has(stmt.name);
    case "assign":
      return needed.has(stmt.name);
    case "store":
    case "accumulate":
    case "fill":
    case "set":
    case "append":
      return writesNeeded();
    case "shrink":
    case "call":
      return writesNeeded() || variablesDeclaredBy(stmt).some(({ name }) => needed.has(name));
    case "comment":
      return false;
    default:
      return true;
  }
}

/**
 * The block as it runs again when it is known that it ran before: without effects, and without the branches
 * that end in a throw.
 */
export function withoutEffects(block: Block): Block {
  return mapBlock(block, (stmt) => {
    if (stmt.kind === "effect") return [];
    if (stmt.kind !== "if") return stmt;
    if (stmt.then.at(-1)?.kind === "throw") return stmt.else;
    if (stmt.else.at(-1)?.kind === "throw") return stmt.then;
    return stmt.then.length + stmt.else.length === 0 ? [] : stmt;
  });
}
