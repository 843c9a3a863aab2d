import { layerNorm, sum, type Tensor } from "tsgrad";

/**
 * @differentiable grad
 * @wrt floor
 */
export function normalised(x: Tensor, floor: number): number {
  return sum(layerNorm(x, { axes: -1, eps: floor * floor })).item();
}
