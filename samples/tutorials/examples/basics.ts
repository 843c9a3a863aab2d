/** The examples of the tutorial on vector-Jacobian products. */
import { add, cos, mul, stack, transpose } from "tsgrad";
import {
  batchedLinearJvp,
  batchedLinearVjp,
  monomialHessian,
  monomialsJacobian,
  monomialsJvp,
  monomialsPullback,
  productJvp,
  productOfJacobian,
  productVjp,
  scalarLossGrad,
  scalarLossValueAndGrad,
  sineJacobian,
  sineJvp,
  sineVjp,
  twoOfThreeJacobian,
  twoOfThreeJvp,
  twoOfThreeVjp,
  weightedTwoOfThreeHvp,
} from "../functions/basics.grad.ts";
import type { Example } from "./index.ts";
import { caught } from "./caught.ts";
import { inSingle, unit } from "./vectors.ts";

export const basics: Readonly<Record<string, Example>> = {
  "s0-01-scalar-loss": ({ x }) => {
    const [loss, grad] = scalarLossValueAndGrad(x);
    return { loss, "x.grad": grad, accumulation_after_second_backward: add(grad, scalarLossGrad(x)) };
  },

  "s0-02-sin-vjp": ({ x, v }) => {
    const [y, grad] = sineVjp(x, v);
    const [, tangent] = sineJvp(x, v);
    return {
      // @ts-expect-error A vector's derivative needs a cotangent.
      backward_without_v: caught(() => sineVjp(x)),
      y,
      "x.grad": grad,
      jvp_along_v: tangent,
    };
  },

  "s0-03-sin-vjp-verification": ({ x, v }) => {
    const [y, grad] = sineVjp(x, v);
    const [ySingle, gradSingle] = sineVjp(inSingle(x), inSingle(v));
    return {
      y,
      "x.grad": grad,
      expected: mul(v, cos(x)),
      jacobian: sineJacobian(x),
      float32: { y: ySingle, "x.grad": gradSingle },
    };
  },

  "s0-04-linear-Ax": ({ A, x, v, t }) => {
    const [y, [gradA, gradX]] = productVjp(A, x, v);
    const [, tangent] = productJvp(A, x, undefined, t);
    return {
      y,
      "x.grad": gradX,
      expected: transpose(A).matmul(v),
      vjp_A: gradA,
      jvp_x: tangent,
      jacobian_x: productOfJacobian(A, x),
    };
  },

  "s0-05-jacobian-functional": ({ x, v, t }) => {
    const [y, grad] = twoOfThreeVjp(x, v);
    const [, tangent] = twoOfThreeJvp(x, t);
    const [, product] = weightedTwoOfThreeHvp(x, v, t);
    return { y, J: twoOfThreeJacobian(x), vjp: grad, jvp: tangent, hvp_of_sum_v_f: product };
  },

  "s0-06-jacobian-by-onehot-vjps": ({ x }) => {
    // Row by row: one forward sweep, and one VJP for each output.
    const [y, pullback] = monomialsPullback(x);
    const rows = [0, 1, 2].map((k) => pullback(unit(k, 3)));
    // Column by column: a JVP for each input.
    const columns = [0, 1].map((k) => monomialsJvp(x, unit(k, 2))[1]);
    return {
      y,
      J: stack(rows),
      expected: stack(columns, { axis: 1 }),
      functional_jacobian: monomialsJacobian(x),
      hessians_per_output: stack([0, 1, 2].map((k) => monomialHessian(x, k))),
    };
  },

  "s0-07-batched-linear": ({ A, x_batch, v_batch, t_batch }) => {
    const [y, [gradA, gradX]] = batchedLinearVjp(A, x_batch, v_batch);
    const [, tangent] = batchedLinearJvp(A, x_batch, undefined, t_batch);
    return { y_batch: y, "x_batch.grad": gradX, expected: v_batch.matmul(A), vjp_A: gradA, jvp_x: tangent };
  },
};
