/** The gradient penalty of WGAN-GP with three critics, and where a critic's gradient is zero. */
import { ones, zeros, type Tensor } from "tsgrad";
import type { Tensors } from "../cases.ts";
import type { Computed } from "../compare.ts";
import { interpolate, lengths, type ConvCritic, type DenseCritic } from "../functions/wgan.ts";
import {
  denseCriticVjp,
  denseLossValueAndGrad,
  densePenaltyOfRootsGrad,
  densePenaltyValueAndGrad,
  leakyCriticVjp,
  leakyLossValueAndGrad,
  leakyPenaltyValueAndGrad,
  tanhCriticVjp,
  tanhLossValueAndGrad,
  tanhPenaltyValueAndGrad,
} from "../functions/wgan.grad.ts";
import type { Example } from "./index.ts";

/** A critic with what was generated from it. */
interface Functions<Critic> {
  readonly vjp: (images: Tensor, critic: Critic, v: Tensor) => [scores: Tensor, gradients: Tensor];
  readonly penalty: (images: Tensor, critic: Critic) => [penalty: Tensor, grads: [images: Tensor, critic: Critic]];
  readonly loss: (critic: Critic, real: Tensor, fake: Tensor, alpha: Tensor) => [loss: Tensor, grads: Critic];
}

const leaky: Functions<ConvCritic> = {
  vjp: leakyCriticVjp,
  penalty: leakyPenaltyValueAndGrad,
  loss: leakyLossValueAndGrad,
};
const smooth: Functions<ConvCritic> = {
  vjp: tanhCriticVjp,
  penalty: tanhPenaltyValueAndGrad,
  loss: tanhLossValueAndGrad,
};
const dense: Functions<DenseCritic> = {
  vjp: denseCriticVjp,
  penalty: densePenaltyValueAndGrad,
  loss: denseLossValueAndGrad,
};

function train<Critic extends ConvCritic | DenseCritic>(
  functions: Functions<Critic>,
  critic: Critic,
  { real, fake, alpha }: Tensors,
): Readonly<Record<string, Computed>> {
  const interpolated = interpolate(real, fake, alpha);
  const [penalty, [dpenalty_interpolated, dpenalty]] = functions.penalty(interpolated, critic);
  const [critic_loss, dloss] = functions.loss(critic, real, fake, alpha);
  const [critic_output, gradients] = functions.vjp(interpolated, critic, ones([real.shape[0], 1]));
  return {
    interpolated,
    critic_output,
    gradients,
    norms: lengths(gradients),
    penalty,
    ...named("dpenalty", dpenalty),
    dpenalty_interpolated,
    critic_loss,
    ...named("dloss", dloss),
  };
}

function named(prefix: string, gradients: ConvCritic | DenseCritic): Tensors {
  return Object.fromEntries(
    Object.entries<Tensor>({ ...gradients }).map(([name, value]) => [`${prefix}_${name}`, value]),
  );
}

const convCriticOf = ({ conv_w, conv_b, lin_w, lin_b }: Tensors): ConvCritic => ({ conv_w, conv_b, lin_w, lin_b });

export const wgan: Readonly<Record<string, Example>> = {
  "s0-09a-wgan-gp-conv-leaky": (inputs) => train(leaky, convCriticOf(inputs), inputs),
  "s0-09b-wgan-gp-conv-tanh": (inputs) => train(smooth, convCriticOf(inputs), inputs),
  "s0-09c-wgan-gp-dense-tanh": (inputs) => {
    const { W1, b1, W2, b2 } = inputs;
    return train(dense, { W1, b1, W2, b2 }, inputs);
  },

  "s0-09d-wgan-gp-zero-critic": ({ real, fake, alpha }) => {
    const critic = { W1: zeros([5, 32]), b1: zeros([5]), W2: zeros([1, 5]), b2: zeros([1]) };
    const interpolated = interpolate(real, fake, alpha);
    const [penalty, [, dpenalty]] = densePenaltyValueAndGrad(interpolated, critic);
    const [, gradients] = denseCriticVjp(interpolated, critic, ones([real.shape[0], 1]));
    return {
      norms: lengths(gradients),
      penalty,
      dpenalty: Object.values<Tensor>({ ...dpenalty }),
      with_sqrt_sum_sq: Object.values<Tensor>({ ...densePenaltyOfRootsGrad(interpolated, critic) }),
    };
  },
};
