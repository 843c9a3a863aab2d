import { add, matmul, ones, relu, type Tensor } from "tsgrad";

/** A layer. */
export function layer(x: Tensor, w: Tensor, b: Tensor): Tensor {
  const product = matmul(x, w);
  return add(product, b);
}

/** @vjpRule wrongVjp */
export const ruled = (x: Tensor): Tensor => relu(x);

/** A rule with a gradient of another shape. */
export const wrongVjp = (x: Tensor, _: Tensor): [value: Tensor, x: Tensor] => [relu(x), ones([7])];
