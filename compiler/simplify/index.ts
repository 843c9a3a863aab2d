/** Cleans up what a transform made, without changing a bit of the primal. */
import type { Func } from "../ir/types.ts";
import { dropDeadAssignments } from "./liveness.ts";
import { placeNotes } from "./notes.ts";
import { slice } from "./slice.ts";
import { tidy } from "./tidy.ts";

/** `isMade`: whether a transform made the variable. The user's own are left as they are, or dropped whole. */
export function simplify(func: Func, isMade: (name: string) => boolean): Func {
  let current = func;
  for (let round = 0; round < 3; round++) {
    current = slice(dropDeadAssignments(slice(current)));
    current = tidy(current, isMade);
  }
  return placeNotes(slice(current));
}
