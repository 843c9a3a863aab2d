/** Gradients of a classifier's parameters, and of the values between its layers. */
import { inputsOf, readCase, type Tensors } from "../cases.ts";
import { activations, scores, type Layers } from "../functions/classifier.ts";
import { classifierLossValueAndGrad } from "../functions/classifier.grad.ts";
import type { Computed } from "../compare.ts";
import type { Example } from "./index.ts";

function classify(layers: Layers, { x, y_true }: Tensors): Readonly<Record<string, Computed>> {
  const hidden = activations(layers, x);
  const [loss, [gradients, grad_hidden, grad_logits]] = classifierLossValueAndGrad(layers, x, y_true);
  return {
    loss,
    hidden,
    logits: scores(layers, hidden),
    grad_hidden,
    grad_logits,
    grad_W1: gradients.W1,
    grad_b1: gradients.b1,
    grad_W2: gradients.W2,
    grad_b2: gradients.b2,
  };
}

const layersOf = ({ W1, b1, W2, b2 }: Tensors): Layers => ({ W1, b1, W2, b2 });

export const classifier: Readonly<Record<string, Example>> = {
  "s0-08a-mlp-10-64-10-b4": (inputs) => classify(layersOf(inputs), inputs),
  // The larger batch has the smaller one's parameters.
  "s0-08b-mlp-10-64-10-b32": (inputs) => {
    const { grad_logits: _, ...values } = classify(layersOf(inputsOf(readCase("s0-08a-mlp-10-64-10-b4"))), inputs);
    return values;
  },
};
