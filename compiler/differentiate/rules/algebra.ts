/**
 * Arithmetic on IR expressions for derivative rules: folds the ones, the signs and the literals that
 * derivatives produce. Used for adjoints and tangents only, never on an expression of the user's:
 * there `x + 0` and reassociation could change a bit.
 */
import { num, op } from "../../ir/build.ts";
import type { Expr } from "../../ir/types.ts";

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
  if (e.kind === "op" && e.op === "mul") {
    const factor = literal(e.args[0]!);
    if (factor !== undefined) return mul(num(-factor), e.args[1]!);
  }
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

export function mul(a: Expr, b: Expr): Expr {
  const x = literal(a);
  const y = literal(b);
  if (x !== undefined && y !== undefined) return num(x * y);
  if (x === 1) return b;
  if (y === 1) return a;
  if (x === -1) return neg(b);
  if (y === -1) return neg(a);
  const minusA = negated(a);
  if (minusA !== undefined) return neg(mul(minusA, b));
  const minusB = negated(b);
  if (minusB !== undefined) return neg(mul(a, minusB));
  // a * (c / d) is one division of a product; a * (1 / d) just a division.
  if (b.kind === "op" && b.op === "div") return div(mul(a, b.args[0]!), b.args[1]!);
  // Literals come first and meet there.
  if (y !== undefined) return mul(b, a);
  if (x !== undefined && b.kind === "op" && b.op === "mul") {
    const inner = literal(b.args[0]!);
    if (inner !== undefined) return mul(num(x * inner), b.args[1]!);
  }
  if (b.kind === "op" && b.op === "mul" && literal(b.args[0]!) !== undefined) return mul(b.args[0]!, mul(a, b.args[1]!));
  if (a.kind === "op" && a.op === "mul" && literal(a.args[0]!) !== undefined) return mul(a.args[0]!, mul(a.args[1]!, b));
  return op("mul", [a, b]);
}

export function div(a: Expr, b: Expr): Expr {
  if (isLiteral(b, 1)) return a;
  const minus = negated(a);
  if (minus !== undefined) return neg(div(minus, b));
  return op("div", [a, b]);
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
    const key = f.factors.map((e) => JSON.stringify(e)).sort().join();
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...f, alone: term });
    else {
      known.coefficient += f.coefficient;
      known.alone = undefined;
    }
  }
  const parts = [...merged.values()].map((term) => {
    if (term.alone !== undefined) return term.alone;
    return mul(num(term.coefficient), product(term.factors));
  });
  return parts.length === 0 ? num(0) : parts.reduce(add);
}

function product(list: readonly Expr[]): Expr {
  return list.length === 0 ? one : list.reduce(mul);
}
