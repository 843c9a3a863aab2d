/**
 * Whole numbers as sums of products of names, so that `(i + 1) * n - i * n` is known to be n, and bounds of counters
 * tell which of them are never negative.
 */
import type { Block, Expr, ForStmt } from "../ir/types.ts";
import { assignedVariables, walkBlock } from "../ir/visit.ts";
import type { Integers } from "./integers.ts";

/** Coefficients of products; the names in a product are sorted and joined, those of a plain number are "". */
export type Polynomial = ReadonlyMap<string, number>;

export interface Polynomials {
  /** Undefined for what is not known to be a whole number that stays as it is. */
  of(expr: Expr): Polynomial | undefined;
  /** Whether it is never below 0 where the loops run; `positive`: names that are not. */
  isNeverNegative(p: Polynomial, loops: readonly ForStmt[], positive?: ReadonlySet<string>): boolean;
}

export function analysePolynomials(body: Block, integers: Integers): Polynomials {
  const assigned = assignedVariables(body);
  const definitions = new Map<string, Expr>();
  walkBlock(body, (stmt) => {
    if (stmt.kind === "let" && stmt.init !== undefined && !assigned.has(stmt.name))
      definitions.set(stmt.name, stmt.init);
  });

  const of = (expr: Expr): Polynomial | undefined => {
    switch (expr.kind) {
      case "literal":
        return Number.isInteger(expr.value) ? plain(Number(expr.value)) : undefined;
      case "constant":
        return Number.isInteger(expr.value) ? plain(expr.value!) : undefined;
      case "var": {
        if (assigned.has(expr.name) || !integers.isInteger(expr)) return undefined;
        const init = definitions.get(expr.name);
        return (init && of(init)) ?? new Map([[expr.name, 1]]);
      }
      case "length":
        return expr.array.kind === "var" && expr.array.type.kind === "typed" && !assigned.has(expr.array.name)
          ? new Map([[lengthName(expr.array.name), 1]])
          : undefined;
      case "op": {
        const [a, b] = expr.args.map(of);
        if (a === undefined || b === undefined) return undefined;
        if (expr.op === "add") return plus(a, b);
        if (expr.op === "sub") return minus(a, b);
        return expr.op === "mul" ? times(a, b) : undefined;
      }
      default:
        return undefined;
    }
  };

  /** The polynomial with its least value in the place of a counter, if it is linear in it. */
  const least = (p: Polynomial, loop: ForStmt): Polynomial | undefined => {
    const products = [...p.keys()].filter((product) => product.split("*").includes(loop.name));
    if (products.length === 0) return p;
    const coefficient = p.get(loop.name);
    if (products.length > 1 || coefficient === undefined) return undefined;
    const end = of(loop.bound);
    const past = loop.compare === "lt" ? -1 : loop.compare === "gt" ? 1 : 0;
    const last = end && plus(end, plain(past));
    const extreme = coefficient < 0 === loop.step > 0 ? last : of(loop.start);
    if (extreme === undefined) return undefined;
    const rest = new Map(p);
    rest.delete(loop.name);
    return plus(rest, times(plain(coefficient), extreme));
  };
  const isNeverNegative = (
    p: Polynomial,
    loops: readonly ForStmt[],
    positive: ReadonlySet<string> = new Set(),
  ): boolean => {
    const isName = (name: string): boolean => {
      if (positive.has(name) || name.endsWith(lengthName("")) || isShifted(definitions.get(name), loops)) return true;
      const at = loops.findIndex((loop) => loop.name === name);
      const own = new Map([[name, 1]]);
      return at >= 0 && reduces(own, loops.slice(0, at + 1), positive);
    };
    const isPlain = [...p].every(
      ([product, coefficient]) => coefficient >= 0 && (product === "" || product.split("*").every(isName)),
    );
    return isPlain || reduces(p, loops, positive);
  };
  /** `length >> 1` */
  const isShifted = (init: Expr | undefined, loops: readonly ForStmt[]): boolean => {
    if (init?.kind !== "op" || (init.op !== "shr" && init.op !== "ushr")) return false;
    const shifted = of(init.args[0]!);
    return init.op === "ushr" || (shifted !== undefined && isNeverNegative(shifted, loops));
  };
  /** The innermost counter goes first: its bounds may be made of the outer ones. */
  const reduces = (p: Polynomial, loops: readonly ForStmt[], positive: ReadonlySet<string>): boolean => {
    const at = loops.findLastIndex((loop) => [...p.keys()].some((product) => product.split("*").includes(loop.name)));
    const next = at < 0 ? undefined : least(p, loops[at]!);
    return next !== undefined && isNeverNegative(next, loops.slice(0, at), positive);
  };
  return { of, isNeverNegative };
}

function lengthName(array: string): string {
  return `${array}.length`;
}

export function plain(value: number): Polynomial {
  return value === 0 ? new Map() : new Map([["", value]]);
}

export function plus(a: Polynomial, b: Polynomial): Polynomial {
  const sum = new Map(a);
  for (const [product, coefficient] of b) {
    const total = (sum.get(product) ?? 0) + coefficient;
    if (total === 0) sum.delete(product);
    else sum.set(product, total);
  }
  return sum;
}

export function minus(a: Polynomial, b: Polynomial): Polynomial {
  return plus(a, times(plain(-1), b));
}

function times(a: Polynomial, b: Polynomial): Polynomial {
  let product: Polynomial = new Map();
  for (const [x, m] of a) {
    for (const [y, n] of b) {
      const names = [...x.split("*"), ...y.split("*")].filter((name) => name !== "").sort();
      product = plus(product, new Map([[names.join("*"), m * n]]));
    }
  }
  return product;
}
