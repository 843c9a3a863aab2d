import { matmul, sum, type Tensor } from "tsgrad";
import { layer, ruled as byRule } from "./helper.js";

/** @differentiable vjp */
export function loss(x: Tensor, w: Tensor, b: Tensor, scale: Tensor): Tensor {
  const hidden = layer(x, w, b);
  // prettier-ignore
  return sum(
    hidden
      .mul(2)
      .mul(scale),
  );
}

/** @differentiable vjp */
export function ruled(x: Tensor, w: Tensor): Tensor {
  const scores = matmul(x, w);
  return sum(byRule(scores));
}

/** @differentiable vjp */
export function energy(at: Float64Array, k: number): number {
  let sum = 0;
  for (let i = 1; i < at.length; i++) {
    const d = at[i]! - at[i - 1]!;
    sum += k * d * d;
  }
  return sum;
}
