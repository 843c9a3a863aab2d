import { add, crossEntropy, linear, mseLoss, relu, sigmoid, sin, square, sum, type Tensor } from "tsgrad";

/**
 * x² + sin x², element by element.
 * @differentiable vjp
 */
export function tensorWaves(x: Tensor): Tensor {
  return add(square(x), sin(square(x)));
}

/**
 * The sum of the same.
 * @differentiable grad
 */
export function tensorWaveSum(x: Tensor): Tensor {
  return sum(tensorWaves(x));
}

/** Weights have a row for each output. */
export interface Network {
  w1: Tensor;
  b1: Tensor;
  w2: Tensor;
  b2: Tensor;
}

/**
 * A classifier with one hidden layer.
 * @differentiable valueAndGrad
 * @wrt layers
 */
export function classifierLoss(layers: Network, x: Tensor, labels: Tensor): Tensor {
  const { w1, b1, w2, b2 } = layers;
  return crossEntropy(linear(relu(linear(x, w1, b1)), w2, b2), labels);
}

/**
 * A regression with one hidden layer.
 * @differentiable hvp
 * @wrt layers
 */
export function regressionLoss(layers: Network, x: Tensor, y: Tensor): Tensor {
  const { w1, b1, w2, b2 } = layers;
  return mseLoss(linear(sigmoid(linear(x, w1, b1)), w2, b2), y);
}
