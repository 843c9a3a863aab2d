/** The rules of all operations on tensors. */
import type { TensorOp } from "../../../ir/tensor-ops.ts";
import { elementwiseRules } from "./elementwise.ts";
import { reductionRules } from "./reductions.ts";
import { productRules } from "./products.ts";
import type { TensorRule } from "./rule.ts";
import { shapeRules } from "./shapes.ts";

export const tensorRules: { readonly [O in TensorOp]?: TensorRule } = {
  ...elementwiseRules,
  ...shapeRules,
  ...reductionRules,
  ...productRules,
};
