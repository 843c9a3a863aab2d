/**
 * Variables that begin as zeros are declared where they get their first value: inside of the loop or the branch that
 * alone uses them, and without a first value that nothing reads.
 */
import type { Block, Stmt } from "../ir/types.ts";
import { blocksOf, exprsOf, implicitReads, mapStmt, mentions, someStmt } from "../ir/visit.ts";

export function declareLate(block: Block, names: ReadonlySet<string>): Block {
  let out: Block = block.map((stmt) =>
    stmt.kind === "closure" ? stmt : mapStmt(stmt, { block: (inner) => declareLate(inner, names) }),
  );
  for (const stmt of out) {
    if (stmt.kind !== "let" || !names.has(stmt.name)) continue;
    const at = out.indexOf(stmt);
    const rest = declaredIn(out.slice(at + 1), stmt);
    if (rest !== undefined) out = [...out.slice(0, at), ...rest];
  }
  return out;
}

type Let = Extract<Stmt, { kind: "let" }>;

/** The block with the declaration where the variable is set first, if whatever it was before is never read. */
function declaredIn(block: Block, declaration: Let): Block | undefined {
  const { name } = declaration;
  const users = block.filter((stmt) => isUsedIn(stmt, name));
  const [first] = users;
  if (first === undefined) return block;
  const replaced = (made: Block): Block => block.flatMap((stmt) => (stmt === first ? made : [stmt]));
  if (first.kind === "assign" && first.name === name) {
    if (mentions(first.value, name)) return undefined;
    const { value, ...from } = first;
    return replaced([{ ...from, kind: "let", name, type: declaration.type, mutable: true, init: value }]);
  }
  if (ownUse(first, name)) return undefined;
  const inside = blocksOf(first).filter((inner) => inner.some((stmt) => isUsedIn(stmt, name)));
  if (users.length === 1 && inside.length === 1) {
    const [only] = inside;
    const moved = declaredIn(only!, declaration);
    return moved && replaced([mapStmt(first, { block: (inner) => (inner === only ? moved : inner) })]);
  }
  if (!isSetIn([first], name)) return undefined;
  const { init: _, ...open } = declaration;
  return replaced([open, first]);
}

/** Whether every way through the block sets the variable, and none reads it before that. */
function isSetIn(block: Block, name: string): boolean {
  const first = block.find((stmt) => isUsedIn(stmt, name));
  if (first?.kind === "assign") return first.name === name && !mentions(first.value, name);
  return first?.kind === "if" && !ownUse(first, name) && isSetIn(first.then, name) && isSetIn(first.else, name);
}

function isUsedIn(stmt: Stmt, name: string): boolean {
  return someStmt([stmt], (s) => (s.kind === "assign" && s.name === name) || ownUse(s, name));
}

/** Whether the statement itself reads the variable, nested blocks aside. */
function ownUse(stmt: Stmt, name: string): boolean {
  return (
    (stmt.kind === "pop" && stmt.target === name) ||
    implicitReads(stmt).includes(name) ||
    exprsOf(stmt).some((e) => mentions(e, name))
  );
}
