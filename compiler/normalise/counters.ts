/**
 * `let k = 0; while (k < n) { …; k = k + 1 }` is a counted loop, if k is nothing else: then its reverse needs
 * no record of how often it ran.
 */
import { placeOf } from "../ir/build.ts";
import type { Block, Expr, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, collectStmts, exprsOf, freeVariables, mapStmt, someExpr, walkBlock } from "../ir/visit.ts";

export function countedWhiles(func: Func): Func {
  return { ...func, body: inBlock(func.body, func.body) };
}

function inBlock(block: Block, whole: Block): Block {
  let out: Block = block.map((stmt) =>
    stmt.kind === "closure" ? stmt : mapStmt(stmt, { block: (inner) => inBlock(inner, whole) }),
  );
  for (const stmt of out) {
    if (stmt.kind !== "while") continue;
    const start = out.find((s) => s.kind === "let" && s.name === counterOf(stmt));
    const loop = start?.kind === "let" ? counted(stmt, start, whole) : undefined;
    if (loop !== undefined) out = out.flatMap((s) => (s === start ? [] : s === stmt ? [loop] : [s]));
  }
  return out;
}

type While = Extract<Stmt, { kind: "while" }>;
type Let = Extract<Stmt, { kind: "let" }>;

/** The k of `while (k < bound)`. */
function counterOf({ test }: While): string | undefined {
  if (test.kind !== "op" || !["lt", "le", "gt", "ge"].includes(test.op)) return undefined;
  const left = test.args[0];
  return left?.kind === "var" ? left.name : undefined;
}

function counted(stmt: While, start: Let, whole: Block): Stmt | undefined {
  const { test, exit } = stmt;
  if (exit !== undefined || test.kind !== "op" || start.init?.kind !== "literal" || !Number.isInteger(start.init.value))
    return undefined;
  const [counter, bound] = test.args;
  const last = stmt.body.at(-1);
  if (counter?.kind !== "var" || bound === undefined || last?.kind !== "assign" || last.name !== counter.name)
    return undefined;
  const step = stepOf(last.value, counter.name);
  const up = test.op === "lt" || test.op === "le";
  if (step === undefined || (up ? step <= 0 : step >= 0)) return undefined;
  if (!isFixed(bound, stmt.body) || !isOnlyHere(counter.name, stmt, start, whole)) return undefined;
  const { checkpoint } = stmt;
  return {
    kind: "for",
    name: counter.name,
    start: start.init,
    compare: test.op as "lt" | "le" | "gt" | "ge",
    bound,
    step,
    body: stmt.body.slice(0, -1),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...placeOf(stmt),
  };
}

function stepOf(value: Expr, name: string): number | undefined {
  if (value.kind !== "op" || (value.op !== "add" && value.op !== "sub")) return undefined;
  const [left, right] = value.args;
  if (left?.kind !== "var" || left.name !== name || right?.kind !== "literal" || !Number.isInteger(right.value))
    return undefined;
  return value.op === "add" ? Number(right.value) : -Number(right.value);
}

/** A bound of numbers that the body does not assign. */
function isFixed(bound: Expr, body: Block): boolean {
  if (someExpr(bound, (e) => e.kind === "index" || (e.kind === "length" && e.array.type.kind !== "typed")))
    return false;
  const assigned = assignedVariables(body);
  return [...freeVariables(bound)].every((name) => !assigned.has(name));
}

/** Whether the counter is assigned at the loop's end alone, and used in the loop alone. */
function isOnlyHere(name: string, loop: While, start: Let, whole: Block): boolean {
  if (collectStmts(whole, "assign").filter((s) => s.name === name).length !== 1) return false;
  let outside = false;
  walkBlock(whole, (stmt) => {
    if (stmt === start) return true;
    if (stmt.kind === "while" && stmt.quote === loop.quote && sameLoop(stmt, loop)) return false;
    if (exprsOf(stmt).some((e) => freeVariables(e).has(name))) outside = true;
    return true;
  });
  return !outside;
}

function sameLoop(a: While, b: While): boolean {
  return a === b || JSON.stringify(a.test) === JSON.stringify(b.test);
}
