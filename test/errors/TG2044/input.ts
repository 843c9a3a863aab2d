export interface Model {
  k: number;
  rate: number;
}

/**
 * @differentiable batch
 * @wrt model.k
 */
export function f(model: Model, x: number): number {
  return model.k * x;
}
