/** Shapes of convolutions and pools: how often windows fit, and what they leave. */
import { differ, type Dim, type Dims, Misfit, showDims } from "./tensor-dims.ts";
import type { Operands, Rule } from "./tensor-operands.ts";

function requireSpatial(op: string, rank: number, x: Dims, w: Dims): void {
  if (x.length !== rank + 2 || w.length !== rank + 2)
    throw new Misfit(
      `${op}: shapes ${showDims(x)} and ${showDims(w)} must both have ${String(rank + 2)} axes: a batch, channels and ${String(rank)} spatial`,
    );
}

function requireBias(on: Operands, op: string, channels: Dim): void {
  const bias = on.isGiven("bias") ? on.dims("bias") : undefined;
  if (bias !== undefined && (bias.length !== 1 || differ(bias[0], channels)))
    throw new Misfit(
      `${op}: bias of shape ${showDims(bias)} is not [${String(channels ?? "?")}], one number for each channel`,
    );
}

/** Windows along the last `rank` axes. */
const convolved =
  (rank: number): Rule =>
  (on, op) => {
    const [x, w] = [on.dims("x"), on.dims("w")];
    if (x === undefined || w === undefined) return undefined;
    requireSpatial(op, rank, x, w);
    const groups = on.isGiven("groups") ? on.number("groups") : 1;
    const isDivided = (length: Dim): boolean =>
      typeof length !== "number" || groups === undefined || (groups >= 1 && length % groups === 0);
    if (!isDivided(x[1]) || !isDivided(w[0]))
      throw new Misfit(`${op}: shapes ${showDims(x)} and ${showDims(w)} do not divide into ${String(groups)} groups`);
    const channels = typeof x[1] === "number" && groups !== undefined ? x[1] / groups : groups === 1 ? x[1] : undefined;
    if (differ(channels, w[1]))
      throw new Misfit(
        `${op}: shapes ${showDims(x)} and ${showDims(w)} do not align: ${String(channels)} ≠ ${String(w[1])} channels in each group`,
      );
    requireBias(on, op, w[0]);
    const spans = w.slice(2).map((width, k) => {
      const dilation = windowNumber(on, "dilation", k, 1);
      return typeof width === "number" && dilation !== undefined ? dilation * (width - 1) + 1 : undefined;
    });
    return [x[0], w[0], ...windowed(on, op, x.slice(2), w.slice(2), spans)];
  };

/** As if the result were convolved to x. */
const transposedConvolved =
  (rank: number): Rule =>
  (on, op) => {
    const [x, w] = [on.dims("x"), on.dims("w")];
    if (x === undefined || w === undefined) return undefined;
    requireSpatial(op, rank, x, w);
    if (differ(x[1], w[0]))
      throw new Misfit(
        `${op}: shapes ${showDims(x)} and ${showDims(w)} do not align: ${String(x[1])} ≠ ${String(w[0])} channels`,
      );
    const groups = on.isGiven("groups") ? on.number("groups") : 1;
    const channels = groups === 1 ? w[1] : typeof w[1] === "number" && groups !== undefined ? w[1] * groups : undefined;
    requireBias(on, op, channels);
    const spatial = x.slice(2).map((length, k) => {
      const width = w[k + 2];
      const [stride, padding] = [windowNumber(on, "stride", k, 1), windowNumber(on, "padding", k, 0)];
      const [dilation, extra] = [windowNumber(on, "dilation", k, 1), windowNumber(on, "outputPadding", k, 0)];
      if (typeof length !== "number" || typeof width !== "number") return undefined;
      if (stride === undefined || padding === undefined || dilation === undefined || extra === undefined)
        return undefined;
      return (length - 1) * stride - 2 * padding + dilation * (width - 1) + extra + 1;
    });
    if (spatial.some((length) => length !== undefined && length < 1))
      throw new Misfit(`${op}: shapes ${showDims(x)} and ${showDims(w)} leave nothing within the padding`);
    return [x[0], channels, ...spatial];
  };

const pooled =
  (rank: number): Rule =>
  (on, op) => {
    const x = on.dims("x");
    if (x === undefined) return undefined;
    if (x.length <= rank)
      throw new Misfit(`${op}: shape ${showDims(x)} has no channels in front of ${String(rank)} spatial axes`);
    const kernels = Array.from({ length: rank }, (_, k) => windowNumber(on, "kernel", k, undefined));
    return [...x.slice(0, -rank), ...windowed(on, op, x.slice(-rank), kernels, kernels, kernels)];
  };

/** How often windows of such spans fit. */
function windowed(
  on: Operands,
  op: string,
  lengths: Dims,
  kernel: Dims,
  spans: Dims,
  strides: Dims = lengths.map(() => 1),
): Dim[] {
  return lengths.map((length, k) => {
    const own = strides[k];
    const stride = windowNumber(on, "stride", k, typeof own === "number" ? own : undefined);
    const padding = windowNumber(on, "padding", k, 0);
    const span = spans[k];
    if (typeof length !== "number" || typeof span !== "number" || stride === undefined || padding === undefined)
      return undefined;
    const room = length + 2 * padding;
    if (span > room)
      throw new Misfit(
        `${op}: a kernel of shape ${showDims(kernel)} spans ${String(span)} elements, but axis ${String(k - lengths.length)} ` +
          `of shape ${showDims(lengths)} with padding ${String(padding)} has ${String(room)}`,
      );
    return Math.floor((room - span) / stride) + 1;
  });
}

function windowNumber(on: Operands, slot: string, k: number, otherwise: number | undefined): number | undefined {
  if (!on.isGiven(slot)) return otherwise;
  const one = on.number(slot);
  return one ?? on.numbers(slot)?.[k];
}

export const windowRules: readonly (readonly [names: string, rule: Rule])[] = [
  ["conv1d", convolved(1)],
  ["conv2d", convolved(2)],
  ["conv3d", convolved(3)],
  ["convTranspose1d", transposedConvolved(1)],
  ["convTranspose2d", transposedConvolved(2)],
  ["maxPool1d avgPool1d", pooled(1)],
  ["maxPool2d avgPool2d", pooled(2)],
];
