/** A classifier of 10 inputs and 10 classes, with 64 hidden units. */
import { type Tensor, crossEntropy, linear, relu } from "tsgrad";

/** Weights have a row for each output, as PyTorch's `nn.Linear`. */
export interface Layers {
  W1: Tensor;
  b1: Tensor;
  W2: Tensor;
  b2: Tensor;
}

/** The activations behind the first layer. */
export function activations({ W1, b1 }: Layers, x: Tensor): Tensor {
  return relu(linear(x, W1, b1));
}

/** The score of each class. */
export function scores({ W2, b2 }: Layers, hidden: Tensor): Tensor {
  return linear(hidden, W2, b2);
}

/**
 * The loss of one batch. Named behind `@wrt`, intermediate values have gradients as parameters do.
 * @differentiable valueAndGrad
 * @wrt layers hidden logits
 */
export function classifierLoss(layers: Layers, x: Tensor, labels: Tensor): Tensor {
  const hidden = activations(layers, x);
  const logits = scores(layers, hidden);
  return crossEntropy(logits, labels);
}
