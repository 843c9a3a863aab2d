/** Operations that only move elements, repeat them or leave them out: linear ones. */
import { shapeOf } from "../../tensor-build.ts";
import { float64Array, int, numberType } from "../../../ir/build.ts";
import { linear, linearInX, none, type TensorRule } from "./rule.ts";

/** The elements stay in order; the result is the same ones under another shape. */
const sameElements = (discrete: readonly string[] = []): TensorRule =>
  linearInX(({ o, arg }, bar) => o.reshapeLike(bar, arg("x")), discrete);

export const shapeRules = {
  reshape: sameElements(["shape"]),
  flatten: sameElements(["startAxis", "endAxis"]),
  squeeze: sameElements(["axis"]),
  expandDims: sameElements(["axis"]),
  transpose: linearInX(({ o }, bar) => o.unary("transpose", bar)),
  swapaxes: linearInX(({ o, args }, bar) => o.op("swapaxes", { x: bar, i: args["i"], j: args["j"] }), ["i", "j"]),
  moveaxis: linearInX(
    ({ o, args }, bar) => o.op("moveaxis", { x: bar, from: args["to"], to: args["from"] }),
    ["from", "to"],
  ),
  broadcastTo: linearInX(({ o, arg }, bar) => o.sumTo(bar, arg("x")), ["shape"]),
  sumTo: linearInX(({ o, arg }, bar) => o.broadcastLike(bar, arg("x")), ["shape"]),
  flip: linearInX((site, bar) => site.again("x", bar), ["axis"]),
  tril: linearInX((site, bar) => site.again("x", bar), ["k"]),
  triu: linearInX((site, bar) => site.again("x", bar), ["k"]),
  /** The cotangent of a number is spread over all elements. */
  full: {
    value: linear(({ o }, bar) => o.item(o.unary("sum", bar)), "value"),
    ...none(["shape", "dtype"]),
  },
  fillLike: {
    value: linear(({ o }, bar) => o.item(o.unary("sum", bar)), "value"),
    like: "none",
  },
  item: { x: { jvp: ({ o }, dot) => o.item(dot), vjp: ({ o, arg }, bar) => o.broadcastLike(bar, arg("x")) } },
  dataOf: {
    x: {
      jvp: ({ o }, dot) => o.op("dataOf", { x: dot }, float64Array),
      vjp: ({ o, arg }, bar) => o.op("tensorOver", { data: bar, like: arg("x") }),
    },
  },
  tensorOver: {
    data: linear(({ o }, bar, k) => o.op("elementAt", { x: bar, i: k }, numberType), "data"),
    like: "none",
  },
  tensorOfShapes: {
    data: linear(({ o }, bar, k) => o.op("elementAt", { x: bar, i: k }, numberType), "data"),
    ...none(["outer", "inner"]),
  },
  tensor: {
    values: linear(({ o }, bar, k) => o.op("elementAt", { x: bar, i: k }, numberType), "values"),
    ...none(["shape", "dtype"]),
  },
  shapeOf: none(["x"]),
  seedOf: none(["x"]),
  zerosLike: none(["x"]),
  onesLike: none(["x"]),
  elementAt: {
    x: {
      jvp: (site, dot) => site.again("x", dot),
      vjp: ({ o, arg, args }, bar) => o.op("placeAt", { value: bar, i: args["i"] ?? int(0), shape: shapeOf(arg("x")) }),
    },
    i: "none",
  },
  /** A number at a flat index among zeros. */
  placeAt: {
    value: linear(({ o, args }, bar) => o.op("elementAt", { x: bar, i: args["i"] }, numberType), "value"),
    ...none(["i", "shape"]),
  },
} as const satisfies Record<string, TensorRule>;
