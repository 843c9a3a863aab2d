/** A network of 3 inputs, 5 sigmoids and 1 output: gradients, products with directions, and the whole Hessian. */
import { type Tensor, linear, mseLoss, sigmoid } from "tsgrad";
import type { Layers } from "./classifier.ts";

/**
 * @differentiable jvp
 * @wrt layers
 */
export function predict(layers: Layers, x: Tensor): Tensor {
  const { W1, b1, W2, b2 } = layers;
  return linear(sigmoid(linear(x, W1, b1)), W2, b2);
}

/**
 * Two outputs, and the first layer alone as what they are differentiated towards.
 * @differentiable jvp
 * @wrt W1 b1
 */
export function predictInLayers(
  W1: Tensor,
  b1: Tensor,
  W2: Tensor,
  b2: Tensor,
  x: Tensor,
): [output: Tensor, preactivation: Tensor] {
  const preactivation = linear(x, W1, b1);
  return [linear(sigmoid(preactivation), W2, b2), preactivation];
}

/**
 * @differentiable valueAndGrad vjp jvp hvp
 * @wrt layers
 */
export function regressionLoss(layers: Layers, x: Tensor, y: Tensor): Tensor {
  return mseLoss(predict(layers, x), y);
}

/** The parameters out of one vector that has them one after the other. */
function unflatten(theta: Tensor): Layers {
  return {
    W1: theta.slice([0], [15]).reshape([5, 3]),
    b1: theta.slice([15], [20]),
    W2: theta.slice([20], [25]).reshape([1, 5]),
    b2: theta.slice([25], [26]),
  };
}

/**
 * @differentiable hvp hessian jvp
 * @wrt theta
 */
export function flatRegressionLoss(theta: Tensor, x: Tensor, y: Tensor): Tensor {
  return regressionLoss(unflatten(theta), x, y);
}
