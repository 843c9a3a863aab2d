import { crossEntropy, type Tensor } from "tsgrad";

/**
 * @differentiable grad
 * @wrt doubt
 */
export function smoothedLoss(logits: Tensor, labels: Tensor, doubt: number): number {
  return crossEntropy(logits, labels, { labelSmoothing: doubt * doubt }).item();
}
