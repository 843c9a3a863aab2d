/** Reductions over axes, running ones, and what is chosen by order. */
import { bool, fieldAt, int, num } from "../../../ir/build.ts";
import type { Expr } from "../../../ir/types.ts";
import { shapeOf } from "../../tensor-build.ts";
import { barOf, known, linear, linearInX, none, type Site, type TensorRule } from "./rule.ts";

const axes = ["axis", "keepdims"];

/** What an element's tangent or cotangent, or its factor in either, becomes. */
type Factor = (site: Site, seed: Expr) => Expr;

/** Each element has a factor: towards the result, and of the result's cotangent. */
function reduction(factor: Factor, others: TensorRule = none(axes)): TensorRule {
  return {
    x: {
      jvp: (site, dot) => {
        const { o, args } = site;
        return o.op("sum", { x: factor(site, dot), axis: args["axis"], keepdims: args["keepdims"] });
      },
      vjp: (site, bar) => factor(site, site.o.spreadLike(bar, site.arg("x"), site.args["axis"])),
    },
    ...others,
  };
}

/** A partial derivative as the factor. */
const by =
  (partial: (site: Site) => Expr): Factor =>
  (site, seed) =>
    site.o.times(seed, partial(site));

/** The result, as it goes with the elements that it was made of: that of all elements goes with each as it is. */
const spread = ({ o, arg, args, y }: Site): Expr =>
  args["axis"] === undefined && args["keepdims"] === undefined ? y : o.spreadLike(y, arg("x"), args["axis"]);

/** Over the same axes, which stay; of all axes there is one number, which needs none to go with every element. */
const kept = ({ o, args }: Site, op: "sum" | "mean", x: Expr): Expr => {
  const axis = args["axis"];
  return axis === undefined ? o.op(op, { x }) : o.op(op, { x, axis, keepdims: bool(true) });
};

/** Ties share evenly. */
function shareOfTies(site: Site, x: Expr, seed: Expr): Expr {
  const { o } = site;
  const ties = o.binary("equal", x, spread(site));
  const count = kept(site, "sum", o.where(ties, o.unary("onesLike", x), num(0)));
  return o.div(o.where(ties, seed, num(0)), count);
}

/** 1 in the place of zeros: what a division by is harmless. */
const withoutZeros = ({ o }: Site, x: Expr): Expr => o.add(x, o.binary("equal", x, num(0)));

/** How many elements go into one result. */
const count = ({ o, arg, args, y }: Site): Expr =>
  args["axis"] === undefined ? o.sizeOf(arg("x")) : o.ratio(arg("x"), y);

/** How many elements are counted: as many as go into one result, less the correction. */
function divisor(site: Site): Expr {
  const { o, args } = site;
  return args["correction"] === undefined ? count(site) : o.sub(count(site), args["correction"]);
}

const centred = (site: Site): Expr => site.o.sub(site.arg("x"), kept(site, "mean", site.arg("x")));

/** (Σ |x|ᵖ)^(1/p):  sign(x) (|x| / y)ᵖ⁻¹, and 0 where y is 0. */
function throughNorm(site: Site, seed: Expr): Expr {
  const { o, arg } = site;
  const order = known<number | string>(site, "ord", 2);
  const x = arg("x");
  const sign = (): Expr => o.unary("sign", x);
  if (order === 0) return o.zerosLike(x);
  if (order === 1) return o.times(seed, sign());
  if (order === Infinity || order === -Infinity) return o.times(shareOfTies(site, o.unary("abs", x), seed), sign());
  const y = withoutZeros(site, spread(site));
  if (order === 2 || order === "fro") return o.times(seed, o.div(x, y));
  const ratio = o.div(o.unary("abs", x), y);
  return o.times(seed, o.mul(sign(), o.binary("pow", ratio, num(Number(order) - 1))));
}

/** The products of all other elements. */
function others({ o, arg, args }: Site): Expr {
  const { axis } = args;
  const rows = o.op("axesLast", { x: arg("x"), axis });
  const before = o.op("shift", { x: o.op("cumprod", { x: rows }), by: int(1), fill: num(1) });
  const after = o.op("shift", { x: o.op("cumprod", { x: rows, reverse: bool(true) }), by: int(-1), fill: num(1) });
  return o.op("axesBack", { x: o.mul(before, after), shape: shapeOf(arg("x")), axis });
}

// ---------------------------------------------------------------------------------------------
// Running results
// ---------------------------------------------------------------------------------------------

const isReverse = (site: Site): boolean => known(site, "reverse", false);

/** Moved on by one place in the direction of the scan, or back by -1. */
function moved(site: Site, x: Expr, by: 1 | -1, fill: number): Expr {
  return site.o.op("shift", { x, by: int(isReverse(site) ? -by : by), axis: site.args["axis"], fill: num(fill) });
}

function scan(site: Site, a: Expr, b: Expr, way: 1 | -1): Expr {
  const reverse = bool(isReverse(site) === (way === 1));
  return site.o.op("linearScan", { a, b, axis: site.args["axis"], reverse });
}

const direction = ["axis", "reverse"];

/** log Σ eˣ of a place is made of that of the place before by this share of it, and of x by the rest. */
function sharesOfRunning(site: Site): { readonly before: Expr; readonly own: Expr } {
  const { o, arg, y } = site;
  const share = (part: Expr): Expr => {
    const empty = o.binary("equal", y, num(-Infinity));
    return o.where(empty, num(0), o.unary("exp", o.sub(part, o.where(empty, num(0), y))));
  };
  return { before: share(moved(site, y, 1, -Infinity)), own: share(arg("x")) };
}

// ---------------------------------------------------------------------------------------------
// Order
// ---------------------------------------------------------------------------------------------

const lastAxis = (site: Site): Expr => site.args["axis"] ?? int(-1);

/** The elements come from places along an axis. */
function fromPlaces(
  site: Site,
  indices: Expr,
): { readonly take: (x: Expr) => Expr; readonly put: (bar: Expr) => Expr } {
  const { o, arg } = site;
  const axis = lastAxis(site);
  return {
    take: (x) => o.op("gather", { x, indices, axis }),
    put: (bar) => o.op("scatterAdd", { x: o.zerosLike(arg("x")), indices, updates: bar, axis }),
  };
}

const sorted = (site: Site): ReturnType<typeof fromPlaces> =>
  fromPlaces(
    site,
    site.o.op("argsort", { x: site.arg("x"), axis: site.args["axis"], descending: site.args["descending"] }),
  );

/** The places of medians among the elements that each is of. */
function medianPlaces({ o, arg, args }: Site): Expr {
  return o.op("expandDims", { x: o.op("argmedian", { x: arg("x"), axis: args["axis"] }), axis: int(-1) });
}

export const reductionRules = {
  sum: linearInX(({ o, arg, args }, bar) => o.spreadLike(bar, arg("x"), args["axis"]), axes),
  mean: linearInX(
    (site, bar) => site.o.div(site.o.spreadLike(bar, site.arg("x"), site.args["axis"]), count(site)),
    axes,
  ),
  spreadTo: {
    x: linear(({ o, arg, args }, bar) => o.reshapeLike(o.op("sum", { x: bar, axis: args["axis"] }), arg("x"))),
    ...none(["shape", "axis"]),
  },
  // A polynomial: nothing is divided by a factor, which may be 0.
  prod: reduction(by(others)),
  max: reduction((site, seed) => shareOfTies(site, site.arg("x"), seed)),
  min: reduction((site, seed) => shareOfTies(site, site.arg("x"), seed)),
  // Σ (x - mean)² / n
  variance: reduction(by((site) => site.o.div(site.o.mul(num(2), centred(site)), divisor(site)))),
  // 0 where all are equal.
  std: reduction(
    by((site) => {
      const { o } = site;
      return o.div(centred(site), o.mul(divisor(site), withoutZeros(site, spread(site))));
    }),
  ),
  logsumexp: reduction(by((site) => site.o.unary("exp", site.o.sub(site.arg("x"), spread(site))))),
  norm: reduction(throughNorm, none(["ord", ...axes])),
  any: none(["x", ...axes]),
  all: none(["x", ...axes]),
  countNonzero: none(["x", ...axes]),
  argmax: none(["x", ...axes]),
  argmin: none(["x", ...axes]),
  argsort: none(["x", "axis", "descending"]),
  argmedian: none(["x", "axis"]),
  cumsum: linearInX((site, bar) => {
    const { o, args } = site;
    return o.op("cumsum", { x: bar, axis: args["axis"], reverse: bool(!isReverse(site)) });
  }, direction),
  // y[i] = x[i] y[i - 1]
  cumprod: {
    x: {
      jvp: (site, dot) => scan(site, site.arg("x"), site.o.mul(moved(site, site.y, 1, 1), dot), 1),
      vjp: (site, bar) => site.o.mul(moved(site, site.y, 1, 1), scan(site, moved(site, site.arg("x"), -1, 0), bar, -1)),
    },
    ...none(direction),
  },
  logcumsumexp: {
    x: {
      jvp: (site, dot) => {
        const { before, own } = sharesOfRunning(site);
        return scan(site, before, site.o.mul(own, dot), 1);
      },
      vjp: (site, bar) => {
        const { before, own } = sharesOfRunning(site);
        return site.o.mul(own, scan(site, moved(site, before, -1, 0), bar, -1));
      },
    },
    ...none(direction),
  },
  // y[i] = a[i] y[i - 1] + b[i]
  linearScan: {
    a: {
      jvp: (site, dot) => scan(site, site.arg("a"), site.o.mul(dot, moved(site, site.y, 1, 0)), 1),
      vjp: (site, bar) => site.o.mul(scan(site, moved(site, site.arg("a"), -1, 0), bar, -1), moved(site, site.y, 1, 0)),
    },
    b: linear((site, bar) => scan(site, moved(site, site.arg("a"), -1, 0), bar, -1), "b"),
    ...none(direction),
  },
  sort: {
    x: { jvp: (site, dot) => sorted(site).take(dot), vjp: (site, bar) => sorted(site).put(bar) },
    ...none(["axis", "descending"]),
  },
  topk: {
    x: {
      jvp: (site, dot) => {
        const indices = fieldAt(site.y, "1");
        const values = fromPlaces(site, indices).take(dot);
        return { kind: "items", items: [values, site.o.zerosLike(indices)], type: site.y.type };
      },
      vjp: (site, bar) => fromPlaces(site, fieldAt(site.y, "1")).put(barOf(site, bar, "0")),
    },
    ...none(["k", "axis"]),
  },
  median: {
    x: {
      jvp: (site, dot) => {
        const { o, args, y } = site;
        const rows = o.op("axesLast", { x: dot, axis: args["axis"] });
        return o.reshapeLike(o.op("gather", { x: rows, indices: medianPlaces(site) }), y);
      },
      vjp: (site, bar) => {
        const { o, arg, args } = site;
        const indices = medianPlaces(site);
        const zeros = o.zerosLike(o.op("axesLast", { x: arg("x"), axis: args["axis"] }));
        const updates = o.reshapeLike(bar, indices);
        const rows = o.op("scatterAdd", { x: zeros, indices, updates, axis: int(-1) });
        return o.op("axesBack", { x: rows, shape: shapeOf(arg("x")), axis: args["axis"] });
      },
    },
    ...none(axes),
  },
  axesLast: linearInX(
    ({ o, arg, args }, bar) => o.op("axesBack", { x: bar, shape: shapeOf(arg("x")), axis: args["axis"] }),
    ["axis"],
  ),
  axesBack: linearInX(({ o, args }, bar) => o.op("axesLast", { x: bar, axis: args["axis"] }), ["shape", "axis"]),
} as const satisfies Record<string, TensorRule>;
