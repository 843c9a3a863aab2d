/** The blocks inside of what a plan has an item for. What a checkpoint runs again is a plan of its own, and not among them. */
import type { BlockPlan, Plan } from "./plan.ts";

/** The plans of the blocks, as they are run; that of a region comes after that of the loop's body. */
export function innerPlans(item: Plan): readonly BlockPlan[] {
  switch (item.kind) {
    case "if":
      return [item.then, item.otherwise];
    case "loop":
      return [item.body, ...(item.region === undefined ? [] : [item.region.plan])];
    case "simple":
    case "checkpoint":
      return [];
  }
}

/** The item with other plans of the blocks; `isRegion`: whether the block runs once for the whole loop. */
export function withInnerPlans(item: Plan, change: (plan: BlockPlan, isRegion: boolean) => BlockPlan): Plan {
  switch (item.kind) {
    case "if":
      return { ...item, then: change(item.then, false), otherwise: change(item.otherwise, false) };
    case "loop": {
      const { region } = item;
      return {
        ...item,
        body: change(item.body, false),
        region: region && { ...region, plan: change(region.plan, true) },
      };
    }
    case "simple":
    case "checkpoint":
      return item;
  }
}
