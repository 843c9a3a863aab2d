/** What the tutorials compute, by the names of PyTorch's cases and of its outputs in them. */
import type { Tensors } from "../cases.ts";
import type { Computed } from "../compare.ts";
import { basics } from "./basics.ts";
import { classifier } from "./classifier.ts";
import { functional } from "./functional.ts";
import { misuse } from "./misuse.ts";
import { regression } from "./regression.ts";
import { wgan } from "./wgan.ts";

export type Example = (inputs: Tensors) => Readonly<Record<string, Computed>>;

export const examples: Readonly<Record<string, Example>> = {
  ...basics,
  ...classifier,
  ...wgan,
  ...misuse,
  ...regression,
  ...functional,
};
