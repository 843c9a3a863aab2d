/**
 * Takes an adjoint out of a sum of which it is a factor: `xBar = xBar * a - xBar * b` waits for two operations on
 * `xBar` in each iteration, `xBar *= a - b` for one. Only in statements of adjoints, since it rounds otherwise.
 */
import { num, op } from "../ir/build.ts";
import { factorsOf, isLiteral } from "../ir/algebra.ts";
import type { Expr, Func } from "../ir/types.ts";
import { mapBlock, mapExpr, mapStmt, sameExpr } from "../ir/visit.ts";

export function takeOutFactors(func: Func, isMade: (name: string) => boolean): Func {
  const body = mapBlock(func.body, (stmt) => {
    if (stmt.note === undefined) return stmt;
    const target = stmt.kind === "assign" ? stmt.name : undefined;
    return mapStmt(stmt, { expr: (e) => mapExpr(e, (inner) => factored(inner, isMade, target)) });
  });
  return body === func.body ? func : { ...func, body };
}

interface Term {
  readonly isNegative: boolean;
  readonly factors: readonly Expr[];
}

function factored(e: Expr, isMade: (name: string) => boolean, target: string | undefined): Expr {
  if (e.kind !== "op" || (e.op !== "add" && e.op !== "sub") || e.type.kind !== "number") return e;
  const terms = termsOf(e, false);
  const [first, ...others] = terms;
  if (first === undefined) return e;
  const common: Expr[] = [];
  for (const factor of first.factors) {
    const count = (list: readonly Expr[]): number => list.filter((f) => sameExpr(f, factor)).length;
    if (others.every((term) => count(term.factors) > count(common))) common.push(factor);
  }
  if (!common.some((factor) => factor.kind === "var" && isMade(factor.name))) return e;
  const [head, ...rest] = terms.map((term): Term => ({ ...term, factors: without(term.factors, common) }));
  const sum = rest.reduce(
    (all, term) => {
      const part = product(term.factors);
      if (isLiteral(all, 1) && isLiteral(part, 1) && !term.isNegative) return num(2);
      return op(term.isNegative ? "sub" : "add", [all, part]);
    },
    head!.isNegative ? op("neg", [product(head!.factors)]) : product(head!.factors),
  );
  // What is assigned stands in front of all the rest: nothing else waits for it.
  const own = common.findIndex((factor) => factor.kind === "var" && factor.name === target);
  if (own === -1) return product([...common, sum]);
  return op("mul", [common[own]!, product([...common.filter((_, k) => k !== own), sum])]);
}

function termsOf(e: Expr, isNegative: boolean): Term[] {
  if (e.kind === "op" && (e.op === "add" || e.op === "sub")) {
    const [left, right] = e.args;
    return [...termsOf(left!, isNegative), ...termsOf(right!, isNegative !== (e.op === "sub"))];
  }
  if (e.kind === "op" && e.op === "neg") return termsOf(e.args[0]!, !isNegative);
  return [{ isNegative, factors: factorsOf(e) }];
}

function without(factors: readonly Expr[], taken: readonly Expr[]): Expr[] {
  const left = [...factors];
  for (const factor of taken) {
    const at = left.findIndex((f) => sameExpr(f, factor));
    if (at !== -1) left.splice(at, 1);
  }
  return left;
}

function product(factors: readonly Expr[]): Expr {
  return factors.length === 0 ? num(1) : factors.reduce((a, b) => op("mul", [a, b]));
}
