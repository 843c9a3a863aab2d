/** Sums over axes, and what is made of them. */
import { linear, linearInX, none, type TensorRule } from "./rule.ts";

const axes = ["axis", "keepdims"];

export const reductionRules = {
  sum: linearInX(({ o, arg, args }, bar) => o.spreadLike(bar, arg("x"), args["axis"]), axes),
  mean: linearInX(
    ({ o, arg, args, y }, bar) => o.div(o.spreadLike(bar, arg("x"), args["axis"]), o.ratio(arg("x"), y)),
    axes,
  ),
  spreadTo: {
    x: linear(({ o, arg, args }, bar) => o.reshapeLike(o.op("sum", { x: bar, axis: args["axis"] }), arg("x"))),
    ...none(["shape", "axis"]),
  },
  cumsum: linearInX(
    ({ o, args }, bar) => {
      const { axis } = args;
      return o.op("flip", { x: o.op("cumsum", { x: o.op("flip", { x: bar, axis }), axis }), axis });
    },
    ["axis"],
  ),
  any: none(["x", ...axes]),
  all: none(["x", ...axes]),
  countNonzero: none(["x", ...axes]),
  argmax: none(["x", ...axes]),
  argmin: none(["x", ...axes]),
  argsort: none(["x", "axis", "descending"]),
} as const satisfies Record<string, TensorRule>;
