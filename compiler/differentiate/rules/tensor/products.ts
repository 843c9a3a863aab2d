/** Products of matrices and vectors: linear in each factor. */
import { shapeOf } from "../../tensor-build.ts";
import { linear, type TensorRule } from "./rule.ts";

export const productRules = {
  // y = a b:  ā = ȳ bᵀ,  b̄ = aᵀ ȳ
  matmul: {
    a: linear(({ o, arg }, bar) => o.op("matmulLeft", { bar, b: arg("b"), shape: shapeOf(arg("a")) }), "a"),
    b: linear(({ o, arg }, bar) => o.op("matmulRight", { a: arg("a"), bar, shape: shapeOf(arg("b")) }), "b"),
  },
  // l = g bᵀ:  ḡ = l̄ b,  b̄ = l̄ᵀ g
  matmulLeft: {
    bar: linear(({ o, arg }, bar) => o.binary("matmul", bar, arg("b")), "bar"),
    b: linear(({ o, arg }, bar) => o.op("matmulRight", { a: bar, bar: arg("bar"), shape: shapeOf(arg("b")) }), "b"),
    shape: "none",
  },
  // r = aᵀ g:  ā = g r̄ᵀ,  ḡ = a r̄
  matmulRight: {
    a: linear(({ o, arg }, bar) => o.op("matmulLeft", { bar: arg("bar"), b: bar, shape: shapeOf(arg("a")) }), "a"),
    bar: linear(({ o, arg }, bar) => o.binary("matmul", arg("a"), bar), "bar"),
    shape: "none",
  },
  // y = x wᵀ + b
  linear: {
    x: {
      jvp: ({ o, arg }, dot) => o.op("linear", { x: dot, w: arg("w") }),
      vjp: ({ o, arg }, bar) =>
        o.op("matmulLeft", { bar, b: o.unary("transpose", arg("w")), shape: shapeOf(arg("x")) }),
    },
    w: {
      jvp: ({ o, arg }, dot) => o.op("linear", { x: arg("x"), w: dot }),
      vjp: ({ o, arg }, bar) =>
        o.unary("transpose", o.op("matmulRight", { a: arg("x"), bar, shape: shapeOf(o.unary("transpose", arg("w"))) })),
    },
    b: { jvp: ({ o, y }, dot) => o.broadcastLike(dot, y), vjp: ({ o, arg }, bar) => o.sumTo(bar, arg("b")) },
  },
} as const satisfies Record<string, TensorRule>;
