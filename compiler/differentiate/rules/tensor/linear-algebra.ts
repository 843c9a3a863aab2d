/** Linear algebra over the last two axes. */
import { bool, fieldAt, int, num } from "../../../ir/build.ts";
import type { Expr } from "../../../ir/types.ts";
import { tensorPair, tensorTriple, tupleOf } from "../../tensor-build.ts";
import { barOf, known, linear, linearInX, none, type Site, transposed, type TensorRule } from "./rule.ts";

const lastTwo = tupleOf([int(-2), int(-1)]);

/** A number for each matrix, as a factor of its elements. */
const ofEach = ({ o }: Site, x: Expr): Expr => o.op("expandDims", { x, axis: lastTwo });

/** Σ aᵢⱼ bᵢⱼ for each matrix. */
const product = ({ o }: Site, a: Expr, b: Expr): Expr => o.op("sum", { x: o.mul(a, b), axis: lastTwo });

const T = ({ o }: Site, x: Expr): Expr => o.unary("transpose", x);

const symmetrised = (site: Site, x: Expr): Expr => site.o.mul(num(0.5), site.o.add(x, T(site, x)));

/** x r⁻¹ for an upper triangle r. */
function divided(site: Site, x: Expr, r: Expr): Expr {
  const { o } = site;
  return T(site, o.op("solveTriangular", { a: r, b: T(site, x), upper: bool(true), transpose: bool(true) }));
}

/** x qᵀ a q, say: from the left and the right. */
const between = ({ o }: Site, left: Expr, x: Expr, right: Expr): Expr =>
  o.binary("matmul", o.binary("matmulTN", left, x), right);

/** 1 / (dⱼ - dᵢ) off the diagonal, 0 on it. */
function gaps({ o }: Site, d: Expr, x: Expr): Expr {
  const one = o.unary("eyeLike", x);
  const differences = o.sub(o.op("expandDims", { x: d, axis: int(-2) }), o.op("expandDims", { x: d, axis: int(-1) }));
  return o.sub(o.div(num(1), o.add(differences, one)), one);
}

/** A vector counts as one column, also where there are several matrices for it. */
const columns = ({ o, arg }: Site, x: Expr): Expr => o.op("columnsOf", { x, like: arg("b") });

/** Of the solution x of a x = b, through a as a product a x. */
const solveTowardsA = (site: Site, g: Expr): Expr => site.o.neg(site.o.binary("matmulNT", g, columns(site, site.y)));

const solveTowardsB = (site: Site, g: Expr): Expr => site.o.sumTo(site.o.reshapeLike(g, site.y), site.arg("b"));

/** The tangent of x in a x = b that comes of the tangent of a: -a⁻¹ ȧ x. */
function solveTangent(site: Site, dot: Expr): Expr {
  const { o, y } = site;
  const moved = o.binary("matmul", dot, columns(site, y));
  return o.neg(o.reshapeLike(site.again("b", moved), y));
}

/** [[a, e], [0, a]]ⁿ has the derivative of aⁿ in the direction e on the right above. */
const powerAlong = ({ o, arg }: Site, a: Expr, e: Expr): Expr =>
  o.unary("topRight", o.op("matrixPower", { x: o.op("blockUpper", { a, e }), n: arg("n") }));

const isGiven = (site: Site, slot: "upper" | "transpose" | "unitDiagonal"): boolean => known(site, slot, false);

/** The triangle that is read, transposed as it is in the equation. */
function triangle(site: Site, x: Expr): Expr {
  const { o, args } = site;
  const read = o.op("triangleOf", { x, upper: args["upper"], unitDiagonal: args["unitDiagonal"] });
  return isGiven(site, "transpose") ? T(site, read) : read;
}

function qrTangent(site: Site, dot: Expr): Expr {
  const { o, y } = site;
  const [q, r] = [fieldAt(y, "0"), fieldAt(y, "1")];
  // A wide matrix has the q of its first columns, as many as it has rows; of others they are all.
  const first = (x: Expr): Expr => o.unary("firstColumns", x);
  // c = qᵀ ȧ r⁻¹ = qᵀ q̇ + ṙ r⁻¹: a skew matrix and an upper triangle.
  const moved = divided(site, first(dot), first(r));
  const c = o.binary("matmulTN", q, moved);
  const below = o.op("tril", { x: c, k: int(-1) });
  const skew = o.sub(below, T(site, below));
  const qDot = o.sub(moved, o.binary("matmul", q, o.sub(c, skew)));
  const rDot = o.sub(o.binary("matmulTN", q, dot), o.binary("matmul", skew, r));
  return { kind: "items", items: [qDot, rDot], type: y.type };
}

function eighTangent(site: Site, dot: Expr): Expr {
  const { o, y, arg } = site;
  const [values, vectors] = [fieldAt(y, "0"), fieldAt(y, "1")];
  const moved = between(site, vectors, symmetrised(site, dot), vectors);
  const turned = o.mul(gaps(site, values, arg("x")), moved);
  return {
    kind: "items",
    items: [o.unary("diagonal", moved), o.binary("matmul", vectors, turned)],
    type: y.type,
  };
}

/** a = u diag(s) wᵀ, reduced. */
function svdTangent(site: Site, dot: Expr): Expr {
  const { o, y } = site;
  const [u, s, w] = [fieldAt(y, "0"), fieldAt(y, "1"), fieldAt(y, "2")];
  const columns = o.op("expandDims", { x: s, axis: int(-2) });
  const rows = o.op("expandDims", { x: s, axis: int(-1) });
  const ofW = o.binary("matmul", dot, w);
  const ofU = o.binary("matmulTN", dot, u);
  const p = o.binary("matmulTN", u, ofW);
  const f = gaps(site, o.unary("square", s), p);
  // u̇ = u (f ∘ (p s + s pᵀ)) + (1 - u uᵀ) ȧ w / s,  ẇ likewise
  const inU = o.mul(f, o.add(o.mul(p, columns), o.mul(rows, T(site, p))));
  const inW = o.mul(f, o.add(o.mul(rows, p), o.mul(T(site, p), columns)));
  const outside = (x: Expr, along: Expr): Expr =>
    o.div(o.sub(along, o.binary("matmul", x, o.binary("matmulTN", x, along))), columns);
  const uDot = o.add(o.binary("matmul", u, inU), outside(u, ofW));
  const wDot = o.add(o.binary("matmul", w, inW), outside(w, ofU));
  return { kind: "items", items: [uDot, o.unary("diagonal", p), wDot], type: y.type };
}

/** det(a) (tr(a⁻¹ e) a⁻ᵀ - (a⁻¹ e a⁻¹)ᵀ), for regular a. */
function cofactorAlongRegular(site: Site, a: Expr): Expr {
  const { o, arg } = site;
  const inverse = o.unary("inv", a);
  const share = o.binary("matmul", inverse, arg("e"));
  const turned = o.sub(o.mul(ofEach(site, o.unary("trace", share)), inverse), o.binary("matmul", share, inverse));
  return o.mul(ofEach(site, o.unary("det", a)), T(site, turned));
}

export const linearAlgebraRules = {
  // x = a⁻¹ b:  b̄ = a⁻ᵀ x̄,  ā = -b̄ xᵀ
  solve: {
    a: {
      jvp: solveTangent,
      vjp: (site, bar) => site.o.sumTo(solveTowardsA(site, solvedBack(site, bar)), site.arg("a")),
    },
    b: linear((site, bar) => solveTowardsB(site, solvedBack(site, bar)), "b"),
  },
  solveTriangular: {
    a: {
      jvp: (site, dot) => solveTangent(site, triangle(site, dot)),
      vjp: (site, bar) => {
        const towards = triangleTowards(site, solveTowardsA(site, substitutedBack(site, bar)));
        return site.o.sumTo(towards, site.arg("a"));
      },
    },
    b: linear((site, bar) => solveTowardsB(site, substitutedBack(site, bar)), "b"),
    ...none(["upper", "transpose", "unitDiagonal"]),
  },
  triangleOf: linearInX((site, bar) => site.again("x", bar), ["upper", "unitDiagonal"]),
  // -y ȧ y
  inv: {
    x: {
      jvp: ({ o, y }, dot) => o.neg(o.binary("matmul", y, o.binary("matmul", dot, y))),
      vjp: ({ o, y }, bar) => o.neg(o.binary("matmulTN", y, o.binary("matmulNT", bar, y))),
    },
  },
  // A polynomial: its derivative is there at singular matrices too.
  det: {
    x: {
      jvp: (site, dot) => product(site, dot, site.o.unary("cofactor", site.arg("x"))),
      vjp: (site, bar) => site.o.mul(ofEach(site, bar), site.o.unary("cofactor", site.arg("x"))),
    },
  },
  cofactor: {
    x: {
      jvp: ({ o, arg }, dot) => o.op("cofactorAlong", { x: arg("x"), e: dot }),
      vjp: ({ o, arg }, bar) => o.op("cofactorAlong", { x: arg("x"), e: bar }),
    },
  },
  cofactorAlong: {
    x: {
      jvp: (site, dot) => site.forward(cofactorAlongRegular, site.arg("x"), dot),
      vjp: (site, bar) => site.reverse(cofactorAlongRegular, site.arg("x"), [bar]),
    },
    e: linear(({ o, arg }, bar) => o.op("cofactorAlong", { x: arg("x"), e: bar }), "e"),
  },
  // log |det a|:  a⁻ᵀ
  slogdet: {
    x: {
      jvp: (site, dot) => {
        const { o, arg, y } = site;
        const logDot = product(site, dot, T(site, o.unary("inv", arg("x"))));
        return { kind: "items", items: [o.zerosLike(fieldAt(y, "0")), logDot], type: y.type };
      },
      vjp: (site, bar) => {
        const inverse = T(site, site.o.unary("inv", site.arg("x")));
        return site.o.mul(ofEach(site, barOf(site, bar, "1")), inverse);
      },
    },
  },
  // a = l lᵀ, where a stands for (a + aᵀ) / 2:  l̇ = l half(l⁻¹ ȧ l⁻ᵀ)
  cholesky: {
    x: transposed((site, dot) => {
      const { o, y } = site;
      const left = o.op("solveTriangular", { a: y, b: symmetrised(site, dot) });
      const both = T(site, o.op("solveTriangular", { a: y, b: T(site, left) }));
      return o.binary("matmul", y, o.unary("halfTril", both));
    }),
  },
  halfTril: linearInX((site, bar) => site.again("x", bar)),
  matrixPower: {
    x: {
      jvp: (site, dot) => powerAlong(site, site.arg("x"), dot),
      vjp: (site, bar) => powerAlong(site, T(site, site.arg("x")), bar),
    },
    n: "none",
  },
  blockUpper: {
    a: {
      jvp: ({ o, arg }, dot) => o.op("blockUpper", { a: dot, e: o.zerosLike(arg("e")) }),
      vjp: ({ o }, bar) => o.unary("diagonalBlocks", bar),
    },
    e: {
      jvp: ({ o, arg }, dot) => o.op("blockUpper", { a: o.zerosLike(arg("a")), e: dot }),
      vjp: ({ o }, bar) => o.unary("topRight", bar),
    },
  },
  topRight: linearInX(({ o, y }, bar) => o.op("blockUpper", { a: o.zerosLike(y), e: bar })),
  diagonalBlocks: linearInX(({ o, y }, bar) => o.op("blockUpper", { a: bar, e: o.zerosLike(y) })),
  firstColumns: linearInX(({ o, arg }, bar) => o.op("besideZeros", { x: bar, like: arg("x") })),
  besideZeros: { x: linear(({ o }, bar) => o.unary("firstColumns", bar)), like: "none" },
  qr: { x: transposed(qrTangent, "x", ["0", "1"]) },
  eigvalsh: {
    x: {
      jvp: (site, dot) => {
        const q = vectorsOf(site);
        return site.o.unary("diagonal", between(site, q, symmetrised(site, dot), q));
      },
      // q diag(v) qᵀ
      vjp: ({ o, arg }, bar) => {
        const q = vectorsOf({ o, arg });
        return o.binary("matmulNT", o.mul(q, o.op("expandDims", { x: bar, axis: int(-2) })), q);
      },
    },
  },
  eigh: { x: transposed(eighTangent, "x", ["0", "1"]) },
  svdvals: {
    x: {
      jvp: (site, dot) => {
        const { u, w } = factorsOf(site);
        return site.o.unary("diagonal", between(site, u, dot, w));
      },
      // u diag(v) wᵀ
      vjp: ({ o, arg }, bar) => {
        const { u, w } = factorsOf({ o, arg });
        return o.binary("matmulNT", o.mul(u, o.op("expandDims", { x: bar, axis: int(-2) })), w);
      },
    },
  },
  svd: { x: transposed(svdTangent, "x", ["0", "1", "2"]) },
} as const satisfies Record<string, TensorRule>;

function vectorsOf({ o, arg }: Pick<Site, "o" | "arg">): Expr {
  return fieldAt(o.op("eigh", { x: arg("x") }, tensorPair), "1");
}

function factorsOf({ o, arg }: Pick<Site, "o" | "arg">): { readonly u: Expr; readonly w: Expr } {
  const factors = o.op("svd", { x: arg("x") }, tensorTriple);
  return { u: fieldAt(factors, "0"), w: fieldAt(factors, "2") };
}

const solvedBack = (site: Site, bar: Expr): Expr => site.o.binary("solve", T(site, site.arg("a")), columns(site, bar));

/** The equation with the other triangle. */
function substitutedBack(site: Site, bar: Expr): Expr {
  const { o, arg, args } = site;
  const transpose = bool(!isGiven(site, "transpose"));
  return o.op("solveTriangular", {
    a: arg("a"),
    b: columns(site, bar),
    ...given(args, ["upper", "unitDiagonal"]),
    transpose,
  });
}

function given(args: Site["args"], slots: readonly string[]): Site["args"] {
  return Object.fromEntries(slots.map((slot) => [slot, args[slot]]));
}

/** The adjoint of `triangle`. */
function triangleTowards(site: Site, x: Expr): Expr {
  const { o, args } = site;
  const turned = isGiven(site, "transpose") ? T(site, x) : x;
  return o.op("triangleOf", { x: turned, ...given(args, ["upper", "unitDiagonal"]) });
}
