/** Losses, reduced to their mean by default. */
import { int, num } from "../../../ir/build.ts";
import type { Expr } from "../../../ir/types.ts";
import { composed, elementwise, known, none, numberIn, type Site, type TensorRule } from "./rule.ts";

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

/** The losses -Σ target · weight · log, of logarithms of the shape of the logits. */
function ofClasses(site: Site, logits: Expr, logs: Expr, smoothing: Expr | undefined): Expr {
  const { o, arg, args } = site;
  const { weight, ignoreIndex } = args;
  const labels = arg("labels");
  const axis = o.classAxis(logits);
  const targets = o.op("classTargets", { labels, logits, labelSmoothing: smoothing, ignoreIndex });
  const counted =
    weight === undefined
      ? targets
      : o.mul(targets, o.op("alongAxes", { x: weight, within: o.shapeOf(logits), axes: axis }));
  // What a label leaves out may be -Infinity.
  const losses = o.neg(o.op("sum", { x: o.binary("mulOrZero", counted, logs), axis }));
  switch (known<string>(site, "reduction", "mean")) {
    case "mean":
      return o.div(o.unary("sum", losses), o.op("meanWeight", { labels, logits, weight, ignoreIndex }));
    case "sum":
      return o.unary("sum", losses);
    default:
      return losses;
  }
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
  crossEntropy: composed(crossEntropy, ["logits", "labels", "weight"], ["reduction", "ignoreIndex"]),
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
