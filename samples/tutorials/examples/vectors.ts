/** Small tensors that the examples are made with. */
import { type Tensor, index, oneHot, tensor } from "tsgrad";

/** The unit vector along axis `k`. */
export function unit(k: number, size: number): Tensor {
  return index(oneHot(tensor([k], [1], "int32"), size), 0);
}

/** The same numbers in float32. */
export function inSingle(x: Tensor): Tensor {
  return tensor(x.toArray(), [...x.shape], "float32");
}
