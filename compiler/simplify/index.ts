/** Cleans up what a transform made, and makes it fast, without changing a bit of the primal. */
import { simplifyTensors } from "./tensors.ts";
import type { Func } from "../ir/types.ts";
import { dropDeadStores } from "./clears.ts";
import { dropIdleCopies } from "./copies.ts";
import { takeOutFactors } from "./factor.ts";
import { gatherAdjoints } from "./gather.ts";
import { hoistLoads } from "./hoist.ts";
import { dropDeadAssignments } from "./liveness.ts";
import { mergeAccumulations } from "./merge.ts";
import { spellOutZeros } from "./zeros.ts";
import { placeNotes } from "./notes.ts";
import { withOwnStatements } from "./own.ts";
import { beginWithSeeds } from "./seeds.ts";
import { shareLoads } from "./share.ts";
import { bringSignsOutside } from "./signs.ts";
import { slice } from "./slice.ts";
import { sumInVariables } from "./sums.ts";
import { dropCopies, tidy } from "./tidy.ts";

/** Passes that may be left out: tests see that the numbers stay the same. */
export interface SimplifyOptions {
  /** The adjoint of an output is the cotangent or its copy. */
  readonly seed?: boolean;
  /** One accumulation for several into the same element. */
  readonly merge?: boolean;
  /** One addition for several to the same adjoint, none for what is cleared and given back. */
  readonly gather?: boolean;
  /** Stores into elements that nobody reads any more are dropped. */
  readonly clear?: boolean;
  /** An adjoint that is a factor of all terms of a sum is multiplied once. */
  readonly factor?: boolean;
  /** What a loop adds to one element is added up in a variable. */
  readonly sum?: boolean;
  /** Loads and offsets that do not change in a loop stand in front of it. */
  readonly hoist?: boolean;
  /** An element is loaded once where a loop reads it several times. */
  readonly share?: boolean;
}

/** `isMade`: whether a transform made the variable. The user's own are left as they are, or dropped whole. */
export function simplify(func: Func, isMade: (name: string) => boolean, options: SimplifyOptions = {}): Func {
  let current = withOwnStatements(spellOutZeros(func));
  for (let round = 0; round < 3; round++) {
    current = dropIdleCopies(slice(dropDeadAssignments(slice(current))), isMade);
    current = simplifyTensors(bringSignsOutside(current), isMade);
    if (options.seed !== false) current = beginWithSeeds(current, isMade);
    if (options.merge !== false) current = mergeAccumulations(current);
    if (options.clear !== false) current = dropDeadStores(current);
    current = tidy(current, isMade);
    if (options.gather !== false) current = gatherAdjoints(current, isMade);
  }
  if (options.factor !== false) current = takeOutFactors(current, isMade);
  if (options.sum !== false) current = sumInVariables(current);
  if (options.hoist !== false) current = hoistLoads(current);
  if (options.share !== false) current = shareLoads(current);
  return placeNotes(slice(dropCopies(current, isMade)));
}
