/**
 * Programs of functions: function values of every kind, each with what it captures, a body, uses, changes between them, and
 * classes whose methods are such functions.
 */
import { statements } from "../dense/blocks.ts";
import type { Making } from "../dense/program.ts";
import { classes } from "./classes.ts";
import { functionOf } from "./kinds.ts";
import { library } from "./library.ts";
import { state } from "./state.ts";

export const functions: Making = {
  choose: (random) => [state, library, ...(random.chance(0.5) ? [classes(random)] : [])],
  body: (frame) => {
    const some = (): ReturnType<typeof functionOf> => functionOf({ ...frame, functions: () => functionOf(frame) });
    return [...some(), ...some(), ...statements({ ...frame, functions: some }, frame.writer.random.between(3, 7))];
  },
};
