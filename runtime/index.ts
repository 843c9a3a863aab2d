/** What a user's numeric code imports. */
export type { Gradient, Tangent, int } from "./types.ts";
export { ShapeError, Tensor } from "./tensor.ts";
export type { DType, NestedArray, Shape, TensorData } from "./tensor.ts";
export {
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  pullback,
  stopGradient,
  tapGradient,
  valueAndGrad,
  vjp,
  vmap,
} from "./transforms.ts";
export type { TransformOptions } from "./transforms.ts";
