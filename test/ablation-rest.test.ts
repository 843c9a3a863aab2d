/** The other half, each switched off. */
import { testAblations } from "./support/ablation.ts";

testAblations(1, 2);
