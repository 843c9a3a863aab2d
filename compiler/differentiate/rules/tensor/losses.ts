/** Losses, reduced to their mean by default. */
import { bool, int, num } from "../../../ir/build.ts";
import type { Expr } from "../../../ir/types.ts";
import { composed, elementwise, known, none, numberIn, type Site, type SlotRule, type TensorRule } from "./rule.ts";

function reduced(site: Site, losses: Expr): Expr {
  const { o } = site;
  switch (known<string>(site, "reduction", "mean")) {
    case "mean":
      return o.unary("mean", losses);
    case "sum":
      return o.unary("sum", losses);
    default:
      return losses;
  }
}

const difference = ({ o, arg }: Site): Expr => o.sub(arg("x"), arg("y"));

const pairs = (program: (site: Site) => Expr, parameters: readonly string[] = []): TensorRule =>
  composed((site) => reduced(site, program(site)), ["x", "y", ...parameters], ["reduction"]);

/** d² / (2 beta) within beta, |d| - beta / 2 beyond. */
function smoothL1(site: Site): Expr {
  const { o } = site;
  const beta = numberIn(site, "beta", 1);
  const d = difference(site);
  const distance = o.unary("abs", d);
  if (beta.kind === "literal" && beta.value === 0) return distance;
  const near = o.mul(o.unary("square", d), o.div(num(0.5), beta));
  return o.where(o.binary("less", distance, beta), near, o.sub(distance, o.mul(num(0.5), beta)));
}

/** d² / 2 within delta, delta (|d| - delta / 2) beyond. */
function huber(site: Site): Expr {
  const { o } = site;
  const delta = numberIn(site, "delta", 1);
  const d = difference(site);
  const distance = o.unary("abs", d);
  const far = o.mul(o.sub(distance, o.mul(num(0.5), delta)), delta);
  return o.where(o.binary("lessEqual", distance, delta), o.mul(o.unary("square", d), num(0.5)), far);
}

/** -(y log p + (1 - y) log(1 - p)), with logarithms of no less than -100. */
function binaryCrossEntropy({ o, arg }: Site): Expr {
  const [p, y] = [arg("x"), arg("y")];
  const yes = o.mul(y, o.binary("maximum", o.unary("log", p), num(-100)));
  const no = o.mul(o.sub(num(1), y), o.binary("maximum", o.unary("log1p", o.neg(p)), num(-100)));
  return o.neg(o.add(yes, no));
}

/** log(1 + eˣ) - x y */
const withLogits = ({ o, arg }: Site): Expr => o.sub(o.unary("softplus", arg("x")), o.mul(arg("x"), arg("y")));

/** y (log y - x), with 0 log 0 = 0. */
const divergence = ({ o, arg }: Site): Expr => o.sub(o.binary("xlogy", arg("y"), arg("y")), o.mul(arg("y"), arg("x")));

function klDiv(site: Site): Expr {
  const { o, arg } = site;
  if (known<string>(site, "reduction", "mean") !== "batchmean") return reduced(site, divergence(site));
  return o.div(o.unary("sum", divergence(site)), o.lengthOfAxis(arg("x"), 0));
}

function cosineSimilarity(site: Site): Expr {
  const { o, arg, args } = site;
  const axis = args["axis"] ?? int(-1);
  const length = (x: Expr): Expr => o.op("clip", { x: o.op("norm", { x, axis }), min: numberIn(site, "eps", 1e-8) });
  const product = o.op("sum", { x: o.mul(arg("x"), arg("y")), axis });
  return o.div(product, o.mul(length(arg("x")), length(arg("y"))));
}

// ---------------------------------------------------------------------------------------------
// Of classes
// ---------------------------------------------------------------------------------------------

/** t · weight for each class, which is how much its logarithm counts in a loss. */
function countedTargets(site: Site, logits: Expr, labelSmoothing: Expr | undefined): Expr {
  const { o, arg, args } = site;
  const { weight, ignoreIndex } = args;
  const targets = o.op("classTargets", { labels: arg("labels"), logits, labelSmoothing, ignoreIndex });
  if (weight === undefined) return targets;
  return o.mul(targets, o.op("alongAxes", { x: weight, within: o.shapeOf(logits), axes: o.classAxis(logits) }));
}

function reducedByLabels(site: Site, logits: Expr, losses: Expr): Expr {
  const { o, arg, args } = site;
  const { weight, ignoreIndex } = args;
  if (known<string>(site, "reduction", "mean") !== "mean") return reduced(site, losses);
  return o.div(o.unary("sum", losses), o.op("meanWeight", { labels: arg("labels"), logits, weight, ignoreIndex }));
}

/** The losses -Σ target · weight · log, of logarithms of the shape of the logits. */
function ofClasses(site: Site, logits: Expr, logs: Expr, smoothing: Expr | undefined): Expr {
  const { o } = site;
  // What a label leaves out may be -Infinity.
  const counted = o.binary("mulOrZero", countedTargets(site, logits, smoothing), logs);
  return reducedByLabels(site, logits, o.neg(o.op("sum", { x: counted, axis: o.classAxis(logits) })));
}

const targetSlots = ["labels", "labelSmoothing", "weight", "ignoreIndex"];
const targetsOf = ({ args }: Site): Site["args"] => Object.fromEntries(targetSlots.map((slot) => [slot, args[slot]]));

/** Towards the logits there is one partial derivative for each. */
const throughLogits: SlotRule = {
  jvp: (site, dot) => {
    const { o, arg } = site;
    const logits = arg("logits");
    const slope = o.op("crossEntropySlope", { logits, ...targetsOf(site) });
    return reducedByLabels(site, logits, o.op("sum", { x: o.mul(dot, slope), axis: o.classAxis(logits) }));
  },
  vjp: (site, bar) => {
    const { o, arg, args } = site;
    const logits = arg("logits");
    const { labels, weight, ignoreIndex } = args;
    const slope = o.op("crossEntropySlope", { logits, ...targetsOf(site) });
    switch (known<string>(site, "reduction", "mean")) {
      case "mean":
        return o.mul(o.div(bar, o.op("meanWeight", { labels, logits, weight, ignoreIndex })), slope);
      case "sum":
        return o.mul(bar, slope);
      default:
        return o.mul(o.op("expandDims", { x: bar, axis: o.classAxis(logits) }), slope);
    }
  },
};

/** softmax · Σ t - t */
function slopeOf(site: Site): Expr {
  const { o, arg, args } = site;
  const logits = arg("logits");
  const axis = o.classAxis(logits);
  const targets = countedTargets(site, logits, args["labelSmoothing"]);
  const share = o.op("softmax", { x: logits, axis });
  return o.sub(o.mul(share, o.op("sum", { x: targets, axis, keepdims: bool(true) })), targets);
}

function crossEntropy(site: Site): Expr {
  const { o, arg, args } = site;
  const logits = arg("logits");
  const logs = o.op("logSoftmax", { x: logits, axis: o.classAxis(logits) });
  return ofClasses(site, logits, logs, args["labelSmoothing"]);
}

const nllLoss = (site: Site): Expr => ofClasses(site, site.arg("x"), site.arg("x"), undefined);

export const lossRules = {
  mseLoss: pairs((site) => site.o.unary("square", difference(site))),
  l1Loss: pairs((site) => site.o.unary("abs", difference(site))),
  smoothL1Loss: pairs(smoothL1, ["beta"]),
  huberLoss: pairs(huber, ["delta"]),
  binaryCrossEntropy: pairs(binaryCrossEntropy),
  binaryCrossEntropyWithLogits: pairs(withLogits),
  klDiv: composed(klDiv, ["x", "y"], ["reduction"]),
  cosineSimilarity: composed(cosineSimilarity, ["x", "y", "eps"], ["axis"]),
  crossEntropy: {
    ...composed(crossEntropy, ["labels", "weight"], ["reduction", "ignoreIndex"]),
    logits: throughLogits,
  },
  crossEntropySlope: composed(slopeOf, ["logits", "labels", "weight"], ["ignoreIndex"]),
  nllLoss: composed(nllLoss, ["x", "weight"], ["labels", "reduction", "ignoreIndex"]),
  // Probabilities take part linearly; labels have no derivative.
  classTargets: {
    labels: elementwise("labels", ({ o, args }) => o.sub(num(1), args["labelSmoothing"] ?? num(0))),
    ...none(["logits", "ignoreIndex"]),
  },
  labelCounts: none(["labels", "logits", "ignoreIndex"]),
  meanWeight: {
    weight: {
      jvp: ({ o, arg, args }, dot) => o.binary("dot", dot, countsOf({ o, arg, args })),
      vjp: ({ o, arg, args }, bar) => o.mul(bar, countsOf({ o, arg, args })),
    },
    ...none(["labels", "logits", "ignoreIndex"]),
  },
} as const satisfies Record<string, TensorRule>;

function countsOf({ o, arg, args }: Pick<Site, "o" | "arg" | "args">): Expr {
  return o.op("labelCounts", { labels: arg("labels"), logits: arg("logits"), ignoreIndex: args["ignoreIndex"] });
}
