/** Operations that only move elements, repeat them or leave them out: linear ones, each with its adjoint. */
import { at, int, intType, num, op } from "../../../ir/build.ts";
import type { TensorOp } from "../../../ir/tensor-ops.ts";
import type { Expr } from "../../../ir/types.ts";
import { intList, shapeOf, tupleOf } from "../../tensor-build.ts";
import { linear, linearInX, none, type Site, type TensorRule } from "./rule.ts";

/** The elements stay in order; the result is the same ones under another shape. */
const sameElements = (discrete: readonly string[] = []): TensorRule =>
  linearInX(({ o, arg }, bar) => o.reshapeLike(bar, arg("x")), discrete);

/** The adjoint is another operation, with the same arguments and the shape from before. */
const undoneBy = (op: TensorOp, slots: readonly string[]): TensorRule =>
  linearInX(({ o, arg, args }, bar) => o.op(op, { ...pick(args, slots), x: bar, shape: shapeOf(arg("x")) }), slots);

/** The adjoint is the operation that this one is the adjoint of: it knows the shape itself. */
const adjointOf = (op: TensorOp, slots: readonly string[]): TensorRule =>
  linearInX(({ o, args }, bar) => o.op(op, { ...pick(args, slots), x: bar }), ["shape", ...slots]);

function pick(args: Site["args"], slots: readonly string[]): Site["args"] {
  return Object.fromEntries(slots.map((slot) => [slot, args[slot]]));
}

/** Its own adjoint. */
const symmetric = (slots: readonly string[] = []): TensorRule => linearInX((site, bar) => site.again("x", bar), slots);

/** The order of axes that undoes an order. */
function inverse({ o }: Site, axes: Expr): Expr {
  if (axes.kind !== "tuple" || !axes.items.every((item) => item.kind === "literal"))
    return o.op("inverseAxes", { axes }, intList);
  const order = axes.items.map((item) => {
    const axis = Number(item.kind === "literal" ? item.value : 0);
    return axis < 0 ? axis + axes.items.length : axis;
  });
  return tupleOf(order.map((_, k) => int(order.indexOf(k))));
}

/** Numbers, or a list of them, with the other sign. */
function negated(by: Expr): Expr {
  if (by.kind === "tuple") return tupleOf(by.items.map(negated));
  if (by.kind === "literal" && typeof by.value === "number") return int(-by.value);
  if (by.type.kind === "list") return { kind: "foreign", texts: ["", ".map((by) => -by)"], args: [by], type: by.type };
  return op("neg", [by], intType);
}

export const shapeRules = {
  reshape: sameElements(["shape"]),
  flatten: sameElements(["startAxis", "endAxis"]),
  squeeze: sameElements(["axis"]),
  expandDims: sameElements(["axis"]),
  inGroups: sameElements(["groups"]),
  alongAxes: sameElements(["within", "axes"]),
  columnsOf: { ...sameElements(), like: "none" },
  transpose: symmetric(),
  permuteDims: linearInX(
    (site, bar) => site.o.op("permuteDims", { x: bar, axes: inverse(site, site.arg("axes")) }),
    ["axes"],
  ),
  inverseAxes: none(["axes"]),
  axesFrom: none(["x", "from"]),
  axesBut: none(["x", "axis"]),
  swapaxes: symmetric(["i", "j"]),
  moveaxis: linearInX(
    ({ o, args }, bar) => o.op("moveaxis", { x: bar, from: args["to"], to: args["from"] }),
    ["from", "to"],
  ),
  broadcastTo: linearInX(({ o, arg }, bar) => o.sumTo(bar, arg("x")), ["shape"]),
  wholeLike: linearInX(({ o, arg }, bar) => o.sumTo(bar, arg("x")), ["like"]),
  sumTo: linearInX(({ o, arg }, bar) => o.broadcastLike(bar, arg("x")), ["shape"]),
  flip: symmetric(["axis"]),
  roll: linearInX(
    ({ o, args, arg }, bar) => o.op("roll", { x: bar, shift: negated(arg("shift")), axis: args["axis"] }),
    ["shift", "axis"],
  ),
  tril: symmetric(["k"]),
  triu: symmetric(["k"]),
  concat: {
    list: linear(
      ({ o, arg, args }, bar, k) => o.op("partOf", { x: bar, list: arg("list"), k, axis: args["axis"] }),
      "list",
    ),
    axis: "none",
  },
  partOf: linearInX(
    ({ o, arg, args }, bar) => o.op("placePart", { x: bar, list: arg("list"), k: args["k"], axis: args["axis"] }),
    ["list", "k", "axis"],
  ),
  placePart: linearInX(
    ({ o, arg, args }, bar) => o.op("partOf", { x: bar, list: arg("list"), k: args["k"], axis: args["axis"] }),
    ["list", "k", "axis"],
  ),
  stack: {
    list: linear(({ o, args }, bar, k) => o.op("index", { x: bar, i: k, axis: args["axis"] }), "list"),
    axis: "none",
  },
  split: linearInX(({ o, args }, bar) => o.op("concat", { list: bar, axis: args["axis"] }), ["sizes", "axis"]),
  unstack: linearInX(({ o, args }, bar) => o.op("stack", { list: bar, axis: args["axis"] }), ["axis"]),
  half: linearInX(({ o, args }, bar) => o.op("placeHalf", { ...args, x: bar }), ["k", "axis"]),
  placeHalf: linearInX(({ o, args }, bar) => o.op("half", { ...args, x: bar }), ["k", "axis"]),
  slice: undoneBy("unslice", ["start", "stop", "step"]),
  unslice: adjointOf("slice", ["start", "stop", "step"]),
  index: undoneBy("unindex", ["i", "axis"]),
  unindex: adjointOf("index", ["i", "axis"]),
  take: undoneBy("untake", ["indices", "axis"]),
  untake: adjointOf("take", ["indices", "axis"]),
  embedding: {
    weight: linear(
      ({ o, arg }, bar) =>
        o.op("untake", { x: bar, indices: arg("indices"), shape: shapeOf(arg("weight")), axis: int(0) }),
      "weight",
    ),
    indices: "none",
  },
  takeAlongAxis: undoneBy("untakeAlong", ["indices", "axis"]),
  untakeAlong: adjointOf("takeAlongAxis", ["indices", "axis"]),
  gather: linearInX(
    ({ o, arg, args }, bar) =>
      o.op("scatterAdd", {
        x: o.zerosLike(arg("x")),
        indices: arg("indices"),
        updates: bar,
        axis: args["axis"] ?? int(-1),
      }),
    ["indices", "axis"],
  ),
  scatterAdd: {
    x: { jvp: (_, dot) => dot, vjp: (_, bar) => bar },
    updates: {
      jvp: (site, dot) => site.with("x", site.o.zerosLike(site.arg("x"))).again("updates", dot),
      vjp: ({ o, arg, args }, bar) => o.op("gather", { x: bar, indices: arg("indices"), axis: args["axis"] ?? int(0) }),
    },
    ...none(["indices", "axis"]),
  },
  pad: {
    x: {
      jvp: ({ o, args }, dot) => o.op("pad", { x: dot, widths: args["widths"], mode: args["mode"] }),
      vjp: ({ o, arg, args }, bar) =>
        o.op("padAdjoint", { x: bar, shape: shapeOf(arg("x")), widths: args["widths"], mode: args["mode"] }),
    },
    value: {
      jvp: (site, dot) => site.o.mul(dot, padding(site)),
      vjp: (site, bar) => site.o.sumTo(site.o.mul(bar, padding(site)), site.arg("value")),
    },
    ...none(["widths", "mode"]),
  },
  padAdjoint: adjointOf("pad", ["widths", "mode"]),
  tile: undoneBy("tileAdjoint", ["reps"]),
  tileAdjoint: adjointOf("tile", ["reps"]),
  repeat: undoneBy("repeatAdjoint", ["n", "axis"]),
  repeatAdjoint: adjointOf("repeat", ["n", "axis"]),
  diag: undoneBy("undiag", []),
  undiag: adjointOf("diag", []),
  diagonal: undoneBy("placeDiagonal", ["offset"]),
  placeDiagonal: adjointOf("diagonal", ["offset"]),
  trace: undoneBy("untrace", ["offset"]),
  untrace: adjointOf("trace", ["offset"]),
  meshgrid: {
    list: linear(({ o, arg, args }, bar, k) => {
      const own = itemAt(arg("list"), k!);
      return o.op("unmesh", { x: at(bar, k!), k, shape: shapeOf(own), indexing: args["indexing"] });
    }, "list"),
    indexing: "none",
  },
  mesh: undoneBy("unmesh", ["k", "indexing"]),
  unmesh: undoneBy("mesh", ["k", "indexing"]),
  shift: {
    x: {
      jvp: ({ o, arg, args }, dot) => o.op("shift", { x: dot, by: arg("by"), axis: args["axis"] }),
      vjp: ({ o, arg, args }, bar) => o.op("shift", { x: bar, by: negated(arg("by")), axis: args["axis"] }),
    },
    ...none(["by", "axis", "fill"]),
  },
  takePlaces: undoneBy("placePlaces", ["indices", "rank"]),
  placePlaces: adjointOf("takePlaces", ["indices", "rank"]),
} as const satisfies Record<string, TensorRule>;

function itemAt(list: Expr, k: Expr): Expr {
  return list.kind === "tuple" && k.kind === "literal" ? list.items[Number(k.value)]! : at(list, k);
}

/** 1 where there is padding, 0 elsewhere. */
function padding({ o, arg, args }: Site): Expr {
  return o.op("pad", { x: o.zerosLike(arg("x")), widths: args["widths"], value: num(1) });
}
