/**
 * Einstein's summation.
 *
 * It is linear in each operand and closed under differentiation: towards one operand, the VJP is `einsum` of the cotangent and
 * the other operands with that operand's labels as the output. A label that only this operand has was summed over, so the
 * rule adds an operand `ones([n])` with it. Labels that stand twice in the operand come out as its diagonal, since an output may
 * name a label twice here.
 */
import { einsum as contracted } from "../cpu/einsum.ts";
import { requireTensor } from "../dtype.ts";
import { type Tensor, fromDense } from "../tensor.ts";

/**
 * Sums of products over labelled axes: `"ij,jk->ik"` is `matmul`. Labels are letters; "..." stands for axes that are broadcast;
 * without "->" the output has the labels that stand once, in alphabetical order. A label that stands twice in an operand
 * means its diagonal; in the output it makes a diagonal, with 0 beside it. Operands are contracted from left to right, each
 * pair by one product of matrices.
 * @throws ShapeError if labels and shapes do not fit
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  for (const x of operands) requireTensor("einsum", x);
  return fromDense(contracted(equation, operands));
}
