/** Indices that run along an array with the counter of a loop: what one iteration visits, another visits again. */
import { int, intType, op, variable } from "../ir/build.ts";
import type { Expr, ForStmt } from "../ir/types.ts";
import { mapExpr, mentions } from "../ir/visit.ts";
import { addTerms, type Changes } from "./changes.ts";

/** The counter, plus what does not change in the loop, plus a whole number. */
export interface Running {
  /** What does not change, as a key. */
  readonly base: string;
  readonly offset: number;
}

export function runningIndex(changes: Changes, loop: ForStmt, index: Expr): Running | undefined {
  const terms = new Map<string, number>();
  addTerms(index, 1, terms);
  const counter = JSON.stringify(variable(loop.name, intType));
  const offset = terms.get("") ?? 0;
  if (terms.get(counter) !== 1 || !Number.isInteger(offset)) return undefined;
  const others = [...terms].filter(([term, count]) => term !== "" && term !== counter && count !== 0);
  const isFixed = (expr: Expr): boolean => !mentions(expr, loop.name) && !changes.changedIn(loop.body, expr);
  if (!others.every(([term]) => isFixed(JSON.parse(term) as Expr))) return undefined;
  return { base: JSON.stringify(others.sort()), offset };
}

/** More variables than this would not stay in registers. */
export const longestChain = 4;

/**
 * Those whose indices follow each other by the step of the loop, the one that comes to an element last in front: its
 * element was the next one's in the iteration before. Of those at one place only the first counts.
 */
export function chainsOf<T extends { readonly at: Running }>(step: number, all: readonly T[]): T[][] {
  const sorted = [...all].sort((a, b) =>
    a.at.base < b.at.base ? -1 : a.at.base > b.at.base ? 1 : (a.at.offset - b.at.offset) * step,
  );
  const chains: T[][] = [];
  for (const each of sorted) {
    const last = chains.at(-1)?.at(-1);
    const isNear = last?.at.base === each.at.base;
    if (isNear && each.at.offset === last.at.offset) continue;
    if (isNear && each.at.offset === last.at.offset + step) chains.at(-1)!.push(each);
    else chains.push([each]);
  }
  return chains.filter((chain) => chain.length > 1);
}

/** The index where the counter is `start`, its whole numbers in one. */
export function indexAt(index: Expr, loop: ForStmt, start: Expr): Expr {
  return mapExpr(index, (e) => {
    if (e.kind === "var" && e.name === loop.name) return start;
    const [left, right] = e.kind === "op" ? e.args : [];
    if (e.kind !== "op" || left === undefined || right?.kind !== "literal") return e;
    if (e.op === "add") return moved(left, Number(right.value));
    return e.op === "sub" ? moved(left, -Number(right.value)) : e;
  });
}

/** `index + by`, for whole numbers. */
export function moved(index: Expr, by: number): Expr {
  if (by === 0) return index;
  if (index.kind === "literal") return int(Number(index.value) + by);
  const [left, right] = index.kind === "op" ? index.args : [];
  if (index.kind === "op" && left !== undefined && right?.kind === "literal" && Number.isInteger(right.value)) {
    if (index.op === "add") return moved(left, Number(right.value) + by);
    if (index.op === "sub") return moved(left, by - Number(right.value));
  }
  return op(by > 0 ? "add" : "sub", [index, int(Math.abs(by))], index.type);
}
