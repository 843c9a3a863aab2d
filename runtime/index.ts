/** What a user's numeric code imports. */
export * from "./operations.ts";
export { DTypeError } from "./dtype.ts";
export type { DType, TensorData } from "./dtype.ts";
export { ShapeError } from "./shape.ts";
export type { Axes, Shape } from "./shape.ts";
export { Tensor } from "./tensor.ts";
export type { Device, NestedArray, R, ReduceOptions } from "./tensor.ts";
export type { PerAxis } from "./cpu/windows.ts";
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
export type { Gradient, Tangent, int } from "./types.ts";
