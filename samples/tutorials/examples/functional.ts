/** Functions of many points, and the calls of `torch.autograd.functional`. */
import { onesLike, stack, tensor, tile, type Tensor } from "tsgrad";
import type { Tensors } from "../cases.ts";
import type { Computed } from "../compare.ts";
import {
  adderJacobian,
  adderVjp,
  expReducerJacobian,
  expReducerJvp,
  expReducerVjp,
  ofTwoJvp,
  ofTwoVjp,
  perSampleJvp,
  perSampleVjp,
  powAdderHessian,
  powAdderHvp,
  powReducerHessian,
  powReducerHvp,
  threeOfTwoJvp,
  threeOfTwoPullback,
  threePerSampleJvp,
  threePerSamplePullback,
  waveJvp,
  waveVjp,
  weightedOfTwoHvp,
  weightedPerSampleHvp,
  weightedThreeOfTwoHvp,
  weightedThreePerSampleHvp,
  weightedWaveHvp,
} from "../functions/functional.grad.ts";
import { unit } from "./vectors.ts";
import type { Example } from "./index.ts";

type Values = Readonly<Record<string, Computed>>;

function waves({ x, v, t_x }: Tensors): Values {
  const [y, vjp_v_x] = waveVjp(x, v);
  return {
    y,
    vjp_ones_x: waveVjp(x, onesLike(x))[1],
    vjp_v_x,
    hvp_of_sum_v_f_along_t_x: weightedWaveHvp(x, v, t_x)[1],
    jvp_t: waveJvp(x, t_x)[1],
  };
}

function batches({ x, v, t_x }: Tensors): Values {
  const [y, vjp_v_x] = perSampleVjp(x, v);
  return {
    y,
    vjp_ones_x: perSampleVjp(x, onesLike(y))[1],
    vjp_v_x,
    hvp_of_sum_v_f_along_t_x: weightedPerSampleHvp(x, v, t_x)[1],
    jvp_t: perSampleJvp(x, t_x)[1],
  };
}

function pairs({ x, y, v, t_x, t_y }: Tensors): Values {
  const [value, [vjp_v_x, vjp_v_y]] = ofTwoVjp(x, y, v);
  const [, [vjp_ones_x, vjp_ones_y]] = ofTwoVjp(x, y, onesLike(value));
  const [, [alongX, alongY]] = weightedOfTwoHvp(x, y, v, t_x, t_y);
  return {
    y: value,
    vjp_ones_x,
    vjp_v_x,
    hvp_of_sum_v_f_along_t_x: alongX,
    vjp_ones_y,
    vjp_v_y,
    hvp_of_sum_v_f_along_t_y: alongY,
    jvp_t: ofTwoJvp(x, y, t_x, t_y)[1],
  };
}

/** A cotangent that picks output `k` of every sample. */
const picking = (k: number, samples: number): Tensor => tile(unit(k, 3), [samples, 1]);

/** The samples do not depend on each other, so one VJP for each output makes all their Jacobians. */
function jacobiansOfOne({ x, v, t_x }: Tensors): Values {
  const [y, pullback] = threePerSamplePullback(x);
  const rows = [0, 1, 2].map((k) => pullback(picking(k, x.shape[0])));
  return {
    y,
    J: stack(rows, { axis: 1 }),
    jvp_t: threePerSampleJvp(x, t_x)[1],
    vjp_v_x: pullback(v),
    hvp_of_sum_v_f_along_t_x: weightedThreePerSampleHvp(x, v, t_x)[1],
  };
}

function jacobiansOfTwo({ x, y, v, t_x, t_y }: Tensors): Values {
  const [value, pullback] = threeOfTwoPullback(x, y);
  const rows = [0, 1, 2].map((k) => stack(pullback(picking(k, x.shape[0])), { axis: 1 }));
  const [vjp_v_x, vjp_v_y] = pullback(v);
  const [, [alongX, alongY]] = weightedThreeOfTwoHvp(x, y, v, t_x, t_y);
  return {
    y: value,
    J: stack(rows, { axis: 1 }),
    jvp_t: threeOfTwoJvp(x, y, t_x, t_y)[1],
    vjp_v_x,
    hvp_of_sum_v_f_along_t_x: alongX,
    vjp_v_y,
    hvp_of_sum_v_f_along_t_y: alongY,
  };
}

export const functional: Readonly<Record<string, Example>> = {
  "s2-01-x2-sinx2-n8": waves,
  "s2-01-x2-sinx2-n1000": waves,
  "s2-02-batch-n-by-2-n8": batches,
  "s2-02-batch-n-by-2-n1000": batches,
  "s2-03-two-inputs-n8": pairs,
  "s2-03-two-inputs-n1000": pairs,
  "s2-04-jacobian-n-3-2-n8": jacobiansOfOne,
  "s2-04-jacobian-n-3-2-n1000": jacobiansOfOne,
  "s2-05-jacobian-n-3-2-two-inputs-n8": jacobiansOfTwo,
  "s2-05-jacobian-n-3-2-two-inputs-n1000": jacobiansOfTwo,

  "s2-06-functional-api": ({ X, x, y, v2, tX, tx, ty }) => ({
    vjp_exp: expReducerVjp(X, v2),
    jvp_exp: expReducerJvp(X, tX),
    jacobian_exp: expReducerJacobian(X),
    vjp_adder: adderVjp(x, y, tensor([1, 2])),
    jacobian_adder: adderJacobian(x, y),
    hessian_pow: powReducerHessian(X),
    hvp_pow: powReducerHvp(X, tX),
    // The Hessian is symmetric, so its product with a row is that with a column.
    vhp_pow: powReducerHvp(X, tX),
    hessian_two: powAdderHessian(x, y),
    hvp_two: powAdderHvp(x, y, tx, ty),
  }),
};
