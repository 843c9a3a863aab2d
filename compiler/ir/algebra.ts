/**
 * Arithmetic on IR expressions for derivative rules: folds the ones, the signs and the literals that
 * derivatives produce. Used for adjoints and tangents only, never on an expression of the user's:
 * there `x + 0` and reassociation could change a bit.
 */
import { num, op } from "./build.ts";
import type { Expr } from "./types.ts";

export const one: Expr = num(1);

export function isLiteral(e: Expr, value: number): boolean {
  return e.kind === "literal" && e.value === value;
}

function literal(e: Expr): number | undefined {
  return e.kind === "literal" && typeof e.value === "number" ? e.value : undefined;
}

/** The operand of a negation. */
function negated(e: Expr): Expr | undefined {
  return e.kind === "op" && e.op === "neg" ? e.args[0] : undefined;
}

export function neg(e: Expr): Expr {
  const value = literal(e);
  if (value !== undefined) return num(-value);
  const inner = negated(e);
  if (inner !== undefined) return inner;
  if (e.kind === "op" && e.op === "sub") return sub(e.args[1]!, e.args[0]!);
  return op("neg", [e]);
}

export function add(a: Expr, b: Expr): Expr {
  const minus = negated(b);
  if (minus !== undefined) return sub(a, minus);
  const minusLeft = negated(a);
  if (minusLeft !== undefined) return sub(b, minusLeft);
  return op("add", [a, b]);
}

export function sub(a: Expr, b: Expr): Expr {
  const minus = negated(b);
  return minus === undefined ? op("sub", [a, b]) : add(a, minus);
}

/** A product as one chain from left to right, its literal factors met in front, its sign outermost. */
export function mul(a: Expr, b: Expr): Expr {
  // a * (c / d) is one division of a product; a * (1 / d) just a division.
  if (b.kind === "op" && b.op === "div") return div(mul(a, b.args[0]!), b.args[1]!);
  const left = factors(a);
  const right = factors(b);
  return chain(left.coefficient * right.coefficient, [...left.factors, ...right.factors]);
}

function chain(coefficient: number, list: readonly Expr[]): Expr {
  if (list.length === 0) return num(coefficient);
  const size = Math.abs(coefficient);
  const signed = coefficient < 0 || Object.is(coefficient, -0);
  const product = (size === 1 ? list : [num(size), ...list]).reduce((x, y) => op("mul", [x, y]));
  return signed ? op("neg", [product]) : product;
}

export function div(a: Expr, b: Expr): Expr {
  if (isLiteral(b, 1)) return a;
  const minus = negated(a);
  if (minus !== undefined) return neg(div(minus, b));
  return op("div", [a, b]);
}

/** The factors of a product, as they stand: a·(b·c) has three. */
export function factorsOf(e: Expr): Expr[] {
  return e.kind === "op" && e.op === "mul" ? e.args.flatMap(factorsOf) : [e];
}

/** Flattens a product into a coefficient and factors; a quotient or anything else is one factor. */
function factors(e: Expr): { coefficient: number; factors: Expr[] } {
  const value = literal(e);
  if (value !== undefined) return { coefficient: value, factors: [] };
  const inner = negated(e);
  if (inner !== undefined) {
    const f = factors(inner);
    return { coefficient: -f.coefficient, factors: f.factors };
  }
  if (e.kind === "op" && e.op === "mul") {
    const a = factors(e.args[0]!);
    const b = factors(e.args[1]!);
    return { coefficient: a.coefficient * b.coefficient, factors: [...a.factors, ...b.factors] };
  }
  return { coefficient: 1, factors: [e] };
}

/** A sum of contributions, products of the same factors merged: s·d + d·s is 2·s·d. */
export function sum(terms: readonly Expr[]): Expr {
  const merged = new Map<string, { coefficient: number; factors: Expr[]; alone: Expr | undefined }>();
  for (const term of terms) {
    const f = factors(term);
    const key = f.factors
      .map((e) => JSON.stringify(e))
      .sort()
      .join();
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...f, alone: term });
    else {
      known.coefficient += f.coefficient;
      known.alone = undefined;
    }
  }
  const parts = [...merged.values()].map((term) => {
    if (term.alone !== undefined) return term.alone;
    return chain(term.coefficient, term.factors);
  });
  return parts.length === 0 ? num(0) : parts.reduce(add);
}
