/**
 * Convolutions, pools and other sizes of images. Convolution, and its adjoints in its two operands, are the partial
 * derivatives of one trilinear form, so each is made of the others.
 */
import { int } from "../../../ir/build.ts";
import type { TensorOp } from "../../../ir/tensor-ops.ts";
import type { Expr } from "../../../ir/types.ts";
import { shapeOf } from "../../tensor-build.ts";
import { linear, linearInX, none, type Site, type SlotRule, type TensorRule } from "./rule.ts";

const windows = ["stride", "padding", "dilation", "groups"];

const windowsOf = ({ args }: Site): Site["args"] => Object.fromEntries(windows.map((slot) => [slot, args[slot]]));

const conv = (site: Site, x: Expr, w: Expr): Expr => site.o.op("conv", { x, w, ...windowsOf(site) });
/** Of the shape of `x`. */
const convInput = (site: Site, v: Expr, w: Expr, x: Expr): Expr =>
  site.o.op("convInput", { x: v, w, shape: shapeOf(x), ...windowsOf(site) });
/** Of the shape of `w`. */
const convWeight = (site: Site, x: Expr, v: Expr, w: Expr): Expr =>
  site.o.op("convWeight", { x, w: v, shape: shapeOf(w), ...windowsOf(site) });

/** One number for each channel, which is axis 1. */
const bias: SlotRule = {
  jvp: ({ o, y }, dot) => o.broadcastLike(o.op("alongAxes", { x: dot, within: shapeOf(y), axes: int(1) }), y),
  vjp: ({ o }, bar) => o.op("sum", { x: bar, axis: o.axesBut(bar, int(1)) }),
};

/** The operation without its bias, with another operand. */
const unbiased = (site: Site, slot: string, dot: Expr, op: TensorOp): Expr =>
  site.o.op(op, { ...site.args, [slot]: dot, bias: undefined });

function convolution(op: TensorOp): TensorRule {
  return {
    x: {
      jvp: (site, dot) => unbiased(site, "x", dot, op),
      vjp: (site, bar) => convInput(site, bar, site.arg("w"), site.arg("x")),
    },
    w: {
      jvp: (site, dot) => unbiased(site, "w", dot, op),
      vjp: (site, bar) => convWeight(site, site.arg("x"), bar, site.arg("w")),
    },
    bias,
    ...none(windows),
  };
}

function transposedConvolution(op: TensorOp): TensorRule {
  return {
    x: {
      jvp: (site, dot) => unbiased(site, "x", dot, op),
      vjp: (site, bar) => conv(site, bar, site.arg("w")),
    },
    w: {
      jvp: (site, dot) => unbiased(site, "w", dot, op),
      vjp: (site, bar) => convWeight(site, bar, site.arg("x"), site.arg("w")),
    },
    bias,
    ...none([...windows, "outputPadding"]),
  };
}

/** The greatest elements, from where they are; the last `rank` axes are the image. */
function maxPool(op: "maxPool1dIndices" | "maxPool2dIndices", rank: number): TensorRule {
  const places = ({ o, args }: Site): Expr => o.op(op, args);
  return {
    x: {
      jvp: (site, dot) => site.o.op("takePlaces", { x: dot, indices: places(site), rank: int(rank) }),
      vjp: (site, bar) =>
        site.o.op("placePlaces", { x: bar, indices: places(site), shape: shapeOf(site.arg("x")), rank: int(rank) }),
    },
    ...none(["kernel", "stride", "padding"]),
  };
}

const poolSlots = ["kernel", "stride", "padding", "countIncludePad"];
const averages = (adjoint: TensorOp): TensorRule =>
  linearInX(({ o, arg, args }, bar) => o.op(adjoint, { ...args, x: bar, shape: shapeOf(arg("x")) }), poolSlots);
const averagesBack = (op: TensorOp): TensorRule =>
  linearInX(({ o, args }, bar) => o.op(op, { ...args, x: bar }), ["shape", ...poolSlots]);

/** Another size of the last axes, and back to the one from before. */
const resized = (op: TensorOp): TensorRule =>
  linearInX(
    ({ o, arg, args }, bar) => o.op(op, { x: bar, size: o.lengthsOfLast(arg("x"), arg("size")), mode: args["mode"] }),
    ["size", "mode"],
  );

const noPlaces = none(["x", "kernel", "stride", "padding"]);

export const convolutionRules = {
  conv1d: convolution("conv1d"),
  conv2d: convolution("conv2d"),
  conv3d: convolution("conv3d"),
  convTranspose1d: transposedConvolution("convTranspose1d"),
  convTranspose2d: transposedConvolution("convTranspose2d"),
  conv: {
    x: linear((site, bar) => convInput(site, bar, site.arg("w"), site.arg("x"))),
    w: linear((site, bar) => convWeight(site, site.arg("x"), bar, site.arg("w")), "w"),
    ...none(windows),
  },
  convInput: {
    x: linear((site, bar) => conv(site, bar, site.arg("w"))),
    w: linear((site, bar) => convWeight(site, bar, site.arg("x"), site.arg("w")), "w"),
    ...none(["shape", ...windows]),
  },
  convWeight: {
    x: linear((site, bar) => convInput(site, site.arg("w"), bar, site.arg("x"))),
    w: linear((site, bar) => conv(site, site.arg("x"), bar), "w"),
    ...none(["shape", ...windows]),
  },
  maxPool1d: maxPool("maxPool1dIndices", 1),
  maxPool2d: maxPool("maxPool2dIndices", 2),
  maxPool1dIndices: noPlaces,
  maxPool2dIndices: noPlaces,
  avgPool1d: averages("avgPool1dAdjoint"),
  avgPool2d: averages("avgPool2dAdjoint"),
  avgPool1dAdjoint: averagesBack("avgPool1d"),
  avgPool2dAdjoint: averagesBack("avgPool2d"),
  interpolate: resized("interpolateAdjoint"),
  interpolateAdjoint: resized("interpolate"),
} as const satisfies Record<string, TensorRule>;
