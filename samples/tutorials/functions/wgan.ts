/**
 * The gradient penalty of WGAN-GP: how far the critic's gradient towards its input is from length 1. Training differentiates
 * it towards the critic's parameters, so these are derivatives of derivatives.
 */
import {
  type Tensor,
  add,
  conv2d,
  flatten,
  leakyRelu,
  linear,
  mean,
  mul,
  norm,
  ones,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  vjp,
} from "tsgrad";

export interface ConvCritic {
  conv_w: Tensor;
  conv_b: Tensor;
  lin_w: Tensor;
  lin_b: Tensor;
}

export interface DenseCritic {
  W1: Tensor;
  b1: Tensor;
  W2: Tensor;
  b2: Tensor;
}

/**
 * Images `[N, C, H, W]` to scores `[N, 1]`.
 * @differentiable vjp
 * @wrt images
 */
export function leakyCritic(images: Tensor, { conv_w, conv_b, lin_w, lin_b }: ConvCritic): Tensor {
  const features = leakyRelu(conv2d(images, conv_w, { bias: conv_b, padding: 1 }), { negativeSlope: 0.2 });
  return linear(flatten(features, { startAxis: 1 }), lin_w, lin_b);
}

/**
 * The same with another activation: its second derivative is not zero.
 * @differentiable vjp
 * @wrt images
 */
export function tanhCritic(images: Tensor, { conv_w, conv_b, lin_w, lin_b }: ConvCritic): Tensor {
  const features = tanh(conv2d(images, conv_w, { bias: conv_b, padding: 1 }));
  return linear(flatten(features, { startAxis: 1 }), lin_w, lin_b);
}

/**
 * Two dense layers.
 * @differentiable vjp
 * @wrt images
 */
export function denseCritic(images: Tensor, { W1, b1, W2, b2 }: DenseCritic): Tensor {
  return linear(tanh(linear(flatten(images, { startAxis: 1 }), W1, b1)), W2, b2);
}

/** Points between the real images and the made-up ones, with one `alpha` for each pair. */
export function interpolate(real: Tensor, fake: Tensor, alpha: Tensor): Tensor {
  return add(mul(alpha, real), mul(sub(1, alpha), fake));
}

/** The length of each sample's gradient. */
export function lengths(gradients: Tensor): Tensor {
  return norm(flatten(gradients, { startAxis: 1 }), { axis: 1 });
}

function penaltyOf(gradients: Tensor): Tensor {
  return mean(square(sub(lengths(gradients), 1)));
}

function criticLoss(fakeScores: Tensor, realScores: Tensor, penalty: Tensor): Tensor {
  return add(sub(mean(fakeScores), mean(realScores)), mul(10, penalty));
}

/**
 * This critic is linear between its kinks, so its gradient, and with it the penalty, does not change with the images.
 * @differentiable valueAndGrad
 */
// tsgrad-ignore TG3102
export function leakyPenalty(images: Tensor, critic: ConvCritic): Tensor {
  const [, gradients] = vjp(leakyCritic, { wrt: 0 })(images, critic, ones([images.shape[0], 1]));
  return penaltyOf(gradients);
}

/** @differentiable valueAndGrad */
export function tanhPenalty(images: Tensor, critic: ConvCritic): Tensor {
  const [, gradients] = vjp(tanhCritic, { wrt: 0 })(images, critic, ones([images.shape[0], 1]));
  return penaltyOf(gradients);
}

/** @differentiable valueAndGrad */
export function densePenalty(images: Tensor, critic: DenseCritic): Tensor {
  const [, gradients] = vjp(denseCritic, { wrt: 0 })(images, critic, ones([images.shape[0], 1]));
  return penaltyOf(gradients);
}

/**
 * With lengths as they are often written: where a gradient is 0, the square root's derivative is infinite.
 * @differentiable grad
 * @wrt critic
 */
export function densePenaltyOfRoots(images: Tensor, critic: DenseCritic): Tensor {
  const [, gradients] = vjp(denseCritic, { wrt: 0 })(images, critic, ones([images.shape[0], 1]));
  const roots = sqrt(sum(square(gradients), { axis: [1, 2, 3] }));
  return mean(square(sub(roots, 1)));
}

/**
 * @differentiable valueAndGrad
 * @wrt critic
 */
export function leakyLoss(critic: ConvCritic, real: Tensor, fake: Tensor, alpha: Tensor): Tensor {
  const penalty = leakyPenalty(interpolate(real, fake, alpha), critic);
  return criticLoss(leakyCritic(fake, critic), leakyCritic(real, critic), penalty);
}

/**
 * @differentiable valueAndGrad
 * @wrt critic
 */
export function tanhLoss(critic: ConvCritic, real: Tensor, fake: Tensor, alpha: Tensor): Tensor {
  const penalty = tanhPenalty(interpolate(real, fake, alpha), critic);
  return criticLoss(tanhCritic(fake, critic), tanhCritic(real, critic), penalty);
}

/**
 * @differentiable valueAndGrad
 * @wrt critic
 */
export function denseLoss(critic: DenseCritic, real: Tensor, fake: Tensor, alpha: Tensor): Tensor {
  const penalty = densePenalty(interpolate(real, fake, alpha), critic);
  return criticLoss(denseCritic(fake, critic), denseCritic(real, critic), penalty);
}
