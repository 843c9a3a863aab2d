/** Derivatives of the first and second order towards a network's parameters, one by one and as one vector. */
import { concat, flatten, vecdot, zerosLike, type Tensor } from "tsgrad";
import type { Tensors } from "../cases.ts";
import type { Layers } from "../functions/classifier.ts";
import { predict } from "../functions/regression.ts";
import {
  flatRegressionLossHessian,
  flatRegressionLossHvp,
  flatRegressionLossJvp,
  predictInLayersJvp,
  predictJvp,
  regressionLossHvp,
  regressionLossJvp,
  regressionLossValueAndGrad,
  regressionLossVjp,
} from "../functions/regression.grad.ts";
import { caught } from "./caught.ts";
import type { Example } from "./index.ts";

const layersOf = ({ W1, b1, W2, b2 }: Tensors): Layers => ({ W1, b1, W2, b2 });
const directionOf = ({ v_W1, v_b1, v_W2, v_b2 }: Tensors): Layers => ({ W1: v_W1, b1: v_b1, W2: v_W2, b2: v_b2 });
const joined = (tensors: readonly Tensor[]): Tensor => concat(tensors.map((each) => flatten(each)));
const listOf = ({ W1, b1, W2, b2 }: Layers): Tensor[] => [W1, b1, W2, b2];
const named = (prefix: string, { W1, b1, W2, b2 }: Layers): Tensors => ({
  [`${prefix}_W1`]: W1,
  [`${prefix}_b1`]: b1,
  [`${prefix}_W2`]: W2,
  [`${prefix}_b2`]: b2,
});

export const regression: Readonly<Record<string, Example>> = {
  "s1-01-mlp-3-5-1-gradient": (inputs) => {
    const layers = layersOf(inputs);
    const [loss, gradients] = regressionLossValueAndGrad(layers, inputs.x, inputs.y);
    return { output: predict(layers, inputs.x), loss, ...named("grad", gradients) };
  },

  "s1-02-mlp-3-5-1-jvp": (inputs) => {
    const { x, y } = inputs;
    const [layers, direction] = [layersOf(inputs), directionOf(inputs)];
    const [loss, tangent] = regressionLossJvp(layers, x, y, direction);
    const [, gradients] = regressionLossValueAndGrad(layers, x, y);
    const [theta, along] = [joined(listOf(layers)), joined(listOf(direction))];
    const [, none] = regressionLossVjp(layers, x, y, zerosLike(loss));
    return {
      Jv: flatten(tangent),
      dot_grad_v: vecdot(joined(listOf(gradients)), along),
      Jv2: listOf(none),
      vector_too_short: caught(() => flatRegressionLossJvp(theta, x, y, along.slice([0], [25]))),
      vector_not_flattened: caught(() => flatRegressionLossJvp(theta, x, y, direction.W1)),
    };
  },

  "s1-03-mlp-3-5-1-jvp-of-outputs": (inputs) => {
    const { W1, b1, W2, b2, v_W1, v_b1, xb } = inputs;
    const [outputs, tangent] = predictJvp(layersOf(inputs), xb, directionOf(inputs));
    const [both, tangents] = predictInLayersJvp(W1, b1, W2, b2, xb, v_W1, v_b1);
    return { outputs, Jv: flatten(tangent), tuple_outputs: both, Jv_tuple: joined(tangents) };
  },

  "s1-04-mlp-3-5-1-hvp": (inputs) => {
    const { x, y } = inputs;
    const [theta, along] = [joined(listOf(layersOf(inputs))), joined(listOf(directionOf(inputs)))];
    const [, product] = flatRegressionLossHvp(theta, x, y, along);
    return { Hv: product, v_flat: along, Hessian: flatRegressionLossHessian(theta, x, y) };
  },

  "s1-05-mlp-3-5-1-batch4": (inputs) => {
    const { xb, yb } = inputs;
    const [layers, direction] = [layersOf(inputs), directionOf(inputs)];
    const [loss, gradients] = regressionLossValueAndGrad(layers, xb, yb);
    const [, tangent] = regressionLossJvp(layers, xb, yb, direction);
    const [, products] = regressionLossHvp(layers, xb, yb, direction);
    return { loss, ...named("grad", gradients), jvp: tangent, ...named("hvp", products) };
  },
};
