/** Half of the optimisations, each switched off. */
import { testAblations } from "./support/ablation.ts";

testAblations(0, 2);
