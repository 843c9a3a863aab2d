/** The rules of all operations on tensors. */
import type { TensorOp } from "../../../ir/tensor-ops.ts";
import { activationRules } from "./activations.ts";
import { convolutionRules } from "./convolution.ts";
import { creationRules } from "./creation.ts";
import { elementwiseRules } from "./elementwise.ts";
import { linearAlgebraRules } from "./linear-algebra.ts";
import { lossRules } from "./losses.ts";
import { networkRules } from "./networks.ts";
import { productRules } from "./products.ts";
import { reductionRules } from "./reductions.ts";
import type { TensorRule } from "./rule.ts";
import { shapeRules } from "./shapes.ts";

export const tensorRules: { readonly [O in TensorOp]: TensorRule } = {
  ...creationRules,
  ...elementwiseRules,
  ...activationRules,
  ...shapeRules,
  ...reductionRules,
  ...productRules,
  ...linearAlgebraRules,
  ...networkRules,
  ...convolutionRules,
  ...lossRules,
};
