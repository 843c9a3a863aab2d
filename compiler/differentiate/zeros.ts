/** Leaves out of a reverse sweep what its literal seeds make zero: adjoints that stay 0, and all that is multiplied by them. */
import { numberType } from "../ir/build.ts";
import type { Block, Expr, Literal, Stmt } from "../ir/types.ts";
import { mapBlock, mapBlockExprs, walkBlock } from "../ir/visit.ts";
import { isLiteral, neg } from "../ir/algebra.ts";

/** The zero of a seed, told apart from zeros of the user's: only what comes of it is folded. */
export const seedOfZero: Literal = { kind: "literal", value: 0, type: numberType };

/** `adjoints`: the variables that the sweep declares. */
export function dropZeros(block: Block, adjoints: ReadonlySet<string>): Block {
  let current = block;
  for (;;) {
    const zero = zerosOf(current, adjoints);
    const next = folded(current, zero);
    if (next === current) return current;
    current = next;
  }
}

/** Number variables that begin as 0 and to which nothing but 0 is ever added. */
function zerosOf(block: Block, adjoints: ReadonlySet<string>): Set<string> {
  const zero = new Set<string>();
  walkBlock(block, (stmt) => {
    if (
      stmt.kind === "let" &&
      stmt.type.kind === "number" &&
      adjoints.has(stmt.name) &&
      stmt.init !== undefined &&
      isLiteral(stmt.init, 0)
    )
      zero.add(stmt.name);
  });
  walkBlock(block, (stmt) => {
    if (stmt.kind === "assign" && zero.has(stmt.name) && !isLiteral(stmt.value, 0)) zero.delete(stmt.name);
    if (stmt.kind === "pop") zero.delete(stmt.target);
  });
  return zero;
}

function folded(block: Block, zero: ReadonlySet<string>): Block {
  const isZero = (e: Expr): boolean => e.kind === "var" && zero.has(e.name);
  const simplified = mapBlockExprs(block, (e) => {
    if (isZero(e)) return seedOfZero;
    return e.kind === "op" && e.args.includes(seedOfZero) ? withZero(e) : e;
  });
  return mapBlock(simplified, (stmt): Stmt | Stmt[] => {
    if (stmt.kind === "let" && zero.has(stmt.name)) return [];
    if (stmt.kind === "assign" && zero.has(stmt.name)) return [];
    if (stmt.kind === "accumulate" && stmt.value === seedOfZero) return [];
    if (stmt.kind === "assign" && stmt.value.kind === "var" && stmt.value.name === stmt.name) return [];
    return stmt;
  });
}

function withZero(e: Extract<Expr, { kind: "op" }>): Expr {
  if (e.type.kind !== "number") return e;
  const [a, b] = e.args;
  if (a === undefined) return e;
  if (e.op === "neg") return seedOfZero;
  if (b === undefined) return e;
  switch (e.op) {
    case "mul":
      return seedOfZero;
    case "div":
      return a === seedOfZero ? a : e;
    case "add":
      return a === seedOfZero ? b : a;
    case "sub":
      return a === seedOfZero ? neg(b) : a;
    default:
      return e;
  }
}
