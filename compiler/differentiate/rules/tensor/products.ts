/** Products: linear in each factor. */
import { tupleOf, shapeOf } from "../../tensor-build.ts";
import { int } from "../../../ir/build.ts";
import type { TensorOp } from "../../../ir/tensor-ops.ts";
import type { Expr } from "../../../ir/types.ts";
import { linear, none, type Site, type TensorRule } from "./rule.ts";

/**
 * A product with the operations that give the cotangents of its factors: each of the three is the derivative of the
 * others.
 */
function family<P extends TensorOp, L extends TensorOp, R extends TensorOp>(
  product: P,
  left: L,
  right: R,
  others: readonly string[] = [],
): { readonly [O in P | L | R]: TensorRule } {
  const rest = (site: Site): Site["args"] => Object.fromEntries(others.map((slot) => [slot, site.args[slot]]));
  const times = (site: Site, a: Expr, b: Expr): Expr => site.o.op(product, { a, b, ...rest(site) });
  const towardsA = (site: Site, bar: Expr, b: Expr, a: Expr): Expr =>
    site.o.op(left, { bar, b, shape: shapeOf(a), ...rest(site) });
  const towardsB = (site: Site, a: Expr, bar: Expr, b: Expr): Expr =>
    site.o.op(right, { a, bar, shape: shapeOf(b), ...rest(site) });
  const known = none(others);
  const rules: Record<string, TensorRule> = {
    // y = a b:  ā = ȳ bᵀ,  b̄ = aᵀ ȳ
    [product]: {
      a: linear((site, bar) => towardsA(site, bar, site.arg("b"), site.arg("a")), "a"),
      b: linear((site, bar) => towardsB(site, site.arg("a"), bar, site.arg("b")), "b"),
      ...known,
    },
    // l = g bᵀ:  ḡ = l̄ b,  b̄ = l̄ᵀ g
    [left]: {
      bar: linear((site, bar) => times(site, bar, site.arg("b")), "bar"),
      b: linear((site, bar) => towardsB(site, bar, site.arg("bar"), site.arg("b")), "b"),
      shape: "none",
      ...known,
    },
    // r = aᵀ g:  ā = g r̄ᵀ,  ḡ = a r̄
    [right]: {
      a: linear((site, bar) => towardsA(site, site.arg("bar"), bar, site.arg("a")), "a"),
      bar: linear((site, bar) => times(site, site.arg("a"), bar), "bar"),
      shape: "none",
      ...known,
    },
  };
  return rules as { readonly [O in P | L | R]: TensorRule };
}

/** Σ aᵢ bᵢ along an axis, which the cotangent gets back. */
function vecdotTowards(slot: "a" | "b"): ReturnType<typeof linear> {
  return linear(({ o, arg, args }, bar) => {
    const kept = o.op("expandDims", { x: bar, axis: args["axis"] ?? int(-1) });
    return o.sumTo(o.mul(kept, arg(slot === "a" ? "b" : "a")), arg(slot));
  }, slot);
}

/** Operand k of an equation, the others in their places. */
function einsumWith(site: Site, k: Expr | undefined, value: Expr): Expr {
  const list = site.arg("list");
  if (list.kind !== "tuple" || k?.kind !== "literal") return site.refuse("list");
  return tupleOf(list.items.map((item, i) => (i === k.value ? value : item)));
}

export const productRules = {
  ...family("matmul", "matmulLeft", "matmulRight"),
  ...family("inner", "innerLeft", "innerRight"),
  ...family("tensordot", "tensordotLeft", "tensordotRight", ["axes"]),
  ...family("kron", "kronLeft", "kronRight"),
  // y = a bᵀ:  ā = ȳ b,  b̄ = ȳᵀ a
  ...family("matmulNT", "matmulNTLeft", "matmulNTRight"),
  // y = aᵀ b:  ā = b ȳᵀ,  b̄ = a ȳ
  ...family("matmulTN", "matmulTNLeft", "matmulTNRight"),
  // x wᵀ + b
  linear: {
    x: {
      jvp: ({ o, arg }, dot) => o.op("linear", { x: dot, w: arg("w") }),
      vjp: ({ o, arg }, bar) => o.binary("matmul", bar, arg("w")),
    },
    w: {
      jvp: ({ o, arg }, dot, dots) => o.op("linear", { x: arg("x"), w: dot, b: dots("b") }),
      vjp: ({ o, arg }, bar) => o.binary("linearWeight", bar, arg("x")),
    },
    b: {
      jvp: ({ o, y }, dot, dots) => (dots("w") === undefined ? o.broadcastLike(dot, y) : undefined),
      vjp: ({ o, arg }, bar) => o.sumTo(bar, arg("b")),
    },
  },
  // vᵀ x over all but the last axes
  linearWeight: {
    a: linear(({ o, arg }, bar) => o.op("linear", { x: arg("b"), w: bar }), "a"),
    b: linear(({ o, arg }, bar) => o.binary("matmul", arg("a"), bar), "b"),
  },
  dot: {
    a: linear(({ o, arg }, bar) => o.mul(bar, arg("b")), "a"),
    b: linear(({ o, arg }, bar) => o.mul(bar, arg("a")), "b"),
  },
  outer: {
    a: linear(({ o, arg }, bar) => o.binary("matmul", bar, arg("b")), "a"),
    b: linear(({ o, arg }, bar) => o.binary("matmul", arg("a"), bar), "b"),
  },
  vecdot: { a: vecdotTowards("a"), b: vecdotTowards("b"), axis: "none" },
  // a × b:  ā = b × ȳ,  b̄ = ȳ × a
  cross: {
    a: linear(
      ({ o, arg, args }, bar) => o.sumTo(o.op("cross", { a: arg("b"), b: bar, axis: args["axis"] }), arg("a")),
      "a",
    ),
    b: linear(
      ({ o, arg, args }, bar) => o.sumTo(o.op("cross", { a: bar, b: arg("a"), axis: args["axis"] }), arg("b")),
      "b",
    ),
    axis: "none",
  },
  einsum: {
    equation: "none",
    list: {
      jvp: (site, dot) => sumOverPlaces(site, dot, (list) => site.again("list", list)),
      vjp: ({ o, arg }, bar, k) => o.op("einsumTowards", { equation: arg("equation"), k, bar, list: arg("list") }),
    },
  },
  // Linear in the cotangent and in each other operand: with c in the place of operand k it is a sum of v times the equation.
  einsumTowards: {
    ...none(["equation", "k"]),
    bar: linear((site, bar) => {
      const { o, arg } = site;
      return o.op("einsum", { equation: arg("equation"), list: einsumWith(site, arg("k"), bar) });
    }, "bar"),
    list: {
      jvp: (site, dot) => sumOverPlaces(site, dot, (list) => site.again("list", list)),
      vjp: (site, bar, k) => {
        const { o, arg } = site;
        const own = arg("k");
        if (own.kind === "literal" && k?.kind === "literal" && own.value === k.value) return o.zerosLike(bar);
        return o.op("einsumTowards", {
          equation: arg("equation"),
          k,
          bar: arg("bar"),
          list: einsumWith(site, own, bar),
        });
      },
    },
  },
} as const satisfies Record<string, TensorRule>;

/** The tangent of what is linear in each tensor of a list: one after the other has its tangent in its place. */
function sumOverPlaces(site: Site, dots: Expr, made: (list: Expr) => Expr): Expr {
  const list = site.arg("list");
  if (list.kind !== "tuple" || dots.kind !== "tuple") return site.refuse("list");
  const own = site.args["k"];
  const isOwn = (i: number): boolean => own?.kind === "literal" && own.value === i;
  const parts = dots.items.flatMap((dot, i) =>
    isOwn(i) ? [] : [made(tupleOf(list.items.map((item, j) => (j === i ? dot : item))))],
  );
  return parts.length === 0 ? site.o.zerosLike(site.y) : parts.reduce((a, b) => site.o.add(a, b));
}
