/**
 * Removes assignments of scalars that nothing reads afterwards: a backward flow over the structure. What is taken off
 * a tape in vain goes to a name of its own, so that nothing else keeps it.
 */
import { isReference } from "../ir/build.ts";
import { type Names, namesApartFrom, namesOf } from "../ir/names.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { blocksOf, exprsOf, freeVariables, implicitReads } from "../ir/visit.ts";

export function dropDeadAssignments(func: Func): Func {
  return { ...func, body: backward(namesApartFrom(namesOf(func)), func.body, new Set()).block };
}

/** Whether what is assigned is what the variable has. */
const isSame = (value: Expr, name: string): boolean => value.kind === "var" && value.name === name;

interface Result {
  readonly block: Block;
  readonly live: Set<string>;
}

function backward(names: Names, block: Block, after: ReadonlySet<string>): Result {
  const live = new Set(after);
  const out: Stmt[] = [];
  for (let i = block.length - 1; i >= 0; i--) {
    const stmt = backwardStmt(names, block[i]!, live);
    if (stmt !== undefined) out.push(stmt);
  }
  return { block: out.reverse(), live };
}

/** The statement without what is dead in it; `live` becomes what is live before it. */
function backwardStmt(names: Names, stmt: Stmt, live: Set<string>): Stmt | undefined {
  const read = (): void => {
    for (const expr of exprsOf(stmt)) for (const name of freeVariables(expr)) live.add(name);
    for (const name of implicitReads(stmt)) live.add(name);
  };
  switch (stmt.kind) {
    case "assign":
      if (isSame(stmt.value, stmt.name)) return undefined;
      if (!live.has(stmt.name) && !isReference(stmt.value.type)) return undefined;
      live.delete(stmt.name);
      read();
      return stmt;
    case "pop": {
      const isDead = !stmt.declare && !live.has(stmt.target);
      live.delete(stmt.target);
      read();
      return isDead ? { ...stmt, target: names.fresh("unused"), declare: true } : stmt;
    }
    case "let":
      live.delete(stmt.name);
      read();
      return stmt;
    case "if": {
      const otherwise = backward(names, stmt.else, live);
      const then = backward(names, stmt.then, live);
      live.clear();
      for (const name of [...then.live, ...otherwise.live]) live.add(name);
      read();
      return { ...stmt, then: then.block, else: otherwise.block };
    }
    case "for":
    case "while": {
      const around = new Set(live);
      read();
      for (const name of live) around.add(name);
      let body = backward(names, stmt.body, around);
      for (let size = -1; size !== around.size;) {
        size = around.size;
        body = backward(names, stmt.body, around);
        for (const name of body.live) around.add(name);
      }
      for (const name of around) live.add(name);
      return { ...stmt, body: body.block };
    }
    case "closure": {
      // It may run at any time from here on: all that it mentions is live.
      for (const name of mentioned(stmt.func.body)) live.add(name);
      const body = backward(names, stmt.func.body, new Set());
      return { ...stmt, func: { ...stmt.func, body: body.block } };
    }
    default:
      read();
      return stmt;
  }
}

function mentioned(block: Block): Set<string> {
  const names = new Set<string>();
  const visit = (b: Block): void => {
    for (const stmt of b) {
      for (const expr of exprsOf(stmt)) for (const name of freeVariables(expr)) names.add(name);
      for (const name of implicitReads(stmt)) names.add(name);
      for (const inner of blocksOf(stmt)) visit(inner);
    }
  };
  visit(block);
  return names;
}
