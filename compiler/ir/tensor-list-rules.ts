/** Shapes of the results of operations that give several tensors. */
import { differ, type Dim, type Dims, Misfit, showDims } from "./tensor-dims.ts";
import { axisGiven, type ListRule, requireSquares, requireTwoAxes } from "./tensor-operands.ts";
import type { TensorOp } from "./tensor-ops.ts";

const greatest: ListRule = (on, op) => {
  const [x, k] = [on.dims("x"), on.number("k")];
  const along = x && axisGiven(on, op, x, -1);
  if (x === undefined || along === undefined) return undefined;
  const length = x[along];
  if (typeof length === "number" && k !== undefined && !(Number.isInteger(k) && k >= 0 && k <= length))
    throw new Misfit(`${op}: axis ${String(along)} of shape ${showDims(x)} has no ${String(k)} greatest elements`);
  const found = withLength(x, along, k);
  return { items: [found, found] };
};

const withLength = (x: Dims, along: number, length: Dim): Dims => x.map((dim, axis) => (axis === along ? length : dim));

const split: ListRule = (on, op) => {
  const [x, sizes] = [on.dims("x"), on.numbers("sizes")];
  const along = x && axisGiven(on, op, x, 0);
  if (x === undefined || along === undefined || sizes === undefined) return undefined;
  const length = x[along];
  const total = sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + size!, 0);
  if (differ(total, length))
    throw new Misfit(
      `${op}: sizes ${showDims(sizes)} do not add up to axis ${String(along)} of shape ${showDims(x)}: ${String(total)} ≠ ${String(length)}`,
    );
  return { items: sizes.map((size) => withLength(x, along, size)) };
};

const unstacked: ListRule = (on, op) => {
  const x = on.dims("x");
  const along = x && axisGiven(on, op, x, 0);
  if (x === undefined || along === undefined) return undefined;
  const rest = x.filter((_, axis) => axis !== along);
  const length = x[along];
  return typeof length === "number" ? { items: Array.from({ length }, () => rest) } : { each: rest };
};

const meshed: ListRule = (on, op) => {
  const list = on.list("list");
  for (const dims of list ?? [])
    if (dims !== undefined && dims.length > 1) throw new Misfit(`${op}: shape ${showDims(dims)} is no vector`);
  const indexing = on.isGiven("indexing") ? on.text("indexing") : "xy";
  if (list === undefined || indexing === undefined) return undefined;
  const shape = list.map((dims): Dim => (dims?.length === 0 ? 1 : dims?.[0]));
  if (indexing === "xy" && shape.length >= 2) [shape[0], shape[1]] = [shape[1], shape[0]];
  return { items: list.map(() => shape) };
};

/** The reduced factors: as many columns and rows as the shorter side. */
const factors: ListRule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  requireTwoAxes(op, x);
  const [rows, columns] = [x.at(-2), x.at(-1)];
  const areNumbers = typeof rows === "number" && typeof columns === "number";
  const short = rows === columns ? rows : areNumbers ? Math.min(rows, columns) : undefined;
  const batch = x.slice(0, -2);
  return {
    items: [
      [...batch, rows, short],
      [...batch, short, columns],
    ],
  };
};

const signed: ListRule = (on, op) => {
  const x = on.dims("x");
  if (x === undefined) return undefined;
  requireSquares(op, x);
  return { items: [x.slice(0, -2), x.slice(0, -2)] };
};

export const listRules: { readonly [O in TensorOp]?: ListRule } = {
  topk: greatest,
  split,
  unstack: unstacked,
  meshgrid: meshed,
  qr: factors,
  slogdet: signed,
};
