/**
 * Short counted loops written out, so that what they index by their counter is indexed by literals. What becomes
 * known by that is worked out here: sums and comparisons of literals, choices between branches. Nothing else is,
 * so every number stays the same bit for bit.
 */
import { evaluateOp } from "../ir/evaluate.ts";
import type { Names } from "../ir/names.ts";
import type { OpName, Block, Expr, ForStmt, Literal, Stmt } from "../ir/types.ts";
import { countStmts, declaredNames, mapBlock, mapBlockExprs, renameBlock } from "../ir/visit.ts";

/** A loop of more iterations than this stays one, and so does a nest that gives more statements. */
const mostTrips = 16;
const mostStatements = 40;

/** The whole number that an expression is, where that is known as we compile. */
export type Whole = (expr: Expr) => number | undefined;

/** The values that the counter of a loop runs through, if they are known and few. */
function tripsOf(loop: ForStmt, whole: Whole): readonly number[] | undefined {
  if (loop.exit !== undefined || loop.checkpoint !== undefined) return undefined;
  const start = whole(loop.start);
  const bound = whole(loop.bound);
  if (start === undefined || bound === undefined) return undefined;
  const values: number[] = [];
  for (let i = start; evaluateOp(loop.compare, [i, bound]) === true; i += loop.step) {
    values.push(i);
    if (values.length > mostTrips) return undefined;
  }
  return values;
}

/**
 * Writes the loops out whose counters are in `wanted`, the outermost first: by that the bounds of the inner ones may
 * become literals. Undefined where one of them cannot be, or where that gives more than so many statements.
 */
export function unroll(block: Block, wanted: ReadonlySet<string>, whole: Whole, names: Names): Block | undefined {
  const counters = new Set(wanted);
  let fits = true;
  const inBlock = (stmts: Block): Block =>
    stmts.flatMap((stmt): Block => {
      if (stmt.kind === "closure") return [stmt];
      if (stmt.kind !== "for" || !counters.has(stmt.name)) return [inside(stmt)];
      const values = fits ? tripsOf(stmt, whole) : undefined;
      if (values === undefined) {
        fits = false;
        return [stmt];
      }
      const out = values.flatMap((value, k) => inBlock(iteration(stmt, value, k > 0, names, counters)));
      if (countStmts(out) > mostStatements) fits = false;
      return out;
    });
  const inside = (stmt: Stmt): Stmt => mapNested(stmt, inBlock);
  const out = inBlock(block);
  return fits ? out : undefined;
}

function mapNested(stmt: Stmt, f: (block: Block) => Block): Stmt {
  switch (stmt.kind) {
    case "if":
      return { ...stmt, then: f(stmt.then), else: f(stmt.else) };
    case "for":
    case "while":
      return { ...stmt, body: f(stmt.body) };
    default:
      return stmt;
  }
}

/** The body of a loop for one value of its counter. What it declares gets other names in all but the first copy. */
function iteration(loop: ForStmt, value: number, again: boolean, names: Names, counters: Set<string>): Block {
  const fresh = new Map<string, string>();
  if (again) {
    for (const name of declaredNames(loop.body)) {
      const copy = names.fresh(name);
      fresh.set(name, copy);
      if (counters.has(name)) counters.add(copy);
    }
  }
  const renamed = renameBlock(loop.body, (name) => fresh.get(name) ?? name);
  const known = new Set<Expr>();
  const folded = mapBlockExprs(renamed, (e) => {
    if (e.kind === "var" && e.name === loop.name) return noted({ kind: "literal", value, type: e.type }, known);
    return e.kind === "index" ? { ...e, index: withoutZero(e.index, known) } : fold(e, known);
  });
  return mapBlock(folded, (stmt) => {
    if (stmt.kind === "store" || stmt.kind === "accumulate") return { ...stmt, index: withoutZero(stmt.index, known) };
    if (stmt.kind !== "if" || stmt.test.kind !== "literal" || !known.has(stmt.test)) return stmt;
    return stmt.test.value === true ? stmt.then : stmt.else;
  });
}

/** Of a place in an array, `i + 0` is i. */
function withoutZero(e: Expr, known: ReadonlySet<Expr>): Expr {
  if (e.kind !== "op" || (e.op !== "add" && e.op !== "sub")) return e;
  const [left, right] = e.args;
  const isZero = (arg: Expr | undefined): boolean => arg?.kind === "literal" && arg.value === 0 && known.has(arg);
  if (isZero(right)) return left!;
  return e.op === "add" && isZero(left) ? right! : e;
}

function noted(literal: Literal, known: Set<Expr>): Literal {
  known.add(literal);
  return literal;
}

/** Operations whose results are the same on every machine. */
const exact = new Set<OpName>([
  "add",
  "sub",
  "mul",
  "mod",
  "lt",
  "le",
  "gt",
  "ge",
  "eq",
  "ne",
  "not",
  "floor",
  "trunc",
]);

/** An expression of literals, one of which stands for a counter. */
function fold(e: Expr, known: Set<Expr>): Expr {
  if (e.kind === "select" && e.test.kind === "literal" && known.has(e.test))
    return e.test.value === true ? e.yes : e.no;
  if (e.kind === "logic" && e.left.kind === "literal" && known.has(e.left))
    return (e.left.value === true) === (e.op === "&&") ? e.right : e.left;
  if (e.kind !== "op" || !exact.has(e.op) || !e.args.some((arg) => known.has(arg))) return e;
  const values = e.args.map((arg) => (arg.kind === "literal" ? arg.value : undefined));
  if (!values.every((v) => typeof v === "number" || typeof v === "boolean")) return e;
  const value = evaluateOp(e.op, values) as number | boolean;
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) return e;
  return noted({ kind: "literal", value, type: e.type }, known);
}
