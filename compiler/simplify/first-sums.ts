/**
 * What is added to an element of a new array of zeros for the first time is stored: `xBar[i] += a` is `xBar[i] = a`. In
 * a loop each iteration has to go to another element, and what else the loop does with the array has to come later.
 */
import { analyseIntegers, type Integers } from "../analyse/integers.ts";
import { int, intType, variable } from "../ir/build.ts";
import type { Block, Expr, ForStmt, Func, Stmt } from "../ir/types.ts";
import { assignedVariables, blocksOf, collectStmts, mapStmt, sameExpr, substitute } from "../ir/visit.ts";
import { walkBlock, type StmtOf } from "../ir/visit.ts";
import { addTerms, changesOf, isAnother, type Changes } from "./changes.ts";
import { moved, runningIndex } from "./running.ts";
import { usesOf, type Use } from "./uses.ts";

export function storeFirstSums(func: Func): Func {
  if (collectStmts(func.body, "accumulate").length === 0) return func;
  const constants = new Map<string, Expr>();
  walkBlock(func.body, (stmt) => {
    if (stmt.kind === "let" && !stmt.mutable && stmt.init !== undefined) constants.set(stmt.name, stmt.init);
  });
  const context: Context = {
    changes: changesOf(func),
    integers: analyseIntegers(func),
    assigned: assignedVariables(func.body),
    constants,
  };
  const found = new Set<Stmt>();
  const visit = (block: Block): void => {
    for (const [i, stmt] of block.entries()) {
      if (stmt.kind === "let" && isNewZeros(stmt) && !context.assigned.has(stmt.name)) {
        firstSums(context, stmt, block.slice(i + 1)).forEach((sum) => found.add(sum));
      }
      blocksOf(stmt).forEach(visit);
    }
  };
  visit(func.body);
  return found.size === 0 ? func : { ...func, body: stored(func.body, found) };
}

interface Context {
  readonly changes: Changes;
  readonly integers: Integers;
  readonly assigned: ReadonlySet<string>;
  readonly constants: ReadonlyMap<string, Expr>;
}

type Sum = StmtOf<"accumulate">;

function stored(block: Block, found: ReadonlySet<Stmt>): Block {
  return block.map((stmt) =>
    stmt.kind === "accumulate" && found.has(stmt)
      ? { ...stmt, kind: "store" }
      : mapStmt(stmt, { block: (inner) => stored(inner, found) }),
  );
}

function isNewZeros({ type, init }: StmtOf<"let">): boolean {
  return type.kind === "typed" && (init?.kind === "zeros" || init?.kind === "zerosLike");
}

/** The sums behind the declaration that come first to their elements. */
function firstSums(context: Context, { name, type }: StmtOf<"let">, rest: Block): Sum[] {
  const { changes } = context;
  const array = variable(name, type);
  const memory = changes.aliasing.classOf(array);
  const uses = (stmt: Stmt): Use[] => allUses(changes, stmt, memory);
  const found: Sum[] = [];
  const seen: Use[] = [];
  for (const stmt of rest) {
    // Where an index that was used means another element now, it tells nothing of those that follow.
    if (seen.some(({ index }) => index !== undefined && changes.changed(stmt, index))) return found;
    const own = uses(stmt);
    if (own.length === 0) continue;
    if (stmt.kind === "for")
      return seen.length === 0 ? [...found, ...firstInLoop(context, stmt, array, memory)] : found;
    if (stmt.kind !== "let" && stmt.kind !== "assign" && stmt.kind !== "store" && stmt.kind !== "accumulate")
      return found;
    if (own.some(({ index }) => index === undefined)) return found;
    // It adds to the array, and the element itself is the only one that it looks at.
    const isSum = stmt.kind === "accumulate" && sameExpr(stmt.array, array) && own.length === 1;
    if (isSum && seen.every((use) => isApart(use, stmt, array))) found.push(stmt);
    seen.push(...own);
  }
  return found;
}

function isApart({ array, index }: Use, sum: Sum, own: Expr): boolean {
  return index !== undefined && sameExpr(sum.array, own) && isAnother({ array, index }, sum);
}

function allUses(changes: Changes, stmt: Stmt, memory: number): Use[] {
  const found = usesOf(changes, stmt, memory);
  for (const block of blocksOf(stmt)) for (const inner of block) found.push(...allUses(changes, inner, memory));
  return found;
}

/** The sums of a loop in front of which nothing looked at the array. */
function firstInLoop(context: Context, loop: ForStmt, array: Expr, memory: number): Sum[] {
  const { changes } = context;
  const candidates = sumsIn(loop.body).filter((sum) => sameExpr(sum.array, array));
  const all = loop.body.flatMap((stmt) => placed(changes, stmt, memory));
  const isFirst = (sum: Sum): boolean => {
    const at = runningIndex(changes, loop, sum.index);
    if (at === undefined) return false;
    const place = all.findIndex(({ stmt }) => stmt === sum);
    return all.every(({ use, stmt }, k) => {
      if (stmt === sum) return k === place;
      const other = use.index === undefined ? undefined : runningIndex(changes, loop, use.index);
      if (other === undefined || !sameExpr(use.array, array) || other.base !== at.base) return false;
      const ahead = (other.offset - at.offset) * loop.step;
      return ahead < 0 || (ahead === 0 && k > place);
    });
  };
  const found = candidates.filter(isFirst);
  if (found.length > 0 || all.length !== 1) return found;
  // One sum in a loop in the loop, over the rows of a matrix and the columns.
  return loop.body.flatMap((inner) => {
    if (inner.kind !== "for") return [];
    return sumsIn(inner.body).filter((sum) => sum === all[0]!.stmt && isRowByRow(context, loop, inner, sum));
  });
}

/** The sums that an iteration makes at most once. */
function sumsIn(block: Block): Sum[] {
  return block.flatMap((stmt) => {
    if (stmt.kind === "if") return [...sumsIn(stmt.then), ...sumsIn(stmt.else)];
    return stmt.kind === "accumulate" ? [stmt] : [];
  });
}

/** The uses of an array with the statements that make them, in order. */
function placed(changes: Changes, stmt: Stmt, memory: number): { readonly use: Use; readonly stmt: Stmt }[] {
  return [
    ...usesOf(changes, stmt, memory).map((use) => ({ use, stmt })),
    ...blocksOf(stmt).flatMap((block) => block.flatMap((inner) => placed(changes, inner, memory))),
  ];
}

/** Whether `i * n + j` goes to each element once: j runs through whole numbers from 0 to below n. */
function isRowByRow(context: Context, rows: ForStmt, columns: ForStmt, sum: Sum): boolean {
  const { changes, integers, constants } = context;
  const terms = new Map<string, number>();
  addTerms(substitute(sum.index, new Map([...constants].filter(([, value]) => isProduct(value)))), 1, terms);
  const counted = [...terms].filter(([, count]) => count !== 0).map(([term, count]) => ({ term, count }));
  const column = JSON.stringify(variable(columns.name, intType));
  const row = counted.find(({ term }) => term !== column);
  if (counted.length !== 2 || row === undefined || counted.some(({ term, count }) => term === "" || count !== 1))
    return false;
  const product = JSON.parse(row.term) as Expr;
  if (!isProduct(product)) return false;
  const width = product.args.find((arg) => !(arg.kind === "var" && arg.name === rows.name));
  const isOfRow = product.args.some((arg) => arg.kind === "var" && arg.name === rows.name);
  if (width === undefined || !isOfRow || !integers.isInteger(width) || changes.changedIn([rows], width)) return false;
  const zero = int(0);
  return columns.step > 0
    ? sameExpr(columns.start, zero) && columns.compare === "lt" && sameExpr(columns.bound, width)
    : columns.compare === "ge" && sameExpr(columns.bound, zero) && sameExpr(columns.start, moved(width, -1));
}

function isProduct(e: Expr): e is Extract<Expr, { kind: "op" }> {
  return e.kind === "op" && e.op === "mul";
}
