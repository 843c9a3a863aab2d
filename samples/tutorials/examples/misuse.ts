/**
 * Calls that are wrong, with the errors that they meet here: most of them are errors to the type checker already. What
 * PyTorch says about its graph, about tensors that do not require a gradient and about writing into tensors is left out:
 * here nothing is recorded, `@wrt` selects, and tensors are values.
 */
import { type Tensor, add, concat, crossEntropy, index, matmul, ones, reshape, tensor, zeros } from "tsgrad";
import {
  sineAndTotalVjp,
  sineJvp,
  sineOfFirstVjp,
  sineTotalHvp,
  sineTotalVjp,
  sineVjp,
  sineWithUnusedVjp,
} from "../functions/basics.grad.ts";
import { caught } from "./caught.ts";
import { inSingle } from "./vectors.ts";
import type { Example } from "./index.ts";

export const misuse: Readonly<Record<string, Example>> = {
  "s0-10-misuse": ({ x }) => {
    // @ts-expect-error A vector's derivative needs a cotangent.
    const withoutCotangent = caught(() => sineVjp(x));
    const list = [1, 1, 1] as unknown as Tensor;
    return {
      backward_vector_without_v: withoutCotangent,
      grad_vector_without_v: withoutCotangent,
      functional_vjp_without_v: withoutCotangent,
      backward_v_too_short: caught(() => sineVjp(x, ones([2]))),
      backward_v_too_long: caught(() => sineVjp(x, ones([4]))),
      backward_v_scalar: caught(() => sineVjp(x, ones([]))),
      backward_v_rank2_broadcastable: caught(() => sineVjp(x, ones([1, 3]))),
      backward_v_column: caught(() => sineVjp(x, ones([3, 1]))),
      backward_v_wrong_dtype_f32: sineVjp(x, inSingle(ones([3])))[1],
      backward_v_list: caught(() => sineVjp(x, list)),
      scalar_with_v_shape1: caught(() => sineTotalVjp(x, ones([1]))),
      one_element_vector_without_v: sineOfFirstVjp(x, ones([1]))[1],
      unused_input_allow: sineWithUnusedVjp(x, zeros([3]), ones([3]))[1][1],
      functional_vjp_v_too_short: caught(() => sineVjp(x, ones([2]))),
      functional_vjp_v_broadcastable: caught(() => sineVjp(x, ones([1, 3]))),
      functional_vjp_scalar_without_v: sineTotalVjp(x, ones([])),
      functional_vjp_shape1_without_v: sineOfFirstVjp(x, ones([1])),
      // @ts-expect-error Two outputs have two cotangents.
      functional_vjp_two_outputs_one_v: caught(() => sineAndTotalVjp(x, ones([3]))),
      functional_vjp_two_outputs: sineAndTotalVjp(x, [ones([3]), tensor(2)]),
      functional_vjp_input_not_tensor: caught(() => sineVjp(list, ones([3]))),
      functional_vjp_unused_input: sineWithUnusedVjp(x, zeros([3]), ones([3])),
      functional_jvp_v_wrong: caught(() => sineJvp(x, ones([2]))),
      functional_hvp_v_wrong: caught(() => sineTotalHvp(x, ones([2]))),
      matmul_mismatch: caught(() => matmul(ones([2, 3]), ones([2]))),
      broadcast_mismatch: caught(() => add(ones([2, 3]), ones([2]))),
      reshape_mismatch: caught(() => reshape(ones([2, 3]), [4])),
      cross_entropy_class_out_of_range: caught(() => crossEntropy(zeros([1, 3]), labels(3))),
      cross_entropy_batch_mismatch: caught(() => crossEntropy(zeros([2, 3]), labels(1))),
      index_out_of_range: caught(() => index(x, 5)),
      cat_mismatch: caught(() => concat([ones([2, 3]), ones([2, 2])])),
    };
  },
};

function labels(label: number) {
  return tensor([label], [1], "int32");
}
