/** Softmax, normalisations and layers. */
import { bool, int, num } from "../../../ir/build.ts";
import type { Expr } from "../../../ir/types.ts";
import { shapeOf } from "../../tensor-build.ts";
import { composed, elementwise, linear, numberIn, type Site, type TensorRule } from "./rule.ts";

const axisOf = ({ args }: Site): Expr => args["axis"] ?? int(-1);

/** The sum along the axis, which stays. */
const total = (site: Site, x: Expr): Expr => site.o.op("sum", { x, axis: axisOf(site), keepdims: bool(true) });

/** y (u - Σ y u): symmetric, so tangents and cotangents go the same way. */
function throughSoftmax(site: Site, u: Expr): Expr {
  const { o, y } = site;
  const share = o.mul(y, u);
  return o.sub(share, o.mul(y, total(site, share)));
}

const mean = ({ o }: Site, x: Expr, axis: Expr): Expr => o.op("mean", { x, axis, keepdims: bool(true) });

/** 1 / √(x + eps) */
const inverseRoot = (site: Site, x: Expr): Expr => site.o.unary("rsqrt", site.o.add(x, numberIn(site, "eps", 1e-5)));

/** (x - mean) / √(variance + eps) over the axes. */
function normalised(site: Site, x: Expr, axis: Expr): Expr {
  const { o } = site;
  const centred = o.sub(x, mean(site, x, axis));
  return o.mul(centred, inverseRoot(site, mean(site, o.unary("square", centred), axis)));
}

/** · weight + bias, which have the shape of the axes. */
function affine(site: Site, x: Expr, axes: Expr): Expr {
  const { o, args, arg } = site;
  const along = (slot: "weight" | "bias"): Expr | undefined => {
    const given = args[slot];
    return given && o.op("alongAxes", { x: given, within: shapeOf(arg("x")), axes });
  };
  const [weight, bias] = [along("weight"), along("bias")];
  const scaled = weight === undefined ? x : o.mul(x, weight);
  return bias === undefined ? scaled : o.add(scaled, bias);
}

function layerNorm(site: Site): Expr {
  return affine(site, normalised(site, site.arg("x"), site.arg("axes")), site.arg("axes"));
}

function rmsNorm(site: Site): Expr {
  const { o, arg } = site;
  const scale = inverseRoot(site, mean(site, o.unary("square", arg("x")), arg("axes")));
  return affine(site, o.mul(arg("x"), scale), arg("axes"));
}

function groupNorm(site: Site): Expr {
  const { o, arg } = site;
  const grouped = o.op("inGroups", { x: arg("x"), groups: arg("groups") });
  return affine(site, o.reshapeLike(normalised(site, grouped, o.axesFrom(grouped, int(2))), arg("x")), int(1));
}

function instanceNorm(site: Site): Expr {
  const x = site.arg("x");
  return affine(site, normalised(site, x, site.o.axesFrom(x, int(2))), int(1));
}

function batchNorm(site: Site): Expr {
  const { o, arg, args } = site;
  const axis = args["axis"] ?? int(1);
  const x = arg("x");
  const { mean: middle, variance } = args;
  if (middle === undefined || variance === undefined)
    return affine(site, normalised(site, x, o.axesBut(x, axis)), axis);
  const along = (stored: Expr): Expr => o.op("alongAxes", { x: stored, within: shapeOf(x), axes: axis });
  return affine(site, o.mul(o.sub(x, along(middle)), inverseRoot(site, along(variance))), axis);
}

/** The first half, times sigmoid of the second. */
function glu(site: Site): Expr {
  const { o, arg, args } = site;
  const part = (k: number): Expr => o.op("half", { x: arg("x"), k: int(k), axis: args["axis"] });
  return o.mul(part(0), o.unary("sigmoid", part(1)));
}

/** softmax(q kᵀ / √d + mask) v */
function attention(site: Site): Expr {
  const { o, arg, args } = site;
  const scores = o.mul(o.binary("matmulNT", arg("q"), arg("k")), o.inverseRootOfLast(arg("q")));
  const isPlain = args["mask"] === undefined && args["causal"] === undefined;
  const seen = isPlain ? scores : o.op("seenScores", { x: scores, mask: args["mask"], causal: args["causal"] });
  return o.binary("matmul", o.unary("softmax", seen), arg("v"));
}

export const networkRules = {
  softmax: { x: { jvp: throughSoftmax, vjp: throughSoftmax }, axis: "none" },
  logSoftmax: {
    x: {
      jvp: (site, dot) => site.o.sub(dot, total(site, site.o.mul(site.o.unary("exp", site.y), dot))),
      vjp: (site, bar) => site.o.sub(bar, site.o.mul(site.o.unary("exp", site.y), total(site, bar))),
    },
    axis: "none",
  },
  layerNorm: composed(layerNorm, ["x", "weight", "bias", "eps"], ["axes"]),
  rmsNorm: composed(rmsNorm, ["x", "weight", "eps"], ["axes"]),
  groupNorm: composed(groupNorm, ["x", "weight", "bias", "eps"], ["groups"]),
  instanceNorm: composed(instanceNorm, ["x", "weight", "bias", "eps"]),
  batchNorm: composed(batchNorm, ["x", "mean", "variance", "weight", "bias", "eps"], ["axis"]),
  // x mask / (1 - rate)
  dropout: {
    x: linear(({ o, arg, args }, bar) =>
      o.sumTo(o.op("dropout", { x: bar, mask: arg("mask"), rate: args["rate"] }), arg("x")),
    ),
    mask: linear(
      ({ o, arg, args }, bar) => o.sumTo(o.op("dropout", { x: bar, mask: arg("x"), rate: args["rate"] }), arg("mask")),
      "mask",
    ),
    rate: elementwise("rate", ({ o, arg, y }) => o.div(y, o.sub(num(1), arg("rate")))),
  },
  glu: composed(glu, ["x"], ["axis"]),
  scaledDotProductAttention: composed(attention, ["q", "k", "v", "mask"], ["causal"]),
  // A score that is not seen is -Infinity: softmax hands it no cotangent.
  seenScores: {
    x: { jvp: (_, dot) => dot, vjp: (_, bar) => bar },
    mask: {
      jvp: ({ o, y }, dot) => o.broadcastLike(dot, y),
      vjp: ({ o, arg }, bar) => o.sumTo(bar, arg("mask")),
    },
    causal: "none",
  },
} as const satisfies Record<string, TensorRule>;
