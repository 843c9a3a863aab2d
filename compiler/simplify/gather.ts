/**
 * Adjoints of variables as one would write them by hand. What is taken, cleared and given back stays where it is:
 * `const t = xBar; xBar = 0; yBar += t; xBar += t` is `yBar += xBar`. What is added in several steps is added in one:
 * `xBar += a; …; xBar += b` is `…; xBar += a + b`. Only statements of adjoints are merged, since the sums come out
 * in another order.
 */
import { add, isLiteral, neg, sum } from "../ir/algebra.ts";
import { isName } from "../ir/ask.ts";
import { aimOf, variable } from "../ir/build.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, blocksOf, childrenOf, mapBlockExprs, mapStmt, mentions, someStmt } from "../ir/visit.ts";
import { changesOf, type Changes } from "./changes.ts";
import { quoting } from "./merge.ts";
import { mentionsInStmt } from "./mentions.ts";

/** A sum of more leaves than this is no longer read at a glance. */
const longest = 16;

export function gatherAdjoints(func: Func, isMade: (name: string) => boolean): Func {
  const changes = changesOf(func);
  const visit = (block: Block): Block => {
    let out: Block = block.map((stmt) => (blocksOf(stmt).length > 0 ? mapStmt(stmt, { block: visit }) : stmt));
    for (let i = 0; i < out.length; i++) {
      const gathered =
        gather(changes, out, i) ?? withoutReturn(out, i) ?? withoutCopy(out, i, isMade) ?? withOwnInFront(out, i);
      if (gathered === undefined) continue;
      out = gathered;
      // What stood before may go on from here.
      i = Math.max(-1, i - 2);
    }
    return out.length === block.length && out.every((stmt, i) => stmt === block[i]) ? block : out;
  };
  const body = visit(func.body);
  return body === func.body ? func : { ...func, body };
}

/** What a statement gives a variable: a value, something more (`isMore`), or nothing at all (it is cleared). */
interface Given {
  readonly name: string;
  readonly value: Expr | undefined;
  readonly isMore?: true;
}

/** The block with what is given to a variable at `i`, and what is added to it next, as one statement. */
function gather(changes: Changes, block: Block, i: number): Block | undefined {
  const first = block[i]!;
  const given = givenBy(first);
  if (given === undefined) return undefined;
  const j = block.findIndex((stmt, k) => k > i && mentionsInStmt(stmt, given.name));
  const second = block[j];
  const more = second && addedBy(second);
  if (second === undefined || more?.value === undefined || more.name !== given.name) return undefined;
  const [before, between, after] = [block.slice(0, i), block.slice(i + 1, j), block.slice(j + 1)];
  if (given.value === undefined)
    return [...before, ...between, { ...second, kind: "assign", name: more.name, value: more.value }, ...after];
  const total = sum([...termsOf(given.value), ...termsOf(more.value)]);
  if (leaves(total) > longest) return undefined;
  const value = given.isMore === true ? add(variable(given.name, total.type), total) : total;
  const merged: Stmt =
    first.kind === "let" ? { ...first, init: value } : { ...first, kind: "assign", name: given.name, value };
  const notes = [first.note, second.note].map((note) => note ?? "") as [string, string];
  if (!between.some((stmt) => changes.changed(stmt, given.value!)))
    return quoting(notes[0], [...before, ...between, { ...merged, ...aimOf(second) }, ...after], j - 1);
  if (between.some((stmt) => changes.changed(stmt, more.value!))) return undefined;
  return quoting(notes[1], [...before, merged, ...between, ...after], i);
}

function givenBy(stmt: Stmt): Given | undefined {
  if (stmt.note === undefined) return undefined;
  if (stmt.kind === "let" && stmt.mutable && stmt.type.kind === "number" && stmt.init !== undefined)
    return { name: stmt.name, value: stmt.init };
  if (stmt.kind === "assign" && isLiteral(stmt.value, 0)) return { name: stmt.name, value: undefined };
  const more = addedBy(stmt);
  if (more !== undefined || stmt.kind !== "assign" || stmt.value.type.kind !== "number") return more;
  return { name: stmt.name, value: stmt.value };
}

/** `x = x + e`, `x = x - e` */
function addedBy(stmt: Stmt): Given | undefined {
  if (stmt.note === undefined || stmt.kind !== "assign" || stmt.value.kind !== "op") return undefined;
  const { name, value } = stmt;
  if (value.type.kind !== "number") return undefined;
  const [own, other] = value.args;
  if (own === undefined || other === undefined || !isName(own, name) || mentions(other, name)) return undefined;
  if (value.op === "add") return { name, value: other, isMore: true };
  return value.op === "sub" ? { name, value: neg(other), isMore: true } : undefined;
}

function termsOf(expr: Expr): Expr[] {
  if (expr.kind !== "op" || (expr.op !== "add" && expr.op !== "sub")) return [expr];
  const [left, right] = expr.args;
  const others = termsOf(right!);
  return [...termsOf(left!), ...(expr.op === "add" ? others : others.map(neg))];
}

function leaves(expr: Expr): number {
  const parts = childrenOf(expr);
  return parts.length === 0 ? 1 : parts.reduce((n, part) => n + leaves(part), 0);
}

/** `const t = x; …; x = t` gives back what is there. */
function withoutReturn(block: Block, i: number): Block | undefined {
  const back = block[i]!;
  if (back.kind !== "assign" || back.value.kind !== "var") return undefined;
  const { name, value } = back;
  const from = block.findLastIndex((stmt, k) => k < i && stmt.kind === "let" && stmt.name === value.name);
  const taken = block[from];
  if (taken?.kind !== "let" || taken.mutable || taken.init === undefined || !isName(taken.init, name)) return undefined;
  if (assignedVariables(block.slice(from, i)).has(name)) return undefined;
  return [...block.slice(0, i), ...block.slice(i + 1)];
}

/** `const t = x`, where x stays what it is as long as t is used. */
function withoutCopy(block: Block, i: number, isMade: (name: string) => boolean): Block | undefined {
  const copy = block[i]!;
  if (copy.kind !== "let" || copy.mutable || copy.type.kind !== "number" || !isMade(copy.name)) return undefined;
  const source = copy.init;
  if (source?.kind !== "var" || source.type.kind !== "number") return undefined;
  // One that nothing uses any more goes too.
  const last = Math.max(
    i,
    block.findLastIndex((stmt) => mentionsInStmt(stmt, copy.name)),
  );
  const users = block.slice(i + 1, last + 1);
  if (someStmt(users, (stmt) => stmt.kind === "closure")) return undefined;
  // The last one may assign it, once it has read it.
  const isLastPlain = users.at(-1)?.kind === "assign";
  if (assignedVariables(isLastPlain ? users.slice(0, -1) : users).has(source.name)) return undefined;
  const replaced = mapBlockExprs(users, (e) => (isName(e, copy.name) ? source : e));
  return [...block.slice(0, i), ...replaced, ...block.slice(last + 1)];
}

/** `x = x + a - b` is `x += a - b`. */
function withOwnInFront(block: Block, i: number): Block | undefined {
  const stmt = block[i]!;
  if (stmt.kind !== "assign" || stmt.note === undefined || stmt.value.type.kind !== "number") return undefined;
  if (addedBy(stmt) !== undefined) return undefined;
  const terms = termsOf(stmt.value);
  const own = terms.findIndex((term) => isName(term, stmt.name));
  const others = terms.filter((_, k) => k !== own);
  if (own < 0 || others.length === 0 || others.some((term) => mentions(term, stmt.name))) return undefined;
  const value = add(variable(stmt.name, stmt.value.type), sum(others));
  return [...block.slice(0, i), { ...stmt, value }, ...block.slice(i + 1)];
}
