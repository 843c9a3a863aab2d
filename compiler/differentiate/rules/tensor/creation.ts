/** Tensors made of numbers, and numbers of tensors. */
import { float64Array, int, num, numberType } from "../../../ir/build.ts";
import { shapeOf } from "../../tensor-build.ts";
import { linear, none, type TensorRule } from "./rule.ts";

const made = none(["shape", "dtype"]);
const ofX = none(["x"]);

export const creationRules = {
  tensor: {
    values: linear(({ o }, bar, k) => o.op("elementAt", { x: bar, i: k }, numberType), "values"),
    ...made,
  },
  tensorOfShapes: {
    data: linear(({ o }, bar, k) => o.op("elementAt", { x: bar, i: k }, numberType), "data"),
    ...none(["outer", "inner"]),
  },
  tensorOver: {
    data: linear(({ o }, bar, k) => o.op("elementAt", { x: bar, i: k }, numberType), "data"),
    like: "none",
  },
  zeros: made,
  ones: made,
  /** The cotangent of a number is spread over all elements. */
  full: { value: linear(({ o }, bar) => o.item(o.unary("sum", bar)), "value"), ...made },
  fillLike: { value: linear(({ o }, bar) => o.item(o.unary("sum", bar)), "value"), like: "none" },
  eye: none(["n"]),
  // start + k step
  arange: {
    start: {
      jvp: ({ o, y }, dot) => o.broadcastLike(dot, y),
      vjp: ({ o }, bar) => o.item(o.unary("sum", bar)),
    },
    step: {
      jvp: ({ o, y }, dot) => o.mul(dot, o.op("arange", { start: int(0), stop: o.sizeOf(y) })),
      vjp: ({ o, y }, bar) => o.item(o.binary("dot", bar, o.op("arange", { start: int(0), stop: o.sizeOf(y) }))),
    },
    stop: "none",
  },
  // start (1 - t) + stop t with t from 0 to 1
  linspace: {
    start: {
      jvp: ({ o, arg }, dot) => o.op("linspace", { start: dot, stop: num(0), n: arg("n") }),
      vjp: ({ o, arg }, bar) =>
        o.item(o.binary("dot", bar, o.op("linspace", { start: num(1), stop: num(0), n: arg("n") }))),
    },
    stop: {
      jvp: ({ o, arg }, dot) => o.op("linspace", { start: num(0), stop: dot, n: arg("n") }),
      vjp: ({ o, arg }, bar) =>
        o.item(o.binary("dot", bar, o.op("linspace", { start: num(0), stop: num(1), n: arg("n") }))),
    },
    n: "none",
  },
  oneHot: none(["indices", "classes"]),
  zerosLike: ofX,
  onesLike: ofX,
  eyeLike: ofX,
  seedOf: ofX,
  shapeOf: ofX,
  outline: ofX,
  outlines: none(["list"]),
  item: { x: { jvp: ({ o }, dot) => o.item(dot), vjp: ({ o, arg }, bar) => o.broadcastLike(bar, arg("x")) } },
  dataOf: {
    x: {
      jvp: ({ o }, dot) => o.op("dataOf", { x: dot }, float64Array),
      vjp: ({ o, arg }, bar) => o.op("tensorOver", { data: bar, like: arg("x") }),
    },
  },
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
