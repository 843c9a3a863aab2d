/** What is done last, to what nothing will be differentiated of again: it would make a further derivative worse. */
import type { Func } from "../ir/types.ts";
import { carryLoads } from "./carry-loads.ts";
import { carrySums } from "./carry-sums.ts";
import { storeFirstSums } from "./first-sums.ts";
import { fuseTensors } from "./fusion/index.ts";
import { recycleIntermediates } from "./recycle.ts";

export interface LastOptions {
  /** What iterations hand on to each other stays in variables. */
  readonly carry?: boolean;
  /** What is first added to a zero is stored. */
  readonly store?: boolean;
  /** Elementwise operations on tensors are done in one loop. */
  readonly fuseTensors?: boolean;
  /** The memory of tensors that nobody looks at any more is used again. */
  readonly recycle?: boolean;
}

export function finishLoops(func: Func, options: LastOptions = {}): Func {
  let current = func;
  if (options.carry !== false) current = carrySums(carryLoads(current));
  if (options.store !== false) current = storeFirstSums(current);
  if (options.fuseTensors !== false) current = fuseTensors(current);
  return options.recycle === false ? current : recycleIntermediates(current);
}
